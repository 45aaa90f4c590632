from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings import spaces

names = st.lists(st.text(st.characters(codec="ascii", exclude_characters="+"), min_size=1, max_size=8), min_size=1)


def test_montages_have_readable_names() -> None:
    assert spaces.montage(("TP9", "AF7", "AF8", "TP10")) == "TP9+AF7+AF8+TP10"
    assert spaces.state("TP9+AF7", 60) == "state:v2:TP9+AF7:60"
    assert spaces.content("m") == "content:m"


def test_a_cap_of_many_electrodes_gets_a_short_name_of_its_own() -> None:
    cap = tuple(f"E{i}" for i in range(32))
    assert spaces.montage(cap).startswith("32ch-")
    assert spaces.montage(cap) != spaces.montage(cap[::-1])
    assert spaces.montage(cap) == spaces.montage(tuple(cap))


@given(ch_names=names, windows=st.integers(1, 10**6))
def test_how_many_windows_a_space_was_fitted_to_can_be_read_back(ch_names: list[str], windows: int) -> None:
    montage = spaces.montage(tuple(ch_names))
    assert spaces.fitted_windows(spaces.state(montage, windows)) == windows
    assert spaces.state(montage, windows).startswith(spaces.state_of(montage))


@given(one=names, other=names)
def test_the_spaces_of_one_montage_are_never_taken_for_anothers(one: list[str], other: list[str]) -> None:
    first, second = (spaces.montage(tuple(name.replace(":", "_") for name in ch)) for ch in (one, other))
    if first != second:
        assert not spaces.state(first, 20).startswith(spaces.state_of(second))
