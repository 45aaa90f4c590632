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
from typing import TypeAlias

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

__all__ = ["REFERENCE_SECONDS", "ContactReference", "left_out"]

REFERENCE_SECONDS = 60.0  # of unlabelled rest at a person's beginning

# Hz. Below 4 Hz eyes move more than brains do: with 1-4 Hz the fusion lost 0.01 on eegmat.
FOCUS_BANDS = ((4.0, 8.0), (8.0, 13.0), (13.0, 30.0), (30.0, 40.0))
REGULARISATION = 0.01  # C of the logistic regression, which sees 10 features for 4 electrodes, 36 for 8

Features = NDArray[np.float64]
Mask = NDArray[np.bool_]
Model: TypeAlias = LinearDiscriminantAnalysis | Pipeline
# Makes features of the windows of one person; the mask tells the reference among them.
Relative = Callable[[Windows, Mask], Features]


def left_out(windows: Windows, labels: Mask, reference_mask: Mask) -> dict[str, NDArray[np.float64]]:
    """Return what each model to beat says of each person when trained on all the others.

    Parameters
    ----------
    windows
        ``n`` windows; in order of time within a recording.
    labels
        ``bool[n]``, True where the person was focused.
    reference_mask
        ``bool[n]``: each person's first minute of rest. Its labels are not looked at.

    Returns
    -------
    dict
        ``float64[n]`` of ``band powers``, ``tangent`` and their ``fusion``, the larger, the more focused; of
        ``amplitude`` and ``fingerprint``, which tell conditions apart without a brain, trained and re-centred alike.

    Raises
    ------
    EvaluationError
        When someone has no reference window.

    """

    def scored(features: Relative, build: Callable[[], Model]) -> NDArray[np.float64]:
        return _scored(build, _each_person(features, windows, reference_mask), windows, labels, reference_mask)

    return _fused(scored(relative_powers, lda), scored(recentred_tangent, _regression)) | {
        "amplitude": scored(relative_amplitude, lda),
        "fingerprint": scored(relative_fingerprint, lda),
    }


def _scored(
    build: Callable[[], Model], made: Features, windows: Windows, labels: Mask, reference_mask: Mask
) -> NDArray[np.float64]:
    """Return scores of each person by a model of all others' features, in spreads of its training scores."""
    found = np.empty(len(windows))
    for split in splits("person", windows, seconds=windows.seconds):
        trained = split.train[~reference_mask[split.train]]
        model = build().fit(made[trained], labels[trained])
        told = model.decision_function(made[trained])
        found[split.test] = (model.decision_function(made[split.test]) - float(told.mean())) / float(told.std())
    return found


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
