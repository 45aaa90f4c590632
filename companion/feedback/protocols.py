"""What can be trained: what is measured, where, what must not rise with it, and what a person is told. Pure.

Bands are those of the literature: engagement (beta over alpha and theta) after Pope, Bogart and Bartolome 1995
(doi:10.1016/0301-0511(95)05116-3), sensorimotor rhythm with theta and high beta held down after Sterman and Egner 2006
(doi:10.1007/s10484-006-9002-x), alpha around a person's own frequency after Klimesch 1999
(doi:10.1016/S0165-0173(98)00056-3). That they can be trained is not a claim that training them helps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from embeddings.feedback.plan import Band, BandPlan, FocusPlan, Plan

LEAST_SFREQ = 100.0  # Hz; above twice the highest band
MOST_ELECTRODES = 32
USUAL_ALPHA = 10.0  # Hz, where a person's own is not known
ALPHA_HALF = 2.0  # Hz to either side of it
THETA: Band = (4.0, 8.0)
ALPHA: Band = (8.0, 13.0)
SMR: Band = (12.0, 15.0)
BETA: Band = (13.0, 21.0)
HIGH_BETA: Band = (22.0, 30.0)
MUSCLE: Band = (25.0, 40.0)
NEAR = 0.35  # of a head's half, within which an electrode counts as where it was wanted


class FeedbackError(Exception):
    """What a person can mend before or during a training; the message says how."""


class Region(StrEnum):
    """Where a protocol listens."""

    FRONT = "the front"
    MIDDLE = "the middle"
    BACK = "the back"
    EVERYWHERE = "the whole head"


# How far to the front and how far from the middle line (`embeddings.sites.Place`) each region's heart lies.
_HEARTS = {Region.FRONT: (0.6, 0.2), Region.MIDDLE: (0.0, 0.3), Region.BACK: (-0.7, 0.3)}


@dataclass(frozen=True, slots=True)
class Protocol:
    """One thing to train.

    Attributes
    ----------
    name
        As settings and rows have it.
    title, sentence
        For people: what it is called, and what is fed back.
    region
        Where it listens.
    up, under, inhibits
        Bands, see `embeddings.feedback.plan.BandPlan`; none where a learned score is measured.

    """

    name: str
    title: str
    sentence: str
    region: Region
    up: tuple[Band, ...] = ()
    under: tuple[Band, ...] = ()
    inhibits: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The electrodes a protocol listens to.

    Attributes
    ----------
    near
        Whether they lie where the protocol wants them.
    sentence
        What the person should know of it; empty when all is as it should be.

    """

    electrodes: tuple[str, ...]
    near: bool
    sentence: str


FOCUS = Protocol(
    "focus",
    "Focus up",
    "The scene follows how much your EEG looks like focused work rather than your own rest.",
    Region.EVERYWHERE,
)
ENGAGEMENT = Protocol(
    "engagement",
    "Focus up (without a known rest)",
    "The scene follows beta against alpha and theta, a measure of engagement. Tense muscles hold it down.",
    Region.EVERYWHERE,
    up=(BETA,),
    under=(THETA, ALPHA),
    inhibits=(MUSCLE,),
)
CALM = Protocol(
    "calm",
    "Calm up",
    "The scene follows your alpha rhythm. Tense muscles hold it down.",
    Region.BACK,
    up=((USUAL_ALPHA - ALPHA_HALF, USUAL_ALPHA + ALPHA_HALF),),
    inhibits=(HIGH_BETA,),
)
SENSORIMOTOR = Protocol(
    "smr",
    "SMR up",
    "The scene follows the rhythm of 12 to 15 Hz over the middle of the head. Drowsiness (theta) and tension (high "
    "beta) hold it down.",
    Region.MIDDLE,
    up=(SMR,),
    inhibits=(THETA, HIGH_BETA),
)
THETA_BETA = Protocol(
    "theta-beta",
    "Theta/beta down",
    "The scene rises while theta falls against beta. Tense muscles hold it down.",
    Region.FRONT,
    up=(BETA,),
    under=(THETA,),
    inhibits=(MUSCLE,),
)
DIRECTION = Protocol(
    "direction",
    "Towards a state",
    "The scene follows how near your present state is to the one you chose.",
    Region.EVERYWHERE,
)
PROTOCOLS = (FOCUS, ENGAGEMENT, CALM, SENSORIMOTOR, THETA_BETA, DIRECTION)


def named(name: str) -> Protocol:
    """Return a protocol by name; raises `FeedbackError` with those there are."""
    for protocol in PROTOCOLS:
        if protocol.name == name:
            return protocol
    raise FeedbackError(f"Nothing is trained by the name {name!r}. There are: {', '.join(p.name for p in PROTOCOLS)}.")


def electrodes(protocol: Protocol, ch_names: Sequence[str], *, leave_out: Sequence[str] = ()) -> Chosen:
    """Return where a protocol listens on a headset of 1 to 32 electrodes; raises `FeedbackError` for none.

    ``leave_out`` are electrodes that lie badly.
    """
    from embeddings import sites

    known = [name for name in ch_names[:MOST_ELECTRODES] if name not in leave_out]
    if not known:
        raise FeedbackError("No electrode is left to listen to. Moisten the skin, press them on and start again.")
    if protocol.region is Region.EVERYWHERE:
        return Chosen(tuple(known[i] for i in sites.kept(known)), near=True, sentence="")
    front, side = _HEARTS[protocol.region]
    placed = {name: place for name in known if (place := sites.place(name)) is not None}
    if not placed:
        told = f"Nobody knows where these electrodes lie; {protocol.title} is meant for {protocol.region}."
        return Chosen(tuple(known), near=False, sentence=told)
    far = {name: abs(place.front - front) + 0.5 * abs(abs(place.right) - side) for name, place in placed.items()}
    inside = tuple(name for name in known if far.get(name, 9.0) <= NEAR)
    if inside:
        return Chosen(inside, near=True, sentence="")
    nearest = _nearest(far)
    told = (
        f"{protocol.title} is meant for {protocol.region}; the nearest electrodes here are {', '.join(nearest)}. What "
        "they hear of it is weaker."
    )
    return Chosen(tuple(name for name in known if name in nearest), near=False, sentence=told)


def _nearest(far: dict[str, float]) -> list[str]:
    """Return the nearest electrode and those as near, such as its twin on the other side."""
    least = min(far.values())
    return [name for name, distance in far.items() if distance <= least + 0.05]


def plan(protocol: Protocol, chosen: Sequence[str], *, alpha: float | None = None, rest: bytes = b"") -> Plan:
    """Return what is to be measured.

    Parameters
    ----------
    alpha
        The person's own alpha frequency, Hz; `USUAL_ALPHA` where it is not known.
    rest
        What is known of their rest with these electrodes, see `embeddings.feedback.plan.FocusPlan`.

    Raises `FeedbackError` for `DIRECTION`, whose plan is made by `embeddings.feedback.plan` itself, and for `FOCUS`
    without rest.
    """
    names = tuple(chosen)
    if protocol.name == DIRECTION.name:
        raise FeedbackError("A direction to train towards has to be chosen: a moment, or a state you tagged.")
    if protocol.name == FOCUS.name:
        if not rest:
            raise FeedbackError("Your rest is not known yet. Calibrate once, or train engagement instead.")
        return FocusPlan(names, rest)
    if protocol.name == CALM.name:
        middle = USUAL_ALPHA if alpha is None else alpha
        return BandPlan(names, ((middle - ALPHA_HALF, middle + ALPHA_HALF),), (), protocol.inhibits)
    return BandPlan(names, protocol.up, protocol.under, protocol.inhibits)
