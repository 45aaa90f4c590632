"""What the windows can be told on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOCKED_OPTION = "--locked"


@dataclass(frozen=True, slots=True)
class Options:
    """Each None leaves it to the settings.

    Attributes
    ----------
    params
        A board's parameters for this run, over those in the settings.
    sidebar
        Open recall at once.
    locked
        Leave the vault locked.

    """

    vault: Path | None = None
    board: str | None = None
    frames: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    sidebar: bool = False
    locked: bool = False

    @property
    def sources_named(self) -> bool:
        """Whether a source was named, which is consent to it for this run."""
        return self.board is not None or self.frames is not None

    def named(self) -> str:
        """Say which sources were named, which no switch takes back; empty when none was."""
        given = {"--frames": self.frames, "--board": self.board}
        said = " ".join(f"{name} {value}" for name, value in given.items() if value is not None)
        if not said:
            return ""
        return f"Companion was started with {said}: that is recorded until it ends, whatever is switched here."

    def again(self) -> list[str]:
        """Return the arguments of ``companion`` that start the same again, locked or not."""
        given = {"--vault": self.vault, "--board": self.board, "--frames": self.frames}
        named = [part for name, value in given.items() if value is not None for part in (name, str(value))]
        return ["run", *named, *(part for pair in self.params.items() for part in ("--param", "=".join(pair)))]


def parse(argv: Sequence[str] | None) -> Options:
    """Read the command line; exits with 2 and a sentence when it cannot be understood."""
    parser = argparse.ArgumentParser(prog="companion run", description="Companion in the tray, with recall.")
    parser.add_argument("--vault", type=Path, metavar="DIR", help="folder of the memories")
    parser.add_argument("--board", metavar="NAME", help="none, a BrainFlow board's name, playback:FILE or lsl:NAME")
    parser.add_argument(
        "--param", action="append", default=[], type=_pair, metavar="KEY=VALUE", help="a board's parameter"
    )
    parser.add_argument("--frames", metavar="SOURCE", help="screen or replay:DIR")
    parser.add_argument("--sidebar", action="store_true", help="open recall at once")
    parser.add_argument(LOCKED_OPTION, action="store_true", help="leave the vault locked")
    given = parser.parse_args(argv)
    return Options(
        vault=given.vault,
        board=given.board,
        frames=given.frames,
        params=dict(given.param),
        sidebar=given.sidebar,
        locked=given.locked,
    )


def _pair(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text} has no value: write {text}=VALUE")
    return key.strip(), value
