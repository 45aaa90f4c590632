"""What can be trained with the headset that is worn now, and a person's choice as a session's wish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.brain.types import Contact, HeadsetState
from companion.feedback import directions, protocols
from companion.feedback.port import Choice, Option
from companion.feedback.protocols import CALM, DIRECTION, ENGAGEMENT, FOCUS, FeedbackError, Protocol
from companion.feedback.sound import Sound
from companion.feedback.types import Times, Wish
from index import alpha, focus_history

if TYPE_CHECKING:
    from companion.feedback.worn import Heard
    from embeddings.feedback.plan import Plan
    from index.store import Store

SHORTEST = 1.0  # seconds of signal that tell what is worn
RATES = 0.3, 0.9

PAUSED = "Recording is paused. Resume it, then train."
NONE_WORN = (
    "Training needs a headset. Choose one in “What is recorded…”, or play a recording back (`companion run --board "
    "playback:FILE`)."
)
COMING = "The headset is being looked for. Put it on, and wait until it sends."
JUST_BEGUN = "The headset has only just begun to send. Wait a few seconds."
SIMULATED = "The headset is simulated: it is on no head, and what moves the scene is a made-up signal."
PLAYED = "A recording is played back: it moves the scene, whatever you do now."
NO_REST = "Your rest with these electrodes is not known. Calibrate focus once to train by the focus score itself."
NO_ALPHA = "Your own alpha frequency is not known: 8 to 12 Hz is used, as for most people. It can be looked for."


@dataclass(frozen=True, slots=True)
class Signal:
    """What is worn: its electrodes, and what the person should know of it; ``made_up`` says that it is no EEG."""

    ch_names: tuple[str, ...]
    note: str = ""
    made_up: bool = False


def signal(heard: Heard | None, state: HeadsetState, *, paused: bool, made_up: bool) -> Signal:
    """Return what is worn; raises `FeedbackError` where nothing sends that could be trained with."""
    if paused:
        raise FeedbackError(PAUSED)
    if heard is None or state.contact is Contact.NONE:
        raise FeedbackError(state.sentence if state.contact is Contact.FAILED else NONE_WORN)
    if state.contact is not Contact.STREAMING:
        raise FeedbackError(COMING if state.contact is Contact.CONNECTING else state.sentence)
    window = heard.last(SHORTEST)
    if window is None:
        raise FeedbackError(JUST_BEGUN)
    if window.sfreq < protocols.LEAST_SFREQ:
        raise FeedbackError(
            f"{state.device} gives {window.sfreq:g} samples a second; training needs {protocols.LEAST_SFREQ:g}. Train "
            "with another headset."
        )
    note = SIMULATED if made_up else PLAYED if state.simulated else ""
    return Signal(window.ch_names, note, made_up)


def options(store: Store, worn: Signal | FeedbackError) -> tuple[Option, ...]:
    """Return what there is to train; why not, where nothing is worn. Raises `VaultError`."""
    rests = focus_history.rests(store)
    known = bool(rests) if isinstance(worn, FeedbackError) else worn.ch_names in rests
    offered = (FOCUS if known else ENGAGEMENT, CALM, protocols.SENSORIMOTOR, protocols.THETA_BETA, DIRECTION)
    return tuple(_option(store, protocol, worn) for protocol in offered)


def own_alpha(store: Store) -> float | None:
    """Return the person's alpha frequency, Hz; None where it is not known."""
    kept = alpha.newest(store)
    return None if kept is None else kept.found.get("frequency")


def wish(store: Store, choice: Choice, worn: Signal, now: float) -> Wish:
    """Return what a person chose, with the electrodes that are worn; ``now`` in UTC seconds.

    Raises `FeedbackError`, `VaultError`.
    """
    low, high = RATES
    if not low <= choice.rate <= high:
        raise FeedbackError(f"The share of rewarded time lies between {low:.0%} and {high:.0%}.")
    if choice.sound and choice.sound not in tuple(Sound):
        raise FeedbackError(f"There is no sound {choice.sound!r}. There are: {', '.join(Sound)}.")
    protocol = protocols.named(choice.protocol)
    return Wish(
        protocol=protocol,
        plan=_towards(store, choice, worn, now) if protocol is DIRECTION else _plan(store, protocol, worn),
        times=choice.times or Times(),
        rate=choice.rate,
        blind=choice.blind,
        alpha=own_alpha(store) if protocol is CALM else None,
        modality=f"scene and sound ({choice.sound})" if choice.sound else "scene",
        strategy=choice.strategy.strip(),
        target=directions.named(choice.moment, choice.tag) if protocol is DIRECTION else "",
    )


def _plan(store: Store, protocol: Protocol, worn: Signal) -> Plan:
    rest = focus_history.rests(store).get(worn.ch_names, b"") if protocol is FOCUS else b""
    own = own_alpha(store) if protocol is CALM else None
    return protocols.plan(protocol, protocols.electrodes(protocol, worn.ch_names).electrodes, alpha=own, rest=rest)


def _towards(store: Store, choice: Choice, worn: Signal, now: float) -> Plan:
    if (choice.moment is None) is not bool(choice.tag):
        raise FeedbackError("A direction to train towards has to be chosen: a moment, or a tag; one of the two.")
    if choice.moment is not None:
        store.moment(choice.moment)
    moments = directions.of_tag(store, choice.tag) if choice.moment is None else [choice.moment]
    return directions.towards(store, worn.ch_names, moments, now)


def _option(store: Store, protocol: Protocol, worn: Signal | FeedbackError) -> Option:
    told = Option(protocol.name, protocol.title, protocol.sentence, towards=protocol is DIRECTION)
    if isinstance(worn, FeedbackError):
        return _hindered(told, str(worn))
    if protocol is DIRECTION and not directions.known(store, worn.ch_names):
        return _hindered(told, directions.NO_STATE)
    try:
        chosen = protocols.electrodes(protocol, worn.ch_names)
    except FeedbackError as error:
        return _hindered(told, str(error))
    notes = [chosen.sentence, _note(store, protocol), worn.note]
    return Option(told.name, told.title, told.sentence, "", " ".join(filter(None, notes)), told.towards)


def _note(store: Store, protocol: Protocol) -> str:
    if protocol is ENGAGEMENT:
        return NO_REST
    if protocol is not CALM:
        return ""
    own = own_alpha(store)
    return NO_ALPHA if own is None else f"Your own alpha frequency is used, {own:.1f} Hz."


def _hindered(told: Option, why: str) -> Option:
    return Option(told.name, told.title, told.sentence, why, "", told.towards)
