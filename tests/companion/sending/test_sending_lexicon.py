"""What the small list of words takes for anger, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.sending import lexicon
from companion.sending.agitation import Signals, holds, judge
from companion.sending.words import _pattern, read

ENGLISH = Path("/usr/share/dict/american-english")
#: How words begin that mean nothing else, whatever comes after.
UNMISTAKABLE = ("asshole", "disgrace", "fuck", "idiot", "imbecile", "incompetent", "stupid")
INSULTS = """
bastard bastards bullshit clown clowns crap damn damned dumb ignorant jerk jerks liar liars loser losers moron moronic
morons pathetic ridicule ridicules ridiculous scum shit shits shitty useless worthless
"""
ORDERS = """
admit answer apologize call change correct delete deliver do explain finish fix get give leave listen make pay read
reply resign respond send stop tell undo
"""
#: Orders of other languages, whole words that are rarely the first of an English sentence.
ORDERS_ELSEWHERE = "doe fate leg lever lies liefer mach pare resolve sag schick"
PRESSURE = "immediately inadmissible seriously unacceptable"
SOFTENERS = "appreciate cheers glad kindly please sorry thanks"


@pytest.mark.skipif(not ENGLISH.exists(), reason="wamerican is missing, the system's list of English words")
@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        (lexicon.INSULTS, INSULTS),
        (lexicon.ORDERS, f"{ORDERS} {ORDERS_ELSEWHERE}"),
        (lexicon.PRESSURE, PRESSURE),
        (lexicon.SOFTENERS, SOFTENERS),
    ],
)
def test_of_all_english_words_only_those_that_are_meant_are_found(listed: str, meant: str) -> None:
    english = {word.casefold() for word in ENGLISH.read_text(encoding="utf-8").split()}
    assert len(english) > 50_000
    found = {word for word in english if _pattern(listed).fullmatch(word)}
    assert {word for word in found if not word.startswith(UNMISTAKABLE)} <= set(meant.split())
    assert len(found) > 3


@pytest.mark.parametrize(
    "text",
    [
        "I have an upset stomach today and will work from home tomorrow.",
        "The dummy data are in the folder, and the putative match is below.",
        "She is incapacitated until Monday. The device is incapable of that.",
        "The beef jerky and the clownfish are on the damning list. A burrow is not a burro.",
        "Your letter is lying on the desk.",
        "Die dreistündige Sitzung beginnt um neun, mit dreistelligen Zahlen.",
        "Il burro è in frigo. Le résultat est déficient, un trabajo deficiente.",
        "De stomerij is dicht.",
    ],
)
def test_innocent_words_are_no_insults(text: str) -> None:
    found = read(text)
    assert (found.insults, found.pressure) == (0, 0)
    assert not holds(judge(Signals(tense=1.0), found, recipients=1, reply=False), 0.01)


@pytest.mark.parametrize(
    "text",
    ["Machine learning is on Monday.", "Mandatory training.", "Sage advice.", "Änderungen folgen.", "Responded."],
)
def test_innocent_words_are_no_orders(text: str) -> None:
    assert read(text).orders == 0


@pytest.mark.parametrize(
    "text",
    [
        "You idiots, this is moronic and stupidly done. You are lying.",
        "Sie sind so dumm, und das ist eine dreiste, idiotische Dummheit.",
        "Quelle connasse, ces incapables sont honteux.",
        "Eres un idiota y un mentiroso, puta mierda.",
        "Siete degli incapaci, deficienti e cretini.",
        "Isto é uma idiotice ridícula, uma porra.",
        "Wat een stomme sukkel, een stommeling en een leugenaar.",
    ],
)
def test_what_is_meant_to_hurt_is_found_in_seven_languages(text: str) -> None:
    found = read(text)
    assert found.insults + found.pressure >= 3


@pytest.mark.parametrize(
    "word",
    [
        "idiotin",
        "idiotinnen",
        "bastardo",
        "bastardi",
        "cretinata",
        "dreistigkeiten",
        "dümmer",
        "dümmster",
        "dümmstes",
        "dümmste",
    ],
)
def test_insults_are_found_in_their_forms(word: str) -> None:
    assert read(word).insults == 1


@pytest.mark.parametrize(
    "word",
    ["liefer", "paguem", "envíenme", "mandamelo", "mándamelo", "envíamelo", "arreglalo", "arréglalo", "mandatemelo"],
)
def test_orders_are_found_in_their_forms(word: str) -> None:
    assert read(f"{word} agora.").orders == 1
