from __future__ import annotations

from dataclasses import replace

import pytest

from companion.capture.privacy import Rules
from companion.capture.programs import (
    hides_private_windows,
    is_beside_its_windows,
    is_browser,
    is_never_shown,
    names_of,
)
from companion.capture.types import Window
from companion.settings import Settings


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


@pytest.mark.parametrize(
    "app",
    [
        *("FFPWA-01HZX3K", "org.gnome.Epiphany.WebApp_abc", "WebApp-Mail1234", "crx_nngceckbapebfimnlniiiahkandclblb"),
        *("librewolf", "Waterfox", "zen-alpha", "app.zen_browser.zen", "floorp", "mullvadbrowser", "Tor Browser"),
        *("Brave-browser", "Vivaldi-stable", "Opera", "Microsoft-edge-dev", "falkon", "konqueror", "qutebrowser"),
        *("Nyxt", "badwolf", "midori", "Dooble", "Pale moon", "Seamonkey", "Thorium-browser", "cachy-browser", "Min"),
        *("io.github.ungoogled_software.ungoogled_chromium", "cromite", "Catsxp", "io.elementary.web", "FireDragon"),
    ],
)
def test_forks_and_pages_in_windows_of_their_own_are_browsers(app: str) -> None:
    assert is_browser(app)


@pytest.mark.parametrize(
    "app",
    [
        *("com.bitwarden.desktop", "com.onepassword.OnePassword", "me.proton.Pass", "org.kde.keysmith"),
        *("com.yubico.yubioath", "com.yubico.authenticator", "io.ente.auth", "org.keepassxc.KeePassXC", "qtpass"),
        *("com.belmoussaoui.Authenticator", "gnome-authenticator", "org.gnome.World.Secrets", "Enpass", "NordPass"),
        *("org.gnome.seahorse.Application", "org.kde.kwalletmanager5", "design.codeux.authpass", "2FAS", "Dashlane"),
        *("lastpass", "com.quexten.Goldwarden", "com.github.paolostivanin.OTPClient", "org.gnome.PasswordSafe"),
    ],
)
def test_password_managers_are_left_out_from_the_start(app: str) -> None:
    assert Rules(exclude_apps=Settings().exclude_apps).decide(Window(app, "entry", pid=7)) is not None


@pytest.mark.parametrize(
    ("excluded", "app"),
    [("org.example.Notes", "Notes"), ("Notes", "org.example.Notes"), ("com.example.desktop", "example")],
)
def test_the_front_of_an_id_does_not_matter_on_either_side(excluded: str, app: str) -> None:
    assert Rules(exclude_apps=(excluded,)).decide(Window(app, "x", pid=7)) is not None
    assert Rules(exclude_apps=(excluded,)).decide(Window("desktop", "x", pid=7)) is None


@pytest.mark.parametrize(
    "url",
    [
        *("about:logins", "about:logins#%7B1%7D", "view-source:about:logins", "chrome://password-manager/passwords"),
        *("chrome://settings/passwords", "edge://wallet/passwords", "brave://settings/payments", "edge://passwords"),
        *("moz-extension://1b2c-uuid/popup.html", "chrome-extension://nngceckbapebfimnlniiiahkandclblb/popup.html"),
        "safari-web-extension://1B2C/popup.html",
    ],
)
def test_saved_passwords_and_extensions_are_never_kept(url: str) -> None:
    page = Window("Firefox", "a page", url=url, pid=7)
    assert Rules().decide_address(page, name="a page") is not None
    assert Rules().excluded(page) is not None
    assert Rules().decide_address(replace(page, url="https://example.org/"), name="a page", within=(url,)) is not None


@pytest.mark.parametrize(
    "url",
    [
        *("about:preferences", "chrome://settings/appearance", "https://passwords.example.org/"),
        "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html",  # Chromium's viewer of documents
    ],
)
def test_other_pages_of_a_browser_may_be_kept(url: str) -> None:
    assert Rules().decide_address(Window("Firefox", "a page", url=url, pid=7), name="a page") is None


@pytest.mark.parametrize("instance", ["Browser", "Devtools", "Toolkit", "Places", "Dialog"])
@pytest.mark.parametrize("app", ["firefox", "Firefox-esr", "firefox_firefox", "librewolf", "Tor Browser"])
def test_what_firefox_shows_beside_its_windows_is_known(app: str, instance: str) -> None:
    assert is_beside_its_windows(app, instance)
    assert Rules(exclude_titles=Settings().exclude_titles).decide(Window(app, "Page Info", instance=instance))
    assert Rules(exclude_titles=("diary",)).decide(Window(app, "Page Info", instance=instance)) is None


@pytest.mark.parametrize(
    ("app", "instance"),
    [
        ("firefox", "Navigator"),
        ("Firefox-esr", "firefox-esr"),
        ("firefox", ""),
        ("Epiphany", "epiphany"),
        ("qutebrowser", "qutebrowser"),
        ("org.gnome.Epiphany", "epiphany"),
        ("konqueror", "konqueror"),
        ("Chromium", "chromium (/home/me/.config)"),
        ("XTerm", "Browser"),
    ],
)
def test_other_windows_are_not_taken_for_such(app: str, instance: str) -> None:
    assert not is_beside_its_windows(app, instance)
