from __future__ import annotations

import pytest

from embeddings import sites

CAP = (
    "Fp1",
    "Fp2",
    "F3",
    "F4",
    "F7",
    "F8",
    "T3",
    "T4",
    "C3",
    "C4",
    "T5",
    "T6",
    "P3",
    "P4",
    "O1",
    "O2",
    "Fz",
    "Cz",
    "Pz",
)


@pytest.mark.parametrize(
    ("ch_names", "front", "back"),
    [
        (("TP9", "AF7", "AF8", "TP10"), ("AF7", "AF8"), ("TP9", "TP10")),
        (("CP3", "C3", "F5", "PO3", "PO4", "F6", "C4", "CP4"), ("F5", "F6"), ("CP3", "CP4")),
        (("F7", "F8", "T5", "T6"), ("F7", "F8"), ("T5", "T6")),
        (("EEG F7", "EEG F8", "EEG T5", "EEG T6"), ("EEG F7", "EEG F8"), ("EEG T5", "EEG T6")),
        (("fp1", "FP2", "O2", "o1"), ("fp1", "FP2"), ("o1", "O2")),
        (("Fp1", "Fp2", "T3", "T4"), ("Fp1", "Fp2"), ("T3", "T4")),
    ],
)
def test_left_and_right_of_front_and_back_are_found_by_name(
    ch_names: tuple[str, ...], front: tuple[str, ...], back: tuple[str, ...]
) -> None:
    found = sites.find(ch_names)

    assert found.kind == "front+back"
    assert tuple(ch_names[i] for i in found.front) == front
    assert tuple(ch_names[i] for i in found.back) == back


@pytest.mark.parametrize(
    ("ch_names", "kind"),
    [
        (("Fp1", "Fp2"), "front"),
        (("O1", "O2"), "back"),
        (("Fz", "Pz"), "front+back middle"),
        (("F3", "P3"), "front+back middle"),
        (("1", "2", "3"), ""),
        (("X1", "Left", "AUX"), ""),
    ],
)
def test_a_montage_says_what_it_can_tell(ch_names: tuple[str, ...], kind: str) -> None:
    assert sites.find(ch_names).kind == kind


def test_odd_numbers_are_left_even_ones_right_and_z_is_the_middle() -> None:
    left, middle, right = (sites.place(name) for name in ("F7", "Fz", "F8"))

    assert left.right < 0 == middle.right < right.right
    assert left.front == middle.front == right.front > sites.place("O1").front


def test_names_that_say_nothing_have_no_place() -> None:
    assert [sites.place(name) for name in ("3", "AUX", "ECG", "F", "")] == [None] * 5


@pytest.mark.parametrize(
    ("old", "new"), [("T3", "T7"), ("t4", "T8"), ("T5", "P7"), ("T6", "P8"), ("A1", "TP9"), ("M2", "TP10")]
)
@pytest.mark.parametrize("form", ["{}", "{}-REF", "{}-LE", "EEG {}-REF", "EEG_{}", "EEG {} A2"])
def test_an_old_name_is_the_new_ones_place_whatever_it_was_recorded_against(old: str, new: str, form: str) -> None:
    assert sites.place(form.format(old)) == sites.place(form.format(new)) == sites.place(new)


def test_of_a_cap_recorded_against_a_reference_the_same_electrodes_stand_for_the_head() -> None:
    assert sites.find([f"EEG {name}-REF" for name in CAP]) == sites.find(CAP)


def test_all_electrodes_of_a_small_montage_are_kept() -> None:
    assert sites.kept(("TP9", "AF7", "AF8", "TP10")) == (0, 1, 2, 3)


def test_of_a_cap_eight_electrodes_are_kept_and_the_sites_are_among_them() -> None:
    kept = sites.kept(CAP)
    found = sites.find(CAP)

    assert len(kept) == sites.MOST_ELECTRODES
    assert list(kept) == sorted(set(kept))
    assert {*found.front, *found.back} <= set(kept)
    assert sites.find([CAP[i] for i in kept]).kind == "front+back"
