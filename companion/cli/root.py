"""The list of commands; each is imported only when it is asked for."""

from __future__ import annotations

import importlib

import click

from companion import __version__

COMMANDS = {
    "run": ("companion.cli.run", "Record the screen and the headset; with a display, from the tray."),
    "demo": (
        "companion.cli.demo",
        "A sample day through the whole pipeline, then recalls. Needs no display or headset.",
    ),
    "recall": ("companion.cli.recall", "Find moments by words, by a moment like it, or by the present thought."),
    "tag": ("companion.cli.tag", "Give a moment a name to find it by, or take it away."),
    "import": ("companion.cli.importing", "Take in EEG files and folders of screenshots."),
    "forget": (
        "companion.cli.forget",
        "Take moments, a time, all EEG or everything out of the vault, for good.",
    ),
    "export": ("companion.cli.export", "Write moments, pictures and EEG to files that any program reads."),
    "focus": ("companion.cli.focus", "Say how focus stands in the program that runs; have it on, off or automatic."),
    "feedback": ("companion.cli.feedback", "Train with what the headset shows; reports and progress of your sessions."),
    "mails": ("companion.cli.mails", "Say which mails wait in the program that runs; send, put off or drop one."),
    "vault": ("companion.cli.vault", "Make a vault, choose who may open it, verify and mend it."),
    "doctor": ("companion.cli.doctor", "Say what works, what does not, and when each part last did anything."),
    "evaluate": (
        "companion.cli.evaluate",
        "Score what is learned from EEG on a BIDS set, beside its controls.",
    ),
    "cohort-start": (
        "companion.cli.cohort_start",
        "Train what every new person starts with, from public BIDS sets.",
    ),
    "train": ("companion.cli.train", "Learn from what you recorded which brain signals go with which content."),
    "bench": ("companion.cli.bench", "Measure a claim; prints one JSON line."),
}


class Commands(click.Group):
    """A group whose commands are loaded one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the list without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="companion")
def root() -> None:
    """Remember what was on your screen and how you were, and bring it back. Everything stays on this machine."""
