from __future__ import annotations

import re

import pytest
from filling import add, add_many
from hypothesis import example, given, settings
from hypothesis import strategies as st
from vaults import vault_at

from index import lexical
from index.store import Store
from index.writer import Writer

FTS_SPEECH = [
    '"',
    '""',
    '"open',
    "*",
    "boil*",
    "NEAR(boiler pressure, 2)",
    "NEAR",
    "AND",
    "OR",
    "NOT boiler",
    "-boiler",
    "col:",
    "title:boiler",
    "{title text} : boiler",
    "^boiler",
    "boiler + pressure",
    "(",
    "a)b(",
    "'; DROP TABLE moments; --",
    "🦊",
    "🦊 boiler 🦊",
    "?!… —",
    "",
    " \n\t ",
    "\0",
    "boiler\0pressure",
    "ﬁ ﷺ ß İ",
    "a" * 100_000,
    "rowid",
    "rank",
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    with Writer(vault_at(tmp_path_factory.mktemp("words"))) as writer:
        add_many(
            writer,
            [
                "The boiler was serviced, its pressure is 1.6 bar",
                "pressure of the exam, and a boiler suit",
                "NEAR AND OR NOT rowid rank title col",
                "nothing to see here",
            ],
            ["Heating", "Weekend", "Grammar", "Empty"],
        )
    return Store(writer.vault)


def found(store: Store, query: str) -> dict[int, lexical.Match]:
    return lexical.search(store, query, lexical.terms(store, query))


@pytest.mark.parametrize("query", FTS_SPEECH, ids=[repr(query)[:20] for query in FTS_SPEECH])
def test_signs_of_the_search_language_are_only_text(filled: Store, query: str) -> None:
    matches = found(filled, query)
    plain = found(filled, " ".join(re.findall(r"[\w🦊]+", query)).lower())
    assert {i: match.coverage for i, match in matches.items()} == {i: match.coverage for i, match in plain.items()}
    for moment_id in (1, 4):
        lexical.snippet(filled, moment_id, lexical.terms(filled, query))


@settings(max_examples=150, deadline=None)
@given(query=st.text(max_size=60) | st.lists(st.sampled_from(FTS_SPEECH), max_size=4).map(" ".join))
@example(query="boiler was serviced its pressure is 1 6 bar")
def test_no_query_breaks_the_search(filled: Store, query: str) -> None:
    for moment_id, match in found(filled, query).items():
        assert 1 <= moment_id <= 4
        assert 0 < match.coverage <= 1
        assert 0 <= match.adjacency <= 1


def test_a_quotation_mark_cannot_end_a_word() -> None:
    assert lexical.quoted('boiler" OR "pressure') == '"boiler"" OR ""pressure"'


def test_operators_neither_widen_nor_exclude(filled: Store) -> None:
    assert set(found(filled, "boiler NOT pressure")) == {1, 2, 3}
    assert set(found(filled, "-boiler")) == {1, 2}
    assert set(found(filled, "boil*")) == set()
    assert set(found(filled, "pres*")) == set()
    assert set(found(filled, "title:exam")) == {2, 3}


def test_ten_thousand_words_are_asked_by_the_first(filled: Store) -> None:
    query = "boiler pressure " + " ".join(f"word{i}" for i in range(10_000)) + " nothing"
    matches = found(filled, query)
    assert set(matches) == {1, 2}
    assert len(lexical.terms(filled, query)) == lexical.MOST_WORDS


def test_an_empty_vault_answers_nothing(store: Store) -> None:
    assert found(store, "boiler") == {}


def test_coverage_is_the_share_of_what_the_words_tell(writer: Writer, store: Store) -> None:
    add_many(writer, ["rare common", "common", "common", "common", "other"])
    matches = found(store, "rare common")
    assert matches[1].coverage == pytest.approx(1)
    assert 0 < matches[2].coverage < 0.3
    assert matches[2].coverage == matches[3].coverage
    assert 0.5 < found(store, "rare unheard")[1].coverage < 1  # a typo does not outweigh the word that is there
    assert found(store, "common common rare")[1].coverage == pytest.approx(1)


def test_adjacency_is_the_share_of_pairs_that_stand_side_by_side(writer: Writer, store: Store) -> None:
    texts = ["alpha beta gamma delta", "alpha beta delta gamma", "beta alpha delta gamma", "delta gamma beta alpha"]
    add_many(writer, texts)
    matches = found(store, "alpha beta gamma delta")
    assert [matches[i].adjacency for i in (1, 2, 3, 4)] == pytest.approx([1, 1 / 3, 0, 0])
    assert {match.coverage for match in matches.values()} == {matches[1].coverage}
    assert matches[1].coverage == pytest.approx(1)
    assert found(store, "alpha")[1].adjacency == 0


def test_words_of_two_fields_are_not_side_by_side(writer: Writer, store: Store) -> None:
    add(writer, "beta", title="alpha")
    assert found(store, "alpha beta")[1].coverage == pytest.approx(1)
    assert found(store, "alpha beta")[1].adjacency == 0


def test_the_title_counts_for_more_than_the_text(writer: Writer, store: Store) -> None:
    add_many(writer, ["boiler of the house", "nothing of the kind"], ["something", "boiler"])
    matches = found(store, "boiler")
    assert matches[2].rank < matches[1].rank


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Die Übersicht über Größen", "übersicht"),
        ("Die Übersicht über Größen", "ÜBERSICHT"),
        ("Die Übersicht über Größen", "ubersicht"),
        ("Die Übersicht über Größen", "U\u0308bersicht"),
        ("Die U\u0308bersicht u\u0308ber Gro\u0308ßen", "Übersicht"),
        ("Größen", "größen"),
        ("Straße", "straße"),
        ("naïve café", "cafe"),
        ("Ελληνικά", "ΕΛΛΗΝΙΚΆ"),
    ],
)
def test_accents_and_case_do_not_matter(writer: Writer, store: Store, text: str, query: str) -> None:
    add(writer, text)
    assert set(found(store, query)) == {1}


