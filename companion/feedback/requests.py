"""What other commands ask of neurofeedback in the program that runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from companion.control import ControlError

if TYPE_CHECKING:
    from companion.feedback.port import Choice, TrainingPort

WHAT = "training"
LOCKED = "Memory is locked: unlock it first."
PATIENCE_SECONDS = 30.0  # a busy machine may read earlier sessions for a while
NO_SOUND = "This program runs without windows and plays no sound. Begin without --sound, or start it with its windows."
UNKNOWN = "This version of the program does not know what was asked."

Request = Mapping[str, str]
T = TypeVar("T")


def answer(training: TrainingPort | None, request: Request, *, plays: bool) -> str:
    """Do what is asked for and return what to tell; JSON for ``status``, ``options``, ``alpha`` and ``unblind``.

    ``plays`` says whether whoever runs can be heard. Raises `ControlError`.
    """
    from companion.feedback.protocols import FeedbackError  # only where somebody asks
    from index.types import VaultError

    if training is None:
        raise ControlError(LOCKED)
    act = _ACTS.get(request.get("ask", ""))
    if act is None:
        raise ControlError(UNKNOWN)
    if request.get("sound") and not plays:
        raise ControlError(NO_SOUND)
    try:
        return act(training, request)
    except (FeedbackError, VaultError) as error:
        raise ControlError(str(error)) from error
    except NotYet as error:
        raise ControlError("The program is too busy to answer. Ask again soon.") from error
    except CancelledError as error:
        raise ControlError("Companion is closing.") from error


def _options(training: TrainingPort, request: Request) -> str:
    del request
    return json.dumps([asdict(option) for option in _done(training.options())])


def _start(training: TrainingPort, request: Request) -> str:
    _done(training.start(_choice(request)))
    sealed = f" What is drawn is sealed: {training.seal}" if training.seal else ""
    return f"The training has begun: look ahead, eyes open, and sit still.{sealed}"


def _choice(request: Request) -> Choice:
    """Return what was chosen; raises `FeedbackError` for times that are none."""
    from companion.feedback.port import Choice
    from companion.feedback.protocols import FeedbackError
    from companion.feedback.types import LEAST_BASELINE, Times

    usual = Times()
    try:
        times = Times(
            baseline=float(request.get("baseline") or usual.baseline),
            block=float(request.get("block") or usual.block),
            rest=float(request.get("rest") or usual.rest),
            blocks=int(request.get("blocks") or usual.blocks),
        )
        if times.baseline < LEAST_BASELINE:
            raise FeedbackError(f"A baseline lasts at least {LEAST_BASELINE:g} seconds: less is none to compare with.")
        return Choice(
            protocol=request.get("protocol", ""),
            times=times,
            rate=float(request.get("rate") or Choice("").rate),
            blind=request.get("blind") == "yes",
            sound=request.get("sound", ""),
            strategy=request.get("strategy", ""),
            moment=int(request["moment"]) if request.get("moment") else None,
            tag=request.get("tag", ""),
        )
    except ValueError as error:
        raise FeedbackError(f"These times are none ({error}). Name seconds above 0, and at least one block.") from error


def _status(training: TrainingPort, request: Request) -> str:
    del request
    told = asdict(training.snapshot())
    return json.dumps(told | {"running": training.running, "number": training.number, "seal": training.seal})


def _pause(training: TrainingPort, request: Request) -> str:
    del request
    _needs_running(training)
    training.pause()
    return training.snapshot().sentence


def _go_on(training: TrainingPort, request: Request) -> str:
    del request
    _needs_running(training)
    training.go_on()
    return training.snapshot().sentence


def _end(training: TrainingPort, request: Request) -> str:
    del request
    _needs_running(training)
    training.end()
    return "The training has ended; what there was is kept."


def _seek_alpha(training: TrainingPort, request: Request) -> str:
    from companion.feedback.seeking import CLOSE

    del request
    _done(training.seek_alpha())
    return CLOSE


def _leave_alpha(training: TrainingPort, request: Request) -> str:
    del request
    training.leave_alpha()
    return "The search was broken off."


def _alpha(training: TrainingPort, request: Request) -> str:
    del request
    return json.dumps(asdict(training.alpha()))


def _answer(training: TrainingPort, request: Request) -> str:
    _done(training.answer(_number(request), {request.get("item", ""): request.get("text", "")}))
    return "Noted."


def _unblind(training: TrainingPort, request: Request) -> str:
    return json.dumps({"sham": _done(training.unblind(_number(request)))})


def _forget(training: TrainingPort, request: Request) -> str:
    _done(training.forget(_number(request)))
    return f"Training {_number(request)} is forgotten."


def _needs_running(training: TrainingPort) -> None:
    if not training.running:
        raise ControlError("No training runs.")


def _number(request: Request) -> int:
    try:
        return int(request.get("number", ""))
    except ValueError as error:
        raise ControlError(UNKNOWN) from error


def _done(future: Future[T]) -> T:
    return future.result(PATIENCE_SECONDS)


_ACTS: dict[str, Callable[[TrainingPort, Request], str]] = {
    "options": _options,
    "start": _start,
    "status": _status,
    "pause": _pause,
    "go on": _go_on,
    "end": _end,
    "seek alpha": _seek_alpha,
    "leave alpha": _leave_alpha,
    "alpha": _alpha,
    "answer": _answer,
    "unblind": _unblind,
    "forget": _forget,
}
