"""``companion`` on the command line: runs a command and turns what went wrong into a sentence and an exit code.

Exit codes: 0 done, 1 the answer is no, 2 wrong use or environment (the message says how to mend it), 130 interrupted.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    import click

    from companion.cli.codes import INTERRUPTED, WRONG
    from companion.cli.root import root
    from embeddings.silent import silence

    silence()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may hold bytes that no terminal can show
            stream.reconfigure(errors="backslashreplace")
    try:
        code = root.main(
            args=None if arguments is None else list(arguments), prog_name="companion", standalone_mode=False
        )
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("companion: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return WRONG
    except Exception as error:
        from companion.cli.errors import MENDABLE  # slow to import

        if not isinstance(error, MENDABLE):
            raise
        print(f"companion: {error}", file=sys.stderr)
        return WRONG
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(main())