def test_word_forms_find_each_other(writer: Writer, store: Store) -> None:
    add(writer, "invoices were overdue, the payments relational")
    for query in ("invoice", "invoicing", "payment", "relation"):
        assert set(found(store, query)) == {1}


def test_a_stem_is_not_stemmed_again(writer: Writer, store: Store) -> None:
    words = ["organization", "relational", "universities", "generalizations", "authorisation", "hopefulness"]
    add_many(writer, words)
    for i, word in enumerate(words, start=1):
        assert found(store, word)[i].coverage == pytest.approx(1)


def test_words_are_cut_as_the_full_text_cuts_them() -> None:
    assert lexical.words("Übersicht: running 1.6-bar") == [
        ("ubersicht", "ubersicht"),
        ("running", "run"),
        ("1", "1"),
        ("6", "6"),
        ("bar", "bar"),
    ]


def test_the_snippet_shows_the_match_in_brackets_on_one_line(writer: Writer, store: Store) -> None:
    add(writer, " ".join(f"w{i}" for i in range(200)) + "\nthe Boilers\nwere serviced " + "end " * 100)
    snippet = lexical.snippet(store, 1, lexical.terms(store, "boiler serviced"))
    assert "the [Boilers] were [serviced] end" in snippet
    assert "\n" not in snippet
    assert len(snippet.split()) <= lexical.SNIPPET_WORDS + 4


def test_without_a_match_the_snippet_is_how_the_text_begins(writer: Writer, store: Store) -> None:
    add(writer, "one two  three")
    add(writer, " ".join(f"w{i}" for i in range(100)), title="boiler")
    add(writer, "")
    assert lexical.snippet(store, 1, []) == "one two three"
    assert lexical.snippet(store, 1, lexical.terms(store, "unheard")) == "one two three"
    beginning = lexical.snippet(store, 2, lexical.terms(store, "boiler"))
    assert beginning.startswith("w0 w1 w2")
    assert beginning.endswith("…")
    assert lexical.snippet(store, 3, []) == ""


def test_one_of_very_many_moments_is_found_by_its_rare_word(writer: Writer, store: Store) -> None:
    add_many(writer, ["common words of every day"] * 400 + ["common words of the zeppelin"])
    matches = found(store, "common words of the zeppelin")
    assert len(matches) == lexical.CANDIDATES
    assert matches[401].rank == 0
    assert matches[401].coverage == pytest.approx(1)
