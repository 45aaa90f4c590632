"""Whether a window may be looked at. Asked before anything of it is read; what is not known is not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from companion.capture.private_windows import PRIVATE_WINDOWS
from companion.capture.programs import (
    hides_private_windows,
    is_beside_its_windows,
    is_browser,
    is_never_shown,
    names_of,
)
from companion.capture.sites import as_site, holds_secrets, host_of, is_named_in, lies_on
from companion.capture.title_patterns import first_that_fits, folded
from companion.capture.types import Window

#: Reasons that are not a rule of the person's: there is nothing to show in the tray.
NO_WINDOW = "No window has the attention."
OWN_WINDOW = "Companion's own window is in front."


@dataclass(frozen=True, slots=True)
class Rules:
    """What is never looked at.

    Asked twice. `decide` comes before anything is read, and lets no more be read than what the window's program tells
    of it. `decide_address` comes when that is known, and alone lets its pixels be read and anything be kept: where the
    page's address, or whether the window is private, is still not known then, it refuses.

    Attributes
    ----------
    exclude_apps
        Class or process names of programs, compared whole and without case.
    exclude_titles
        Patterns as in `companion.capture.title_patterns`.
    exclude_sites
        Sites as in `companion.capture.sites`, with all that lies below them.
    own_pids
        Process ids of this program.

    """

    exclude_apps: tuple[str, ...] = ()
    exclude_titles: tuple[str, ...] = ()
    exclude_sites: tuple[str, ...] = ()
    own_pids: frozenset[int] = frozenset()

    def decide(self, window: Window | None, above: Sequence[Window] = ()) -> str | None:
        """Return None when the program of ``window`` may be asked what it shows, else the reason in words.

        Parameters
        ----------
        window
            What has the attention; None when that is not known.
        above
            Windows whose pixels a picture of ``window`` could hold. Those known not to overlap it do not count. Nobody
            asks their programs: of a browser there, neither the page nor whether it is private is known.

        """
        if window is None:
            return NO_WINDOW
        refused = self._refused(window)
        if refused is not None:
            return refused
        if is_beside_its_windows(window.app, window.instance) and _leaves_private_out(self.exclude_titles):
            return f"{window.app} does not tell whether this is of a private window."
        for other in above:
            reason = (self._refused(other) or self._not_known(other)) if _touches(window, other) else None
            if reason is not None:
                return reason if reason == OWN_WINDOW else f"Another window overlaps this one. {reason}"
        return None

    def decide_address(self, window: Window, *, name: str = "", within: Sequence[str] = ()) -> str | None:
        """Return None when ``window`` may be looked at and kept, else the reason in words.

        Parameters
        ----------
        window
            With the address of its page, empty where its program tells none.
        name
            What its program calls it when asked, empty where it is not told. That need not be its title: only there
            Chromium says that a window is private. A name that lacks the title is that of another of its windows.
        within
            Addresses of pages that its page holds in frames, empty for those that do not tell theirs.

        """
        frames = (self._placed(replace(window, url=url)) for url in within)
        refused = self._refused(window) or self._titled(name) or next(filter(None, frames), None)
        if refused is not None:
            return refused
        if _hosts(self.exclude_sites) and not all(within):
            return f"Sites are excluded, and {window.app} does not tell the address of a frame in its page."
        if self._address_missing(window):
            return (
                f"Sites are excluded, and {window.app} does not tell the address of its page. "
                "Let it tell (see the user guide), or take the sites out of what is left out."
            )
        if self._may_be_private(window) and not _is_called(window, name):
            return (
                f"{window.app} does not tell whether this window is private. "
                "Start it anew: it tells when Companion was there first."
            )
        return None

    def excluded(self, window: Window) -> str | None:
        """Return the rule against a window of a recording that others made, or None. Unknown programs pass."""
        ruled = self._ruled_out(window)
        if ruled is None and self._address_missing(window):
            return f"Sites are excluded, and no address is given for this page of {window.app}."
        return ruled

    def names(self, text: str) -> bool:
        """Whether a text names a site that is left out, or is a title that is."""
        named = any(is_named_in(site, text) for site in _hosts(self.exclude_sites))
        return named or first_that_fits(self.exclude_titles, text) is not None

    def _refused(self, window: Window) -> str | None:
        if window.pid in self.own_pids:
            return OWN_WINDOW
        if not window.app.strip():
            return "The window does not say which program it belongs to."
        return self._ruled_out(window)

    def _ruled_out(self, window: Window) -> str | None:
        """Return what is known of a window that keeps it out."""
        if is_never_shown(window.app) or is_never_shown(window.instance):
            return f"{window.app} locks the screen or asks for a password."
        if (names_of(window.app) | names_of(window.instance)) & _programs(self.exclude_apps):
            return f"The program {window.app} is excluded."
        return self._titled(window.title) or self._placed(window)

    def _titled(self, title: str) -> str | None:
        pattern = first_that_fits(self.exclude_titles, title)
        return None if pattern is None else f"Windows with “{pattern.strip()}” in their title are excluded."

    def _placed(self, window: Window) -> str | None:
        """Return why a page is kept out that tells its address, or whose browser names the site in the title."""
        if holds_secrets(window.url):
            return "Pages of saved passwords and of extensions are never kept."
        host = host_of(window.url) or ""
        browser = is_browser(window.app)
        for site in _hosts(self.exclude_sites):
            if lies_on(host, site) or (browser and is_named_in(site, window.title)):
                return f"The site {site} is excluded."
        return None

    def _not_known(self, window: Window) -> str | None:
        """Return why a window is kept out whose program is not asked."""
        if self._address_missing(window):
            return f"Sites are excluded, and what page {window.app} shows there is not known."
        if self._may_be_private(window):
            return f"Whether {window.app} is private there is not known."
        return None

    def _address_missing(self, window: Window) -> bool:
        return bool(_hosts(self.exclude_sites)) and is_browser(window.app) and host_of(window.url) is None

    def _may_be_private(self, window: Window) -> bool:
        return hides_private_windows(window.app) and _leaves_private_out(self.exclude_titles)


def is_private(reason: str) -> bool:
    """Whether a reason not to look comes from a privacy rule, which the tray then shows."""
    return reason not in (NO_WINDOW, OWN_WINDOW)


@lru_cache(maxsize=64)
def _programs(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*(names_of(name) for name in names if name.strip()))


@lru_cache(maxsize=64)
def _hosts(sites: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(as_site(site) for site in sites if site.strip())


@lru_cache(maxsize=64)
def _leaves_private_out(patterns: tuple[str, ...]) -> bool:
    """Whether a person left any of the rules about private windows standing."""
    return not {folded(pattern.strip()) for pattern in patterns}.isdisjoint(map(folded, PRIVATE_WINDOWS))


def _is_called(window: Window, name: str) -> bool:
    """Whether a name is that of a window: browsers say more between the parts of its title, or behind them."""
    rest = folded(name)
    for part in filter(None, folded(window.title).split(" - ")):
        _, found, rest = rest.partition(part)
        if not found:
            return False
    return bool(name)


def _touches(window: Window, other: Window) -> bool:
    """Whether both can have pixels in common; where a rectangle is not known they can."""
    return window.rect is None or other.rect is None or window.rect.overlaps(other.rect)
