"""``companion bench NAME``: one place for every figure we claim."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from companion.cli.codes import DONE

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
ALL, NAMES = "all", "list"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", default=ALL)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(name: str, arguments: tuple[str, ...]) -> int:
    """Run the benchmark NAME (or all, most of a day) and print one JSON line each; `list` names them.

    Exits 1 when a bar falls short, 2 when it could not run.
    """
    known = sorted(path.stem for path in BENCHMARKS.glob("[a-z]*.py"))
    if not known:
        raise click.UsageError("The benchmarks come with the source checkout; this installation has none.")
    if name == NAMES and not arguments:
        click.echo("\n".join(known))
        return DONE
    if name != ALL and name not in known:
        raise click.UsageError(f"There is no benchmark {name!r}. There are: {', '.join(known)}.")
    chosen = known if name == ALL else [name]
    codes = [_run(BENCHMARKS / f"{one}.py", arguments) for one in chosen]
    return max(codes)


def _run(script: Path, arguments: tuple[str, ...]) -> int:
    """Run one benchmark in a process of its own, so that nothing is warm that should not be."""
    # The packages come before the benchmarks: one of these has the name of a package.
    places = os.pathsep.join((str(BENCHMARKS.parent), str(BENCHMARKS)))
    environ = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": places}
    command = [sys.executable, str(script), *arguments]
    code = subprocess.run(command, check=False, env=environ).returncode  # noqa: S603 our own script
    return code if code in {0, 1} else 2
