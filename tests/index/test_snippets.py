from __future__ import annotations

import pytest
from filling import add
from hypothesis import given, settings
from hypothesis import strategies as st

from index.store import Store
from index.words import terms
from index.words.snippets import SNIPPET_WORDS, snippet
from index.writer import Writer


def shown(writer: Writer, store: Store, text: str, query: str) -> str:
    add(writer, text)
    return snippet(text, terms.read(store, query))


def test_the_match_stands_in_brackets_on_one_line(writer: Writer, store: Store) -> None:
    text = " ".join(f"w{i}" for i in range(200)) + "\nthe Boilers\nwere serviced " + "end " * 100
    found = shown(writer, store, text, "boiler serviced")
    assert "the [Boilers] were [serviced] end" in found
    assert "\n" not in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found.split()) <= SNIPPET_WORDS + 4


def test_without_a_match_it_is_how_the_text_begins(writer: Writer, store: Store) -> None:
    assert snippet("one two  three", None) == "one two three"
    assert shown(writer, store, "one two  three", "unheard") == "one two three"
    beginning = snippet(" ".join(f"w{i}" for i in range(100)), terms.read(store, "two"))
    assert beginning.startswith("w0 w1 w2")
    assert beginning.endswith("…")
    assert snippet("", terms.read(store, "two")) == ""


@pytest.mark.parametrize(
    ("text", "query", "wanted"),
    [
        ("東京タワーの写真", "タワー", "東京[タワー]の写真"),
        ("猫が好き", "猫", "[猫]が好き"),
        ("call getUserName(x)", "user name", "call get[User][Name](x)"),
        ("call getUserName(x)", "getUserName", "call [getUserName](x)"),
        ("call get_user_name(x)", "getUserName", "call [get]_[user]_[name](x)"),
        ("Die Übersicht", "ubersicht", "Die [Übersicht]"),
        ("Die U\u0308bersicht", "übersicht", "Die [U\u0308bersicht]"),
    ],
)
def test_what_matched_is_marked_in_the_text_as_it_was(
    writer: Writer, store: Store, text: str, query: str, wanted: str
) -> None:
    assert shown(writer, store, text, query) == wanted


@settings(max_examples=100)
@given(text=st.text(max_size=80) | st.text(alphabet="aAbB東京タ _.é\u0308", max_size=80))
def test_without_its_brackets_it_is_the_text(text: str) -> None:
    query = terms.Query(tuple(terms.words("ab 東京 aB タ")), (), terms.Extent(1, 1))
    plain = text.replace("[", "").replace("]", "").replace("…", "")
    found = snippet(plain, query).replace("[", "").replace("]", "").strip("… ")
    assert " ".join(found.split()) in " ".join(plain.split())
