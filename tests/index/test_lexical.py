from __future__ import annotations

import re

import numpy as np
import pytest
from filling import add, add_many
from hypothesis import example, given, settings
from hypothesis import strategies as st
from large_spaces import Some
from vaults import vault_at

from index.ranking.filtering import Only
from index.store import Store
from index.words import candidates, lexical, postings, stems, terms
from index.words.snippets import snippet
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
    return lexical.search(store, terms.read(store, query))


@pytest.mark.parametrize("query", FTS_SPEECH, ids=[repr(query)[:20] for query in FTS_SPEECH])
def test_signs_of_the_search_language_are_only_text(filled: Store, query: str) -> None:
    matches = found(filled, query)
    plain = found(filled, " ".join(re.findall(r"[\w🦊]+", query)).lower())
    assert {i: match.coverage for i, match in matches.items()} == {i: match.coverage for i, match in plain.items()}
    for moment_id in (1, 4):
        snippet(filled.moment(moment_id).text, terms.read(filled, query))


@settings(max_examples=150)
@given(query=st.text(max_size=60) | st.lists(st.sampled_from(FTS_SPEECH), max_size=4).map(" ".join))
@example(query="boiler was serviced its pressure is 1 6 bar")
def test_no_query_breaks_the_search(filled: Store, query: str) -> None:
    for moment_id, match in found(filled, query).items():
        assert 1 <= moment_id <= 4
        assert 0 < match.coverage <= 1
        assert 0 <= match.adjacency <= 1


def test_a_quotation_mark_cannot_end_a_word() -> None:
    assert terms.quoted('boiler" OR "pressure') == '"boiler"" OR ""pressure"'


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
    assert len(terms.read(filled, query).terms) == stems.MOST_WORDS


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
    assert [(word.folded, word.stem) for word in stems.words("Übersicht: running 1.6-bar")] == [
        ("ubersicht", "ubersicht"),
        ("running", "run"),
        ("1", "1"),
        ("6", "6"),
        ("bar", "bar"),
    ]


def test_one_of_very_many_moments_is_found_by_its_rare_word(writer: Writer, store: Store) -> None:
    add_many(writer, ["common words of every day"] * 400 + ["common words of the zeppelin"])
    matches = found(store, "common words of the zeppelin")
    assert len(matches) == candidates.CANDIDATES
    assert matches[401].rank == 0
    assert matches[401].coverage == pytest.approx(1)


def test_of_a_word_that_is_everywhere_the_newest_moments_are_found(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "PROBE", 50)
    monkeypatch.setattr(postings, "MOST_READ", 100)
    ids = add_many(writer, ["every day"] * 300 + ["every other day"] * 100)
    assert sorted(found(store, "day")) == ids[-candidates.CANDIDATES :]
    assert terms.read(store, "day").terms[0].held == pytest.approx(400, rel=0.1)
    assert max(found(store, "every other day").items(), key=lambda one: one[1].coverage)[0] in ids[300:]


def test_only_moments_to_keep_are_candidates(writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = add_many(writer, ["boiler"] * 300)
    query = terms.read(store, "boiler")
    assert set(lexical.search(store, query, keep=Only(ids[5:8]))) == set(ids[5:8])
    assert lexical.search(store, query, keep=Only([])) == {}
    monkeypatch.setattr(postings, "MOST_READ", 10)  # now it is a word that is everywhere
    assert set(lexical.search(store, query, keep=Only(ids[5:8]))) == set(ids[5:8])
    monkeypatch.setattr(postings, "FEW", 1)
    assert set(lexical.search(store, query, keep=Only(ids[5:8]))) == set(ids[5:8])


def test_of_a_word_that_is_everywhere_old_moments_are_found_where_a_filter_lets_only_such_through(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "MOST_READ", 50)
    monkeypatch.setattr(postings, "LISTED", 40)
    ids = add_many(writer, ["every day"] * 300)
    query = terms.read(store, "day")
    assert set(lexical.search(store, query, keep=Some(np.array(ids[:100])))) == set(ids[:100])
    strewn = ids[:150:2] + ids[-1:]
    assert set(lexical.search(store, query, keep=Some(np.array(strewn)))) == set(strewn)
    assert set(lexical.search(store, query, keep=Some(np.array(ids)))) == set(ids[-candidates.CANDIDATES :])
    assert lexical.search(store, query, keep=Some(np.array([ids[-1] + 7]))) == {}


def test_a_word_of_the_last_hours_is_not_everywhere(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "PROBE", 20)
    monkeypatch.setattr(postings, "MOST_READ", 150)
    texts = ["project kangaroo budget" if i == 30 else "project" for i in range(600)]
    ids = add_many(writer, [*texts, *["project kangaroo"] * 60])
    query = terms.read(store, "kangaroo project")
    held = {term.word.folded: term.held for term in query.terms}
    assert held["kangaroo"] == 61
    assert held["project"] == pytest.approx(660, rel=0.1)
    assert ids[30] in lexical.search(store, terms.read(store, "kangaroo budget"))
    assert set(lexical.search(store, query)) == {ids[30], *ids[600:]}


@pytest.mark.parametrize(
    "query",
    ["getUserName", "user name", "username", "getusername", "get_user_name", "User", "fetch", "src", "rowsByKey"],
)
def test_names_in_code_are_found_by_whole_and_by_part(writer: Writer, store: Store, query: str) -> None:
    add(writer, "src/db/fetch_rows.py: def getUserName(): return self.rows_by_key.username")
    add(writer, "nothing of the kind")
    assert set(found(store, query)) == {1}


@pytest.mark.parametrize("query", ["タワー", "写真", "東京", "塔", "写真を撮", "한국어"])
def test_scripts_without_spaces_are_found_by_any_piece(writer: Writer, store: Store, query: str) -> None:
    add(writer, "東京タワーの写真を撮りました 金色の塔 한국어를")
    add(writer, "大阪の城とか 日本語")
    assert set(found(store, query)) == {1}


def test_a_longer_run_is_nearer_than_its_scattered_pieces(writer: Writer, store: Store) -> None:
    add_many(writer, ["東京駅の写真", "写真と東京と駅の"])
    matches = found(store, "東京駅の写真")
    assert matches[1].adjacency == pytest.approx(1)
    assert matches[1].rank < matches[2].rank
    assert matches[2].coverage < 1


def test_a_changed_and_a_deleted_text_are_not_found_any_more(writer: Writer, store: Store) -> None:
    add(writer, "東京 getUserName zeppelin")
    writer.do(lambda db: db.execute("UPDATE moments SET text = 'plain boiler' WHERE id = 1")).result()
    assert [set(found(store, query)) for query in ("東京", "user", "zeppelin", "boiler")] == [set(), set(), set(), {1}]
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = 1")).result()
    assert found(store, "boiler") == {}
    writer.do(
        lambda db: db.execute("INSERT INTO moments_fts (moments_fts, rank) VALUES ('integrity-check', 1)")
    ).result()


def test_a_sentence_of_unknown_words_is_no_quotation_by_its_joints(writer: Writer, store: Store) -> None:
    add_many(writer, ["on the way into the harbour", "a railway timetable"])
    assert found(store, "places on the journey into the mountains")[1].coverage < 0.2
    assert found(store, "on the into the")[1].coverage == pytest.approx(1)
