"""Programs by name: which keep passwords, which ask for them, which lock the screen, which show pages of the web."""

from __future__ import annotations

import re
from functools import lru_cache

from companion.capture.browsers import HIDES_PRIVATE, SAYS_PRIVATE

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

_ID_DOTS = 2  # org.example.Name
_NO_NAME = frozenset({"app", "application", "client", "desktop", "gui"})  # ends of an id that every program could have
_BETWEEN_WORDS = re.compile(r"[\s_.]+")


@lru_cache(maxsize=1024)
def names_of(app: str) -> frozenset[str]:
    """Return the names a program goes by in a list: lower case, no ``.exe``; ``org.example.Name`` is also ``name``.

    So is ``org.name.desktop``, whose last part says nothing.
    """
    whole = app.strip().casefold().removesuffix(".exe")
    if whole.count(".") < _ID_DOTS:
        return frozenset({whole})
    front, _, last = whole.rpartition(".")
    return frozenset({whole, front.rsplit(".", 1)[-1] if last in _NO_NAME else last})


@lru_cache(maxsize=256)
def is_never_shown(app: str) -> bool:
    """Whether a program locks the screen, or exists to be told a password."""
    return any(name in _NEVER or any(part in name for part in _NEVER_PARTS) for name in names_of(app))


@lru_cache(maxsize=256)
def is_browser(app: str) -> bool:
    """Whether a program shows pages of the web, also one of its variants (``firefox-esr``, ``Google-chrome-beta``)."""
    return hides_private_windows(app) or _one_of(app, SAYS_PRIVATE)


@lru_cache(maxsize=256)
def hides_private_windows(app: str) -> bool:
    """Whether it is a browser whose private windows have the title of any other."""
    return _one_of(app, HIDES_PRIVATE)


def is_beside_its_windows(app: str, instance: str) -> bool:
    """Whether a browser that says in its titles what is private shows this beside the windows it browses in.

    Firefox and its kin call those ``Navigator``, whatever their name. What is not called so (page info, developer
    tools, the picture of a video, the library) can be of a private one, and says it nowhere. ``instance`` is empty
    where it is not told, and nothing can be known by it.
    """
    known = not instance.strip() or bool(names_of(app) & names_of(instance)) or _one_of(instance, SAYS_PRIVATE)
    return not known and _one_of(app, SAYS_PRIVATE)


def _one_of(app: str, browsers: tuple[str, ...]) -> bool:
    words = {_BETWEEN_WORDS.sub("-", name) for name in names_of(app)}
    return any(word == browser or word.startswith(f"{browser}-") for word in words for browser in browsers)
