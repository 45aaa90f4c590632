"""The models to beat, built in so that every comparison is made person by person on the same windows.

They are what a careful newcomer would build: log band powers, re-centred covariances in tangent space (Barachant et al.
2012, doi:10.1109/TBME.2011.2172210; re-centring: Zanini et al. 2018, doi:10.1109/TBME.2017.2742541) and their fusion
for focus; loudness and gradient boosting for an electrode's contact. Nothing in them changes when the encoders do.

On 24 people of eegmat (F7 F8 T5 T6, one person left out at a time, 4 s windows every 2 s, rest after the first 60 s
against arithmetic) their mean AUC is 0.725 (band powers), 0.718 (tangent) and 0.741 (fusion); with windows end to end
0.737, 0.720 and 0.748.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyriemann.geometry.base import invsqrtm
from pyriemann.geometry.covariance import covariances
from pyriemann.geometry.mean import gmean
from pyriemann.geometry.tangentspace import tangent_space
from scipy import signal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from companion.evaluation import controls
from companion.evaluation.contact_boosting import ContactReference
from companion.evaluation.errors import EvaluationError
from companion.evaluation.splits import splits
from companion.evaluation.windows import Windows

__all__ = ["REFERENCE_SECONDS", "ContactReference", "FocusControls", "FocusReference", "RelativeModel", "left_out"]

REFERENCE_SECONDS = 60.0  # of unlabelled rest at a person's beginning

# Hz. Below 4 Hz eyes move more than brains do: with 1-4 Hz the fusion lost 0.01 on eegmat.
FOCUS_BANDS = ((4.0, 8.0), (8.0, 13.0), (13.0, 30.0), (30.0, 40.0))
REGULARISATION = 0.01  # C of the logistic regression, which sees 10 features for 4 electrodes, 36 for 8

Features = NDArray[np.float64]
Mask = NDArray[np.bool_]
Relative = Callable[[Windows, Mask], Features]


@dataclass(frozen=True, slots=True)
class RelativeModel:
    """A linear model on features that are measured from the person's own reference windows.

    Attributes
    ----------
    features
        Makes ``float64[n, features]`` of the windows of one person; the mask tells the reference among them.

    """

    features: Relative
    model: LinearDiscriminantAnalysis | Pipeline
    centre: float
    spread: float

    @classmethod
    def fit(
        cls,
        features: Relative,
        model: LinearDiscriminantAnalysis | Pipeline,
        windows: Windows,
        labels: Mask,
        reference_mask: Mask,
    ) -> Self:
        """Train on the windows (of many people) that are not reference; the reference serves without its labels."""
        made, trained = _each_person(features, windows, reference_mask), ~reference_mask
        return cls._trained(features, model, made[trained], labels[trained])

    @classmethod
    def left_out(
        cls,
        features: Relative,
        build: Callable[[], LinearDiscriminantAnalysis | Pipeline],
        windows: Windows,
        labels: Mask,
        reference_mask: Mask,
    ) -> NDArray[np.float64]:
        """Return what `fit` on the others and `scores` give for each person; the features are made once only."""
        made = _each_person(features, windows, reference_mask)
        found = np.empty(len(windows))
        for split in splits("person", windows, seconds=windows.seconds):
            trained = split.train[~reference_mask[split.train]]
            fitted = cls._trained(features, build(), made[trained], labels[trained])
            found[split.test] = fitted._scores(made[split.test])  # noqa: SLF001 - its own class
        return found

    def scores(self, windows: Windows, reference_mask: Mask) -> NDArray[np.float64]:
        """Return scores ``float64[n]``, in spreads of the training scores; of one person or of many."""
        return self._scores(_each_person(self.features, windows, reference_mask))

    @classmethod
    def _trained(
        cls,
        features: Relative,
        model: LinearDiscriminantAnalysis | Pipeline,
        made: Features,
        labels: Mask,
    ) -> Self:
        model.fit(made, labels)
        scores = model.decision_function(made)
        return cls(features, model, float(scores.mean()), float(scores.std()))

    def _scores(self, made: Features) -> NDArray[np.float64]:
        return np.asarray((self.model.decision_function(made) - self.centre) / self.spread, np.float64)


@dataclass(frozen=True, slots=True)
class FocusReference:
    """Band powers, re-centred tangent space, and the mean of their scores."""

    powers: RelativeModel
    tangent: RelativeModel

    @classmethod
    def fit(
        cls,
        windows: Windows,
        labels: Mask,
        reference_mask: Mask,
    ) -> Self:
        """Train on many people.

        Parameters
        ----------
        windows
            ``n`` windows; in order of time within a recording.
        labels
            ``bool[n]``, True where the person was focused.
        reference_mask
            ``bool[n]``: each person's first minute of rest. Its labels are not looked at.

        Raises
        ------
        EvaluationError
            When someone has no reference window.

        """
        return cls(
            RelativeModel.fit(relative_powers, lda(), windows, labels, reference_mask),
            RelativeModel.fit(recentred_tangent, _regression(), windows, labels, reference_mask),
        )

    def scores(self, windows: Windows, reference_mask: Mask) -> dict[str, NDArray[np.float64]]:
        """Return ``float64[n]`` of ``band powers``, ``tangent`` and ``fusion``; the larger, the more focused."""
        powers, tangent = self.powers.scores(windows, reference_mask), self.tangent.scores(windows, reference_mask)
        return _fused(powers, tangent)


@dataclass(frozen=True, slots=True)
class FocusControls:
    """What tells conditions apart without a brain, trained and re-centred just as the models to beat."""

    amplitude: RelativeModel
    fingerprint: RelativeModel

    @classmethod
    def fit(
        cls,
        windows: Windows,
        labels: Mask,
        reference_mask: Mask,
    ) -> Self:
        """Train on many people; parameters as for `FocusReference.fit`."""
        made = relative_amplitude, relative_fingerprint
        models = (RelativeModel.fit(features, lda(), windows, labels, reference_mask) for features in made)
        return cls(*models)

    def scores(self, windows: Windows, reference_mask: Mask) -> dict[str, NDArray[np.float64]]:
        """Return ``float64[n]`` of ``amplitude`` and ``fingerprint``."""
        return {
            "amplitude": self.amplitude.scores(windows, reference_mask),
            "fingerprint": self.fingerprint.scores(windows, reference_mask),
        }


def left_out(windows: Windows, labels: Mask, reference_mask: Mask) -> dict[str, NDArray[np.float64]]:
    """Return what `FocusReference` and `FocusControls` say of each person when trained on all the others.

    The same scores as a `fit` and a `scores` a person, in a fraction of the time; parameters as for
    `FocusReference.fit`.
    """

    def scored(features: Relative, build: Callable[[], LinearDiscriminantAnalysis | Pipeline]) -> NDArray[np.float64]:
        return RelativeModel.left_out(features, build, windows, labels, reference_mask)

    return _fused(scored(relative_powers, lda), scored(recentred_tangent, _regression)) | {
        "amplitude": scored(relative_amplitude, lda),
        "fingerprint": scored(relative_fingerprint, lda),
    }


def lda() -> LinearDiscriminantAnalysis:
    """Return a linear discriminant whose covariance is shrunk as Ledoit and Wolf found best."""
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def _regression() -> Pipeline:
    """Return a logistic regression on scaled features, classes weighed alike."""
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=1_000)
    )


def _fused(powers: NDArray[np.float64], tangent: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the scores of each model and their mean; both are in spreads of their training scores."""
    return {"band powers": powers, "tangent": tangent, "fusion": (powers + tangent) / 2.0}


