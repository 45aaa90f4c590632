"""Pages draw things where nobody looks for them: outside of what they are in, and in another order than they are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from privacy_browser import Browser
from privacy_case import Case
from privacy_place import EVERYTHING, NEW, RULE, STORED, Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]

EXCLUDING = replace(EVERYTHING, exclude_sites=("bank.test",))
ROWS = "".join(f"<p style='margin: 0; height: 24px; flex: none'>row {number}</p>" for number in range(100))
REVERSED = "display: flex; flex-direction: column-reverse; height: 180px; overflow: auto"
PLACES = {
    "reversed": "<section style='{reversed}'>{what}{rows}{rows}</section>",
    "second column": "<div style='columns: 2; height: 2600px; column-fill: auto'>{rows}{gap}{what}{rows}</div>",
    "fixed": "<div style='height: 3000px'></div><section aria-label=more><p>below</p>{fixed}</section>",
    "below its parent": "<div style='position: absolute; top: -200px; height: 100px'><p>above</p>{below}</div>",
}
GAP = "<div style='height: 180px'></div>"


def placed(where: str, tag: str, style: str) -> str:
    """Return a page's body with something placed somewhere: what can be said with a tag's beginning and its style."""

    def styled(more: str = "") -> str:
        return f"{tag} style='flex: none; {style}; {more}'></iframe>"

    return PLACES[where].format(
        rows=ROWS,
        gap=GAP,
        reversed=REVERSED,
        what=styled(),
        fixed=styled("position: fixed; left: 40px; top: 60px"),
        below=styled("position: absolute; left: 40px; top: 260px"),
    )


@pytest.mark.parametrize("where", PLACES)
def test_a_frame_of_an_excluded_site(place: Place, case: Case, browser: Browser, where: str) -> None:
    account = f"<p style='color: {css(case.colour)}; font: bold 24px sans-serif'>{case.word}</p>"
    within = browser.pages.put("account", account, host="bank.test")
    frame = placed(where, f"<iframe src='{within}'", "width: 250px; height: 80px; background: white")
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>{frame}")
    browser.pages.tell(within, "0")
    with place.looking(EXCLUDING) as looking:
        looking.until(RULE)
        place.desktop.run("xdotool", "key", "Shift_L")
        looking.until()
    case.kept_out()


@pytest.mark.parametrize("where", ["reversed", "fixed"])
def test_a_password_field_that_is_shown(place: Place, case: Case, browser: Browser, where: str) -> None:
    style = f"height: 30px; color: {css(case.colour)}"
    field = placed(where, f"<input id=p type=password value='{case.word}'", style)
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>{field}")
    with place.looking() as looking:
        looking.until(NEW)
        place.pictured(looking, case)
        browser.tell("document.getElementById('p').type = 'text'")
        looking.until(*STORED)
    case.kept_out()
