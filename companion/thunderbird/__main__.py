"""``python -m companion.thunderbird [VAULT]``: started by Thunderbird for each mail that is about to be sent.

Reads one message of the add-on, asks the program that runs, writes one answer: each as Mozilla's native messaging has
it, four bytes of length in the machine's order and then JSON. An answer holds ``hold``, and either ``seconds`` and
``why`` or a ``problem``, a sentence.
"""

from __future__ import annotations

import json
import signal
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from companion import control
from companion import settings as settings_file
from companion.control import ControlError
from companion.sending import message, requests
from companion.settings import SettingsError

LENGTH = struct.Struct("=I")
MOST_BYTES = 64 * 1024 * 1024  # of a message; pictures within a mail's body count
PATIENCE_SECONDS = 10.0  # the person has pressed Send and waits
NO_QUESTION = "The add-on for Thunderbird is of another version: install it anew, see `companion mails thunderbird`."


SILENT = "Companion is busy and does not answer now."


class QuestionError(Exception):
    """What was asked cannot be understood."""


def main(arguments: Sequence[str]) -> int:
    """Answer the one question that waits on standard input."""
    question = _read(sys.stdin.buffer)
    _write(sys.stdout.buffer, answer(question, Path(arguments[0]) if arguments else None))
    return 0


def answer(question: object, vault: Path | None) -> dict[str, Any]:
    """Return what is told to the add-on: a mail that cannot be judged goes."""
    try:
        draft = _draft(question)
        vault = vault or settings_file.load().vault_path
        with _soon():
            told = control.ask(vault, do=requests.WHAT, act="judge", **draft)
    except QuestionError:
        return {"hold": False, "problem": NO_QUESTION}
    except (ControlError, SettingsError) as error:
        return {"hold": False, "problem": str(error)}
    judged: dict[str, Any] = json.loads(told)
    return judged


@contextmanager
def _soon() -> Iterator[None]:
    """Raise `ControlError` in what takes too long."""

    def give_up(*_: object) -> None:
        raise ControlError(SILENT)

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _draft(question: object) -> dict[str, str]:
    """Return the request for `companion.sending.requests`; raises `QuestionError`."""
    match question:
        case {
            "subject": str(subject),
            "body": str(body),
            "plain": bool(plain),
            "recipients": int(recipients),
            "reply": bool(reply),
        }:
            words = message.own_words_of(body, markup=not plain)
            return {"text": f"{subject}.\n{words}", "recipients": str(recipients), "reply": "yes" if reply else "no"}
        case _:
            raise QuestionError


def _read(stream: BinaryIO) -> object:
    """Return the add-on's message, None for what is none."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size or (length := LENGTH.unpack(head)[0]) > MOST_BYTES:
        return None
    try:
        return json.loads(stream.read(length))
    except (ValueError, RecursionError):
        return None


def _write(stream: BinaryIO, told: Mapping[str, Any]) -> None:
    raw = json.dumps(told).encode()
    stream.write(LENGTH.pack(len(raw)) + raw)
    stream.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
