"""Vectors as a life makes them: varied screens encoded by the real text model, and mixtures of them for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings import model_place
from embeddings.text import TextModel

Rows = NDArray[np.float32]

TOPICS = {
    "baking": "sourdough rye starter hydration crumb oven proofing baguette flour salt kneading crust banneton levain",
    "sailing": "mainsail halyard jib rudder harbour tide knots anchor buoy keel spinnaker mooring leeward chart",
    "tax": "deduction invoice receipt allowance income refund filing accountant depreciation quarter audit deadline",
    "gardening": "compost seedlings pruning tomatoes trellis mulch slugs perennials frost soil nitrogen raised bed",
    "databases": "index query transaction rollback schema migration deadlock replica partition vacuum join cursor",
    "cycling": "derailleur cadence chainring puncture gravel saddle climb headwind tubeless sprocket watt descent",
    "medicine": "dosage symptom antibiotic referral diagnosis fever cardiology prescription allergy blood pressure",
    "astronomy": "nebula telescope aperture eclipse supernova spectrum galaxy parallax orbit exoplanet redshift comet",
    "law": "clause liability tenant statute appeal defendant contract arbitration jurisdiction damages witness verdict",
    "music": "chord arpeggio tempo violin reverb melody rehearsal quartet mixing bassline score harmony metronome",
    "football": "midfielder penalty offside transfer goalkeeper league relegation header corner injury season coach",
    "machine learning": "gradient overfitting transformer batch loss embedding tokenizer regularisation dropout",
    "travel": "itinerary visa hostel ferry boarding luggage layover museum sightseeing reservation border timetable",
    "housing": "mortgage landlord deposit renovation plumbing insulation survey viewing estate agent square metres",
    "history": "empire treaty siege dynasty archive manuscript revolution colony parliament medieval trade plague",
    "physics": "momentum quantum neutrino entropy lattice photon superconductor field detector collider relativity",
    "cinema": "director screenplay montage casting premiere festival documentary lens close-up soundtrack sequel",
    "biology": "enzyme mitochondria genome protein bacteria evolution receptor habitat chlorophyll membrane mutation",
    "finance": "portfolio dividend bond yield hedge inflation exchange equity volatility broker pension fund liquidity",
    "parenting": "kindergarten bedtime homework nappy playground vaccination teacher birthday tantrum pocket money",
    "networking": "router packet latency firewall subnet gateway handshake throughput switch DNS certificate tunnel",
    "photography": "shutter exposure tripod portrait histogram contrast raw film darkroom aperture flash composition",
    "chess": "opening gambit endgame bishop castling checkmate sacrifice pawn tempo grandmaster zugzwang rating",
    "climate": "emission glacier carbon drought methane turbine heatwave permafrost offset reforestation storm sea",
    "woodwork": "dovetail chisel plane oak varnish joint lathe sanding clamp grain workbench mortise veneer sawdust",
    "hiring": "interview candidate salary onboarding reference probation resignation headcount referral offer remote",
    "languages": "verb declension accent vocabulary grammar translation idiom dialect pronunciation fluency subtitle",
    "electronics": "resistor solder oscilloscope capacitor voltage breadboard microcontroller sensor firmware antenna",
    "running": "marathon interval stride tendon pace shoes hydration trail tapering personal best stretching heart",
    "politics": "election coalition ballot minister referendum amendment lobby campaign poll constituency veto reform",
    "painting": "watercolour canvas pigment brush perspective gallery portrait sketch glaze easel palette exhibition",
    "space travel": "rocket booster payload orbit astronaut docking launch window telemetry lander heat shield capsule",
}
SHAPES = (
    "Inbox - {person}: {topic}. Hi {other}, about the {a} and the {b}: shall we settle {c} by {day}? {words} Best",
    "{a}_{b}.py - editor: def {a}({b}, {c}): # {words} return {d}  # {topic}, changed by {person}",
    "{topic} - encyclopedia. The {a} is known for its {b}. {words} See also {c}, {d} and {e}.",
    "#{topic} chat. {person}: did you see the {a}? {other}: yes, {words} {person}: then {b} on {day}",
    "terminal $ grep -r {a} {b}/ && make {c}  {words} exit {number}",
    "Sheet: {topic} {number}  {a} {number}2 | {b} {number}7 | {c} {number}4  total {d} {words}",
    "Calendar {day}: {a} with {person} and {other}, {topic}. Bring {b}. Notes: {words}",
    "Forum thread, {number} answers: why does my {a} {b} after {c}? {words} Accepted: check the {d}.",
    "Video {number}:15 {topic}, part {number}: {a} explained by {person}. Comments: {words}",
    "Shop basket: {a} x{number}, {b}, {c}. Delivery {day} to {person}. Similar to {topic}: {words}",
)
PEOPLE = [
    "Amara",
    "Bjorn",
    "Chiara",
    "Dmitri",
    "Eleni",
    "Farid",
    "Greta",
    "Hiro",
    "Ines",
    "Jonas",
    "Keiko",
    "Luca",
    "Mina",
    "Noor",
    "Olga",
    "Pavel",
    "Quinn",
    "Rosa",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "tomorrow", "tonight"]


def texts(count: int, *, seed: int) -> list[str]:
    """Return screens of many programs about many things, 20 to 90 words each, no two alike."""
    rng = np.random.default_rng(seed)
    return [_text(rng) for _ in range(count)]


def _text(rng: np.random.Generator) -> str:
    names = list(TOPICS)
    topic, aside = rng.choice(names, 2, replace=False)
    own, other = TOPICS[topic].split(), TOPICS[aside].split()
    a, b, c, d, e = rng.choice(own, 5, replace=False)
    words = rng.choice(own * 3 + other, int(rng.integers(8, 60)))
    person, second = rng.choice(PEOPLE, 2, replace=False)
    shape, day, number = rng.choice(SHAPES), rng.choice(DAYS), int(rng.integers(1, 100))
    filled: str = shape.format(
        topic=topic, a=a, b=b, c=c, d=d, e=e, words=" ".join(words), person=person, other=second, day=day, number=number
    )
    return filled


def encoded(count: int, *, seed: int = 1) -> Rows:
    """Return that many texts as the real text model encodes them, ``float32[count, dimension]``."""
    return TextModel.load(model_place.find()).encode(texts(count, seed=seed))


@dataclass(frozen=True, slots=True)
class Varied:
    """Encoded texts, and as many mixtures of them as wanted.

    Attributes
    ----------
    encoded
        What the model made of texts, ``float32[count, dimension]``, unit norm.
    noise
        The norm of what is added to a mixture, relative to it: what two looks at nearly the same screen differ by.

    """

    encoded: Rows
    noise: float = 0.25

    def batches(self, count: int, *, size: int, seed: int) -> Iterator[Rows]:
        """Yield ``count`` unit vectors in all, at most ``size`` at a time: those encoded first, then mixtures."""
        given = self.encoded[:count]
        for start in range(0, len(given), size):
            yield given[start : start + size]
        rng, left = np.random.default_rng(seed), count - len(given)
        while left > 0:
            yield self._mixed(min(size, left), rng)
            left -= size

    def _mixed(self, count: int, rng: np.random.Generator) -> Rows:
        """Return normalised a*x + b*y + noise of random pairs of encoded vectors."""
        first, second = (self.encoded[rng.integers(len(self.encoded), size=count)] for _ in range(2))
        share = rng.uniform(0.0, 0.5, (count, 1)).astype(np.float32)
        mixed = (1 - share) * first + share * second
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        mixed += rng.standard_normal(mixed.shape, np.float32) * np.float32(self.noise / np.sqrt(mixed.shape[1]))
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)
