"""Real browsers on the private desktop, each with a profile of its own, showing pages of `privacy_pages`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from desktop import Desktop, wait_until
from privacy_pages import Pages

#: Without it Chromium tells nothing of its pages.
_TELLING = "--force-renderer-accessibility"
_CHROMIUM = (
    "--no-sandbox",  # it refuses to run as root with one
    "--test-type",  # no bar that complains of these options
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-sync",
    "--disable-save-password-bubble",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--password-store=basic",
    "--window-size=700,420",
    "--window-position=40,40",
)
_FIREFOX = """
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.startup.page", 0);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.tabs.warnOnClose", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("extensions.autoDisableScopes", 15);
user_pref("network.proxy.type", 0);
user_pref("network.dns.localDomains", "HOSTS");
user_pref("security.sandbox.content.level", 0);
user_pref("signon.rememberSignons", false);
user_pref("dom.security.https_first", false);
user_pref("devtools.toolbox.host", "window");
"""
#: Else it asks over the page whether a password that was typed in a case before should be saved.
_SAVES_NOTHING = '{"credentials_enable_service": false, "profile": {"password_manager_enabled": false}}'
HOSTS = ("allowed.test", "bank.test", "login.bank.test", "notbank.test")


class Browser:
    """One browser that goes on from case to case.

    ``silent chromium`` is one as most people start it, a ``large`` one is on a desktop scaled to twice the size.

    Attributes
    ----------
    ending
        What it puts behind the title of a page.

    """

    def __init__(self, desktop: Desktop, pages: Pages, kind: str, folder: Path) -> None:
        self.desktop, self.pages, self.kind = desktop, pages, kind
        self._profile = folder / kind
        self._profile.mkdir()
        self._chromium = kind.endswith("chromium")
        self.ending = " - Chromium" if self._chromium else " — Mozilla Firefox"
        if not self._chromium:
            prefs = _FIREFOX.replace("HOSTS", ",".join(HOSTS))
            (self._profile / "user.js").write_text(prefs, encoding="utf-8")
        else:
            (self._profile / "Default").mkdir()
            (self._profile / "Default" / "Preferences").write_text(_SAVES_NOTHING, encoding="utf-8")
        self._title = "ready"
        self.shown = self.open("ready", "<p>nothing yet</p>")

    def open(self, title: str, body: str, *, host: str = "allowed.test", private: bool = False, **page: str) -> str:
        """Open a page in a window of its own, wait until it is active, and return its address."""
        address = self.pages.put(title, body, host=host, **page)
        wanted = self.titled(title, private=private)
        before = self._windows(wanted)
        large = {"GDK_SCALE": "2"} if self.kind.startswith("large") else {}
        self.desktop.start(*self._command(private=private), address, environ=large)
        new = wait_until(lambda: self._windows(wanted) - before, f"a new window called {wanted}")
        self.desktop.activate(new.pop())
        self.pages.tell(address, "0")
        return address

    def front(self) -> Browser:
        """Give its window the attention."""
        self._await(self._title)
        return self

    def go(self, title: str, body: str, *, host: str = "allowed.test", **page: str) -> str:
        """Go to another page in the window that is there already, and return its address."""
        address = self.pages.put(title, body, host=host, **page)
        self.pages.say(self.shown, f"location.href = '{address}'")
        self._await(title)
        self.pages.tell(address, "0")
        self.shown, self._title = address, title
        return address

    def in_new_tab(self, title: str, body: str, *, host: str) -> None:
        """Open a page in a tab of the window that is there already."""
        address = self.pages.put(title, body, host=host)
        way = () if self._chromium else ("--new-tab",)
        self.desktop.start(*self._command(private=False)[:-1], *way, address)
        self._await(title)
        self.pages.tell(address, "0")

    def retitled(self, title: str) -> None:
        """Take down that the page that is shown has another title."""
        self._title = title

    def tell(self, script: str) -> None:
        """Have the page that is shown run a script."""
        self.pages.tell(self.shown, script)

    def close_window(self, window: str) -> None:
        """Close a window that `open` opened."""
        self.desktop.ask_manager(window, "_NET_CLOSE_WINDOW")
        wait_until(lambda: window not in self.desktop.search("--name", "."), "the window to close")

    def titled(self, title: str, *, private: bool = False) -> str:
        """Return the title of a page's window."""
        return title + self.ending + (" Private Browsing" if private and not self._chromium else "")

    def _windows(self, title: str) -> set[str]:
        return set(self.desktop.search("--name", f"^{re.escape(title)}$"))

    def _await(self, title: str) -> None:
        self.desktop.activate(self.desktop.await_window(self.titled(title)))

    def _command(self, *, private: bool) -> tuple[str, ...]:
        if self._chromium:
            telling = () if self.kind.startswith("silent") else (_TELLING,)
            telling += ("--force-device-scale-factor=2",) if self.kind.startswith("large") else ()
            rules = "--host-resolver-rules=MAP * 127.0.0.1"
            way = "--incognito" if private else "--new-window"
            return "chromium", *_CHROMIUM, *telling, rules, f"--user-data-dir={self._profile}", way
        way = "--private-window" if private else "--new-window"
        size = ("--width", "700", "--height", "420")
        return "firefox-esr", "--profile", str(self._profile), *size, way


def missing(kind: str) -> str:
    """Return why a browser cannot run here, empty when it can."""
    program = kind.rsplit(maxsplit=1)[-1]
    return "" if shutil.which(program) else f"the package {program} is not installed"
