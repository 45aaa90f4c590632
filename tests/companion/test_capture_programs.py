from __future__ import annotations

import pytest

from companion.capture.programs import hides_private_windows, is_browser, is_never_shown, names_of


@pytest.mark.parametrize(
    "app",
    [
        "firefox",
        "Firefox-esr",
        "Navigator",
        "firefox_firefox",
        "Firefox Developer Edition",
        "org.mozilla.firefox",
        "firefox.exe",
        "LibreWolf",
        "Tor Browser",
        "Mullvad Browser",
        "Epiphany",
        "org.gnome.Epiphany",
        "org.kde.falkon",
        "Safari",
        "qutebrowser",
    ],
)
def test_browsers_that_mark_private_windows_are_known(app: str) -> None:
    assert is_browser(app)
    assert not hides_private_windows(app)


@pytest.mark.parametrize(
    "app",
    [
        "Chromium",
        "Chromium-browser",
        "Google-chrome",
        "Google-chrome-beta",
        "Google Chrome",
        "chrome.exe",
        "com.google.Chrome",
        "com.google.ChromeDev",
        "chrome-docs.example.org__-Default",
        "Brave-browser",
        "com.brave.Browser",
        "Brave-browser-nightly",
        "Microsoft-edge",
        "Microsoft Edge",
        "msedge.exe",
        "Opera",
        "Opera GX",
        "Vivaldi-stable",
        "Thorium-browser",
    ],
)
def test_browsers_that_do_not_mark_private_windows_are_known(app: str) -> None:
    assert is_browser(app)
    assert hides_private_windows(app)


@pytest.mark.parametrize(
    "app", ["", "XTerm", "code", "Thunderbird", "zenity", "chromatic", "edgewise", "org.gnome.Maps"]
)
def test_other_programs_are_no_browsers(app: str) -> None:
    assert not is_browser(app)


@pytest.mark.parametrize(
    "app",
    [
        "pinentry-gnome3",
        "Pinentry-qt5",
        "gcr-prompter",
        "lxqt-openssh-askpass",
        "org.kde.ksshaskpass",
        "polkit-gnome-authentication-agent-1",
        "org.kde.polkit-kde-authentication-agent-1",
        "lxqt-policykit-agent",
        "kdesu",
        "i3lock",
        "swaylock",
        "XScreenSaver",
        "cinnamon-screensaver",
        "kscreenlocker_greet",
        "LockApp.exe",
        "consent.exe",
        "SecurityAgent",
        "loginwindow",
    ],
)
def test_what_locks_or_asks_for_passwords_is_never_shown(app: str) -> None:
    assert is_never_shown(app)


@pytest.mark.parametrize("app", ["", "XTerm", "gedit", "consentful", "Screenshot"])
def test_what_does_neither_may_be_shown(app: str) -> None:
    assert not is_never_shown(app)


def test_a_program_goes_by_its_name_with_and_without_what_a_system_adds() -> None:
    assert names_of(" KeePassXC ") == {"keepassxc"}
    assert names_of("KeePass.exe") == {"keepass"}
    assert names_of("org.keepassxc.KeePassXC") == {"org.keepassxc.keepassxc", "keepassxc"}
    assert names_of("Bitwarden.app") == {"bitwarden.app"}
