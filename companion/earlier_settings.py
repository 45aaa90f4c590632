"""What a settings file of an earlier version means now. It never comes to record what it did not record before."""

from __future__ import annotations

from typing import Any

from companion.capture.password_managers import PASSWORD_MANAGERS, SCREEN_KEYBOARDS
from companion.capture.private_windows import PRIVATE_WINDOWS
from companion.capture.programs import is_never_shown

_APPS_THEN = (
    "keepassxc",
    "keepass2",
    "keepass",
    "bitwarden",
    "1password",
    "seahorse",
    "org.gnome.seahorse.application",
    "gcr-prompter",
    "pinentry",
    "pinentry-gtk-2",
    "pinentry-qt",
    "lxqt-openssh-askpass",
    "ssh-askpass",
    "polkit-gnome-authentication-agent-1",
    "xscreensaver",
    "i3lock",
    "xsecurelock",
    "swaylock",
    "gnome-screensaver",
)
_TITLES_THEN = (
    "private browsing",
    "inprivate",
    "incognito",
    "tor browser",
    "privater modus",
    "inkognito",
    "navigation privée",
    "navegación privada",
    "navegação privada",
    "navegación anónima",
    "navigazione anonima",
    "privé-navigatie",
    "privénavigatie",
    "приватный просмотр",
    "инкогнито",
    "プライベートブラウジング",
)


def brought_up_to_date(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a settings file, of whatever version, as this version would have written them.

    Consent to the screen was consent to its pictures and to the text in them: both go on, and nothing else begins.
    Lists of what is left out that a person did not shorten get what came with the program since.
    """
    now = dict(raw)
    if raw.get("consent_screen") is True:
        now.setdefault("consent_text", True)
    if "exclude_sites" not in raw:
        _grow(now, "exclude_apps", _APPS_THEN, (*PASSWORD_MANAGERS, *SCREEN_KEYBOARDS))
        _grow(now, "exclude_titles", _TITLES_THEN, PRIVATE_WINDOWS)
    return now


def _grow(values: dict[str, Any], name: str, then: tuple[str, ...], here: tuple[str, ...]) -> None:
    given = values.get(name)
    if not isinstance(given, list) or not set(then) <= {item for item in given if isinstance(item, str)}:
        return
    own = [item for item in given if item not in then]
    kept = [item for item in then if item not in here and not (name == "exclude_apps" and is_never_shown(item))]
    values[name] = [*own, *(item for item in kept if item not in own), *(item for item in here if item not in own)]
