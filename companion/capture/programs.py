"""Programs by name: which keep passwords, which ask for them, which lock the screen, which show pages of the web."""

from __future__ import annotations

import re
from functools import lru_cache

#: Class and process names under Linux, Windows and macOS, in lower case and without ``.exe``.
PASSWORD_MANAGERS = (
    "1password",
    "1password 7",
    "authenticator",
    "authy",
    "authy desktop",
    "bitwarden",
    "buttercup",
    "codebook",
    "dashlane",
    "elpass",
    "ente auth",
    "enteauth",
    "enpass",
    "heylogin",
    "kaspersky password manager",
    "keepass",
    "keepass2",
    "keepassx",
    "keepassx2",
    "keepassxc",
    "keeper",
    "keeper password manager",
    "keeperpasswordmanager",
    "keeweb",
    "keychain access",
    "kwalletmanager",
    "kwalletmanager5",
    "kwalletmanager6",
    "lastpass",
    "macpass",
    "msecure",
    "nordpass",
    "org.gnome.seahorse.application",
    "otpclient",
    "padloc",
    "passbolt",
    "passky",
    "password safe",
    "passwords",
    "passwordsafe",
    "proton pass",
    "proton-pass",
    "protonpass",
    "psono",
    "pwsafe",
    "qtpass",
    "revelation",
    "roboform",
    "safeincloud",
    "seahorse",
    "secrets",
    "sticky password",
    "strongbox",
    "stpass",
    "yubico authenticator",
    "zoho vault",
)

#: Keyboards on the screen light up the keys of a password as it is typed.
SCREEN_KEYBOARDS = (
    "caribou",
    "cellwriter",
    "florence",
    "keyboardviewer",
    "kvkbd",
    "maliit-keyboard",
    "matchbox-keyboard",
    "onboard",
    "osk",
    "plasma-keyboard",
    "squeekboard",
    "svkbd",
    "tabtip",
    "wvkbd",
    "wvkbd-mobintl",
    "xvkbd",
)

#: Screen locks, and windows that exist to be told a password. No setting lets them be looked at.
_NEVER = frozenset(
    {
        "alock",
        "beesu",
        "consent",
        "coreauthenticationui",
        "cosmic-greeter",
        "credentialuibroker",
        "dde-lock",
        "gcr-prompter",
        "gksu",
        "gksudo",
        "gnome-keyring-ask",
        "gnome-keyring-prompt",
        "gnome-keyring-prompt-3",
        "gtklock",
        "hyprlock",
        "i3lock",
        "io.elementary.greeter",
        "kdesu",
        "kdesudo",
        "ktsuss",
        "kwalletd",
        "kwalletd5",
        "kwalletd6",
        "light-locker",
        "lightdm-gtk-greeter",
        "lockapp",
        "loginwindow",
        "logonui",
        "lxqt-sudo",
        "lxsudo",
        "sddm-greeter",
        "securityagent",
        "slock",
        "soteria",
        "swaylock",
        "waylock",
        "xlock",
        "xsecurelock",
        "xtrlock",
    }
)

#: Their names come in more variants than could be listed (``pinentry-gnome3``, ``lxqt-openssh-askpass``).
_NEVER_PARTS = ("askpass", "pinentry", "polkit", "policykit", "systemprompter", "screenlocker", "screensaver")

#: Browsers whose private windows say so in their title.
_SAYS_PRIVATE = (
    "abrowser",
    "angelfish",
    "badwolf",
    "basilisk",
    "dillo",
    "dooble",
    "duckduckgo",
    "eolie",
    "epiphany",
    "epiphany-browser",
    "falkon",
    "firefox",
    "firefoxdeveloperedition",
    "floorp",
    "icecat",
    "iceweasel",
    "iexplore",
    "internet-explorer",
    "k-meleon",
    "konqueror",
    "ladybird",
    "librewolf",
    "luakit",
    "midori",
    "morph-browser",
    "mullvad-browser",
    "mullvadbrowser",
    "navigator",
    "netsurf",
    "nightly",
    "nyxt",
    "orion",
    "otter-browser",
    "pale-moon",
    "palemoon",
    "qutebrowser",
    "safari",
    "seamonkey",
    "servo",
    "servoshell",
    "surf",
    "tangram",
    "tor-browser",
    "torbrowser",
    "vimb",
    "waterfox",
    "zen",
)

#: Chromium and what is made of it: the title of a private window is that of any other. What the program tells
#: assistive technology as the window's name ends with "(Incognito)".
_HIDES_PRIVATE = (
    "arc",
    "brave",
    "chrome",
    "chromedev",
    "chromium",
    "coccoc",
    "com-brave-browser",
    "comet",
    "company-thebrowser-browser",
    "cromite",
    "edge",
    "edgedev",
    "google-chrome",
    "helium",
    "iridium",
    "microsoft-edge",
    "msedge",
    "naver-whale",
    "opera",
    "slimjet",
    "srware-iron",
    "supermium",
    "thorium",
    "ungoogled-chromium",
    "ungoogledchromium",
    "vivaldi",
    "wavebox",
    "whale",
    "yandex",
)
_ID_DOTS = 2  # org.example.Name
_BETWEEN_WORDS = re.compile(r"[\s_.]+")


@lru_cache(maxsize=256)
def names_of(app: str) -> frozenset[str]:
    """Return the names a program goes by in a list: lower case, no ``.exe``; ``org.example.Name`` is also ``name``."""
    whole = app.strip().casefold().removesuffix(".exe")
    return frozenset({whole, whole.rsplit(".", 1)[-1]} if whole.count(".") >= _ID_DOTS else {whole})


@lru_cache(maxsize=256)
def is_never_shown(app: str) -> bool:
    """Whether a program locks the screen, or exists to be told a password."""
    return any(name in _NEVER or any(part in name for part in _NEVER_PARTS) for name in names_of(app))


@lru_cache(maxsize=256)
def is_browser(app: str) -> bool:
    """Whether a program shows pages of the web, also one of its variants (``firefox-esr``, ``Google-chrome-beta``)."""
    return hides_private_windows(app) or _one_of(app, _SAYS_PRIVATE)


@lru_cache(maxsize=256)
def hides_private_windows(app: str) -> bool:
    """Whether it is a browser whose private windows have the title of any other."""
    return _one_of(app, _HIDES_PRIVATE)


def _one_of(app: str, browsers: tuple[str, ...]) -> bool:
    words = {_BETWEEN_WORDS.sub("-", name) for name in names_of(app)}
    return any(word == browser or word.startswith(f"{browser}-") for word in words for browser in browsers)