def band_powers(windows: Windows, bands: tuple[tuple[float, float], ...] = FOCUS_BANDS) -> Features:
    """Return log mean density (µV²/Hz) in each band, ``float64[n, channels * bands]`` (Welch, 1 s Hann)."""
    length = min(windows.filtered.shape[2], round(windows.sfreq))
    frequencies, density = signal.welch(windows.filtered.astype(np.float64), windows.sfreq, nperseg=length, axis=2)
    within = [(frequencies >= low) & (frequencies < high) for low, high in bands]
    powers = np.stack([density[..., mask].mean(axis=2) for mask in within], axis=2)
    return np.asarray(np.log(powers + np.finfo(np.float64).tiny).reshape(len(windows), -1), np.float64)


def recentred_tangent(windows: Windows, reference_mask: Mask) -> Features:
    """Return tangent vectors at one person's own mean covariance, ``float64[n, channels * (channels + 1) / 2]``.

    Covariances are shrunk (OAS) and brought to unit trace: how loud a window is is the band powers' part.
    """
    found = np.asarray(covariances(windows.filtered.astype(np.float64), estimator="oas"), np.float64)
    found /= np.trace(found, axis1=1, axis2=2)[:, np.newaxis, np.newaxis]
    white = invsqrtm(gmean(found[reference_mask], metric="riemann"))
    return np.asarray(tangent_space(white @ found @ white, np.eye(len(white)), metric="riemann"), np.float64)


def _relative(features: Callable[[Windows], Features]) -> Relative:
    """Return features less their mean over the reference."""

    def relative(windows: Windows, reference_mask: Mask) -> Features:
        made = features(windows)
        usual: Features = made[reference_mask].mean(axis=0)
        return made - usual

    return relative


relative_powers = _relative(band_powers)
relative_amplitude = _relative(controls.amplitude)
relative_fingerprint = _relative(controls.fingerprint)


def _each_person(features: Relative, windows: Windows, reference_mask: Mask) -> Features:
    """Return the features of everyone, each relative to their own reference."""
    found: Features | None = None
    for who in np.unique(windows.person):
        mine = windows.person == who
        if not reference_mask[mine].any():
            raise EvaluationError(
                f"{who} has no window in the first {REFERENCE_SECONDS:.0f} s of rest, which every score is relative "
                "to. Leave that person out, or give a longer recording."
            )
        made = features(windows.where(mine), reference_mask[mine])
        found = np.empty((len(windows), made.shape[1])) if found is None else found
        found[mine] = made
    if found is None:
        raise EvaluationError("There is no window to train on. Give more people.")
    return found
