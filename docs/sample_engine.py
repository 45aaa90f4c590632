# ruff: noqa: INP001  a script beside its pictures, not a package
"""A few sample moments behind the engine's port, for the pictures of the user guide."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import sample_headset

from companion.brain.types import Contact, HeadsetState
from companion.contact_watch import Electrodes
from companion.ports import Answer, Gone, Question
from companion.settings import Settings
from companion.status import Activity, Status
from embeddings.types import EEGWindow
from index.types import Hit, Moment, SignalQuality

NOW = 1_794_997_800.0  # a Wednesday, 11:50 UTC
MINUTE, DAY = 60.0, 86_400.0


@dataclass(frozen=True)
class Sample:
    """One moment to be drawn and found."""

    ago: float
    minutes: float
    app: str
    title: str
    lines: tuple[str, ...]
    snippet: str
    reason: str
    ground: str = "#ffffff"
    ink: str = "#22272b"
    space: str = "text"


SAMPLES = (
    Sample(
        1 * DAY + 67 * MINUTE,
        3,
        "firefox",
        "Rates of convergence for stochastic descent",
        (
            "Abstract. How fast do noisy steps settle?",
            "1  Introduction",
            "Descent with noisy gradients is the workhorse of learning.",
            "2  Main result",
            "The proof needs only that the rate of convergence is",
            "summable, which holds whenever the steps shrink slowly.",
            "Lemma 3. Let the noise have bounded variance. Then",
            "the averaged iterate converges almost surely.",
        ),
        "The proof needs only that the rate of [convergence] is summable, which holds",
        "the same words and about the same thing",
    ),
    Sample(
        1 * DAY + 41 * MINUTE,
        12,
        "org.gnome.Evince",
        "lecture-07-optimisation.pdf",
        (
            "Lecture 7: step sizes",
            "A step that is too long never settles,",
            "one that is too short never arrives.",
            "Linear convergence: the error halves every k steps.",
            "Sublinear: it shrinks like 1 / k.",
        ),
        "Linear [convergence]: the error halves every k steps",
        "the same words and about the same thing",
        "#fbfaf5",
    ),
    Sample(
        26 * MINUTE,
        18,
        "code",
        "descent.py — experiments",
        (
            "def descend(start, steps):",
            "    point = start",
            "    for number, step in enumerate(steps):",
            "        point = point - step * gradient(point)",
            "        # convergence is tested below",
            "        if settled(point):",
            "            return point, number",
            "    raise NoConvergence(steps)",
        ),
        "point = point - step * gradient(point) # [convergence] is tested below",
        "the same words",
        "#1f2428",
        "#d5dde3",
    ),
    Sample(
        2 * DAY + 190 * MINUTE,
        7,
        "thunderbird",
        "Re: figure 4, error over steps",
        (
            "Dear all,",
            "the plot flattens after four hundred steps,",
            "so the iterates do settle, only slower than we hoped.",
            "Shall we show the logarithm?",
            "Best, Ines",
        ),
        "the plot flattens after four hundred steps, so the iterates do settle",
        "about the same thing",
        space="content:all-MiniLM-L6-v2",
    ),
    Sample(
        3 * DAY + 20 * MINUTE,
        4,
        "XTerm",
        "python experiments/descent.py",
        (
            "$ python experiments/descent.py --steps 4000",
            "step  400   error 0.0312",
            "step  800   error 0.0171",
            "step 1600   error 0.0090",
            "converged after 1893 steps",
        ),
        "step 1600 error 0.0090 [converged] after 1893 steps",
        "the same words",
        "#101214",
        "#c8d6c4",
    ),
    Sample(
        3 * DAY + 240 * MINUTE,
        2,
        "firefox",
        "Almost sure convergence — Encyclopedia of Mathematics",
        (
            "Almost sure convergence",
            "A sequence of random variables converges almost surely",
            "when it converges for every outcome",
            "outside a set of probability zero.",
        ),
        "Almost sure [convergence] A sequence of random variables",
        "the same words",
        "#f7f9fb",
    ),
    Sample(
        4 * DAY + 65 * MINUTE,
        31,
        "libreoffice-writer",
        "Draft of section 2.odt",
        (
            "2  Why the average settles",
            "A single iterate keeps jumping about;",
            "their running mean does not.",
            "This is what lets us speak of a limit at all.",
        ),
        "A single iterate keeps jumping about; their running mean does not",
        "about something alike",
        space="content:all-MiniLM-L6-v2",
    ),
    Sample(
        5 * DAY + 15 * MINUTE,
        1,
        "zoom",
        "Group meeting",
        ("Agenda", "1  Results of the week", "2  Convergence of the new schedule", "3  Who writes section 2"),
        "2 [Convergence] of the new schedule 3 Who writes section 2",
        "the same words",
        "#eef1f3",
    ),
    Sample(
        19 * DAY,
        9,
        "firefox",
        "Step size schedules, a short comparison",
        ("Step size schedules", "Constant, harmonic, cosine:", "three ways to slow down, and what each costs."),
        "Constant, harmonic, cosine: three ways to slow down",
        "about something alike",
        space="content:all-MiniLM-L6-v2",
    ),
    Sample(
        41 * DAY,
        64,
        "org.gnome.Evince",
        "robbins-monro-notes.pdf",
        ("Notes on stochastic approximation", "Steps must sum to infinity, their squares must not."),
        "Steps must sum to infinity, their squares must not",
        "about something alike",
        "#fbfaf5",
        space="content:all-MiniLM-L6-v2",
    ),
)
SENTENCES = {
    Activity.RECORDING: "Recording the screen and Muse 2.",
    Activity.NO_HEADSET: "Recording the screen. No headset is chosen.",
    Activity.FILTERING: "Recording, but this window is kept out: private browsing.",
    Activity.LOCKED: "Locked. Recording the screen and Muse 2. What is recorded now can be read after unlocking.",
    Activity.PAUSED: "Paused for 5 more minutes.",
    Activity.ERROR: "Nothing is recorded: the disk is full. Free some space.",
}


def status(activity: Activity = Activity.RECORDING) -> Status:
    """Return what the sample engine does."""
    headset = HeadsetState(Contact.STREAMING, "Muse 2 sends 256 samples a second.", "Muse 2")
    if activity is Activity.NO_HEADSET:
        headset = HeadsetState(Contact.NONE, "No headset is chosen.")
    locked = activity is Activity.LOCKED
    return Status(activity, SENTENCES[activity], headset, moments=0 if locked else 12_840, locked=locked)


class SampleEngine:
    """An engine that remembers the samples and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.moments = tuple(_moment(at, sample) for at, sample in enumerate(SAMPLES))

    def start(self) -> None:
        """Nothing to begin."""

    def stop(self) -> None:
        """Nothing to end."""

    def status(self) -> Status:
        """Return a status."""
        return status()

    def pause(self, seconds: float | None) -> None:
        """Nothing runs."""

    def resume(self) -> None:
        """Nothing runs."""

    def apply(self, settings: Settings) -> None:
        """Nothing runs."""

    def forget_last(self, seconds: float) -> Future[Gone]:
        """Forget nothing, as nothing was recorded."""
        del seconds
        future: Future[Gone] = Future()
        future.set_result(Gone(0, 0, 0.0))
        return future

    def recall(self, question: Question) -> Future[Answer]:
        """Return every sample, in order."""
        scores = (0.9 - 0.07 * at for at in range(len(SAMPLES)))
        hits = tuple(
            Hit(moment, score, sample.space, sample.reason, sample.snippet)
            for moment, sample, score in zip(self.moments, SAMPLES, scores, strict=True)
        )
        future: Future[Answer] = Future()
        future.set_result(Answer(question, hits, (), 0.04))
        return future

    def headset_window(self, seconds: float) -> EEGWindow:
        """Return made-up EEG."""
        return sample_headset.window(seconds, NOW)

    @property
    def electrodes(self) -> Electrodes:
        """Three that lie well and one that does not."""
        return sample_headset.electrodes(NOW)

    @property
    def deep_work(self) -> None:
        """Nothing follows focus here."""
        return None

    @property
    def sending(self) -> None:
        """Nothing holds mails here."""
        return None

    @property
    def training(self) -> None:
        """Nothing trains here."""
        return None

    def opened(self, answer: Answer, rank: int) -> None:
        """Nothing learns here."""

    def moment(self, moment_id: int) -> Moment:
        """Return one sample."""
        return self.moments[moment_id]

    def neighbour(self, moment_id: int, step: int) -> Moment | None:
        """Return the sample beside it."""
        return self.moments[moment_id + step] if 0 <= moment_id + step < len(self.moments) else None

    def picture(self, moment: Moment, *, thumbnail: bool) -> bytes | None:  # noqa: ARG002  one size is enough here
        """Return the drawn page, encoded."""
        return (self._folder / moment.frame).read_bytes()


def _moment(at: int, sample: Sample) -> Moment:
    start = NOW - sample.ago
    url = f"https://example.org/{at}" if sample.app == "firefox" else ""
    text = "\n".join((sample.title, *sample.lines))
    end = start + sample.minutes * MINUTE
    signal = SignalQuality(windows=45, fit=38, fault="TP9 moves") if sample.minutes < 5 else None  # noqa: PLR2004  some
    return Moment(at, start, end, sample.app, sample.title, url, 0, "screen", f"{at}.png", text, signal=signal)


def draw_pages(folder: Path) -> None:
    """Draw every sample as a window 1280 x 800 pixels large."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QFont, QImage, QPainter

    for at, sample in enumerate(SAMPLES):
        image = QImage(1280, 800, QImage.Format.Format_RGB32)
        image.fill(QColor(sample.ground))
        painter = QPainter(image)
        painter.fillRect(QRect(0, 0, 1280, 56), QColor("#dfe3e6"))
        painter.setPen(QColor("#3a4249"))
        painter.setFont(QFont("DejaVu Sans", 16))
        painter.drawText(QRect(0, 0, 1280, 56), Qt.AlignmentFlag.AlignCenter, sample.title)
        painter.setPen(QColor(sample.ink))
        code = sample.app in ("code", "XTerm")
        for number, line in enumerate(sample.lines):
            font = QFont("DejaVu Sans Mono" if code else "DejaVu Serif", 28 if number or code else 33)
            painter.setFont(font)
            painter.drawText(70, 140 + 82 * number, line)
        painter.end()
        image.save(str(folder / f"{at}.png"))
