"""The person's choices, kept in a small TOML file."""

from __future__ import annotations

import math
import os
import tomllib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from companion.capture.password_managers import PASSWORD_MANAGERS, SCREEN_KEYBOARDS
from companion.capture.private_windows import PRIVATE_WINDOWS
from companion.capture.sites import SiteError, as_site
from companion.capture.title_patterns import PatternError, checked
from companion.deep_work.choices import ChoiceError, own_rule, quiet_hours
from companion.earlier_settings import brought_up_to_date
from companion.sending.choices import account_of, send_settings
from companion.sending.types import SendingError

APP = "companion"
KINDS = {
    str: "text in quotes",
    bool: "true or false",
    float: "a number",
    tuple: "a list of texts in quotes",
    dict: "a table whose values are texts in quotes",
}
DAY_MINUTES = 1440.0
#: What is recorded, each on its own consent, and how it is called.
SOURCES = {
    "consent_screen": "pictures of the screen",
    "consent_text": "text in windows",
    "consent_urls": "addresses of pages",
    "consent_input": "clicks, scrolls and typing rhythm",
    "consent_keys": "what you type",
    "consent_eeg": "the brain signal",
}


class SettingsError(Exception):
    """A settings file that cannot be used; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person can choose. Recording is off until consented to.

    Attributes
    ----------
    consent_screen, consent_text, consent_urls
        Whether pictures of windows, the text seen in them and the addresses of pages are kept.
    consent_input
        Whether clicks, scrolls and keys are counted and the rhythm of typing is kept.
    consent_keys
        Whether what is typed is kept.
    consent_eeg
        Whether the headset is recorded.
    board
        What ``--board`` takes: ``none``, a BrainFlow board's name, ``playback:FILE`` or ``lsl:NAME``.
    board_params
        BrainFlow's input parameters by name.
    text_model
        Folder of a sentence-transformers model; empty = look in the cache, the offline package, then the hub.
    exclude_apps
        Programs never looked at (class or process names, without case). Screen locks and what asks for passwords never
        are, whatever stands here.
    exclude_titles
        Words anywhere in a window's title that keep it from being looked at (without case and accents; ``*`` stands for
        anything, ``?`` for one character).
    exclude_sites
        Hosts whose pages are never looked at, with all that lies below them. None by default: a short list would
        look like a protection that it is not, and with any site in it browsers that tell no address are left out.
    exclude_minutes
        How near in time to the query a moment may not be, when searching by state; 0 to 1440.
    auto_lock_minutes
        After how long away a vault with a passphrase is locked; 0 to 1440, 0 = never.
    follow_focus, quiet_in_focus
        Whether deep focus is followed, from what the hands do and the headset; and whether the desktop's do-not-disturb
        goes on meanwhile.
    focus_longest_minutes
        After how long it goes off in any case; above 0, to 1440.
    focus_never_apps, focus_always_apps
        Programs in which there is never, or always, deep focus.
    focus_work, focus_distracting
        Programs and sites that are work to this person, or that take them away from it, whatever others use them for.
    quiet_hours
        Times in which nothing is to disturb whatever one does, as in ``22:00-07:00``.
    starred_apps, starred_people
        Whose notifications always pass.
    notice_rules
        Rules for other notifications, as in ``hold app=slack words="stand-up"`` (``pass``, ``hold`` or ``digest``).
    send_guard
        Whether mails written in agitation are held; mail programs then send by Companion.
    send_accounts
        Servers for outgoing mail, as in ``work tls smtp.example.org:465 local 2525``.
    send_hold_minutes, send_threshold
        For how long such a mail waits, above 0, to 1440; and from which probability of agitation on, above 0, to 1.
    send_keep_passwords
        Whether the password of a mail that waits may be in the keyring as long as it waits.

    """

    vault: str = ""
    consent_screen: bool = False
    consent_text: bool = False
    consent_urls: bool = False
    consent_input: bool = False
    consent_keys: bool = False
    consent_eeg: bool = False
    first_run_done: bool = False
    board: str = "none"
    board_params: dict[str, str] = field(default_factory=dict)
    text_model: str = ""
    hotkey: str = "ctrl+alt+space"
    exclude_apps: tuple[str, ...] = (*PASSWORD_MANAGERS, *SCREEN_KEYBOARDS)
    exclude_titles: tuple[str, ...] = PRIVATE_WINDOWS
    exclude_sites: tuple[str, ...] = ()
    exclude_minutes: float = 5.0
    budget_gb: float = 100.0
    budget_frames_gb: float = 60.0
    budget_eeg_gb: float = 30.0
    auto_lock_minutes: float = 0.0
    follow_focus: bool = False
    quiet_in_focus: bool = False
    focus_longest_minutes: float = 90.0
    focus_never_apps: tuple[str, ...] = ()
    focus_always_apps: tuple[str, ...] = ()
    focus_work: tuple[str, ...] = ()
    focus_distracting: tuple[str, ...] = ()
    quiet_hours: tuple[str, ...] = ()
    starred_apps: tuple[str, ...] = ()
    starred_people: tuple[str, ...] = ()
    notice_rules: tuple[str, ...] = ()
    send_guard: bool = False
    send_accounts: tuple[str, ...] = ()
    send_hold_minutes: float = 10.0
    send_threshold: float = 0.6
    send_keep_passwords: bool = False

    @property
    def looks_at_windows(self) -> bool:
        """Whether windows are looked at. Addresses and what hands do go with what is seen, and are not kept alone."""
        return self.consent_screen or self.consent_text

    @property
    def vault_path(self) -> Path:
        """The vault's folder, the default one when none was chosen. Raises `SettingsError`."""
        try:
            return Path(self.vault).expanduser() if self.vault else default_vault()
        except RuntimeError as error:
            raise SettingsError(f"The vault cannot be in {self.vault}: {error} Write the whole path.") from error


def default_vault() -> Path:
    """Return where memories live unless the person chose another place (``COMPANION_VAULT`` overrides)."""
    chosen = os.environ.get("COMPANION_VAULT")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir(APP)) / "vault"


def settings_path() -> Path:
    """Return where the settings are kept (``COMPANION_CONFIG`` overrides)."""
    chosen = os.environ.get("COMPANION_CONFIG")
    return Path(chosen) if chosen else Path(platformdirs.user_config_dir(APP)) / "settings.toml"


def load(path: Path | None = None) -> Settings:
    """Read the settings; the defaults when there is no file yet. Raises `SettingsError`."""
    path = path or settings_path()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error}). Mend it, or delete it to start from the defaults."
        ) from error
    return _checked(raw, path)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings in one step, readable by the person alone. Raises `SettingsError`."""
    path = path or settings_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(tomli_w.dumps(asdict(settings)), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"The settings cannot be written to {path} ({error}).") from error


def _checked(raw: dict[str, Any], path: Path) -> Settings:
    """Return the settings in ``raw``, refusing unknown names and wrong types."""
    settings = Settings()
    accepted: dict[str, Any] = {}
    for name, value in brought_up_to_date(raw).items():
        if name not in Settings.__dataclass_fields__:
            raise SettingsError(f"{path} has a setting `{name}` that is not known. Remove it.")
        known = getattr(settings, name)
        given = tuple(value) if isinstance(known, tuple) and isinstance(value, list) else value
        given = (
            float(given)
            if isinstance(known, float) and isinstance(given, int) and not isinstance(given, bool)
            else given
        )
        if type(given) is not type(known) or not _holds_text(given):
            raise SettingsError(f"{path}: `{name}` should be {KINDS[type(known)]}, not {value!r}.")
        accepted[name] = given
    settings = replace(settings, **accepted)
    _check_numbers(settings, path)
    _check_focus(settings, path)
    _check_sending(settings, path)
    _check_patterns(settings, path)
    return settings


def _check_numbers(settings: Settings, path: Path) -> None:
    for name in ("exclude_minutes", "auto_lock_minutes"):
        minutes = getattr(settings, name)
        if not may_exclude(minutes):
            raise SettingsError(f"{path}: `{name}` should be 0 to 1440, not {minutes:g}.")
    for name in ("budget_gb", "budget_frames_gb", "budget_eeg_gb"):
        if not may_limit(getattr(settings, name)):
            raise SettingsError(f"{path}: `{name}` should be 0 (no limit) or more, not {getattr(settings, name):g}.")


def _check_focus(settings: Settings, path: Path) -> None:
    if not 0.0 < settings.focus_longest_minutes <= DAY_MINUTES:
        minutes = settings.focus_longest_minutes
        raise SettingsError(f"{path}: `focus_longest_minutes` should be above 0, 1440 at most, not {minutes:g}.")
    for name, meaning in (("quiet_hours", quiet_hours), ("notice_rules", own_rule)):
        for written in filter(str.strip, getattr(settings, name)):
            try:
                meaning(written)
            except ChoiceError as error:
                raise SettingsError(f"{path}: `{name}`: {error}") from error


def _check_sending(settings: Settings, path: Path) -> None:
    try:
        for written in filter(str.strip, settings.send_accounts):
            account_of(written)
    except SendingError as error:
        raise SettingsError(f"{path}: `send_accounts`: {error}") from error
    if not 0.0 < settings.send_hold_minutes <= DAY_MINUTES:
        minutes = settings.send_hold_minutes
        raise SettingsError(f"{path}: `send_hold_minutes` should be above 0, 1440 at most, not {minutes:g}.")
    if not 0.0 < settings.send_threshold <= 1.0:
        raise SettingsError(f"{path}: `send_threshold` should be above 0, 1 at most, not {settings.send_threshold:g}.")
    try:
        send_settings(settings)
    except SendingError as error:
        raise SettingsError(f"{path}: {error}") from error


def _check_patterns(settings: Settings, path: Path) -> None:
    """Refuse what describes no titles and no sites; what is empty excludes nothing and stays."""
    for name, check in (("exclude_titles", checked), ("exclude_sites", as_site)):
        for written in filter(str.strip, getattr(settings, name)):
            try:
                check(written)
            except (PatternError, SiteError) as error:
                raise SettingsError(f"{path}: `{name}`: {error}") from error


def may_limit(gigabytes: float) -> bool:
    """Whether so many gigabytes can be a budget; 0 is no limit."""
    return math.isfinite(gigabytes) and gigabytes >= 0


def may_exclude(minutes: float) -> bool:
    """Whether so many minutes can be left out, or waited for: a day at most, no less than none."""
    return math.isfinite(minutes) and 0 <= minutes <= DAY_MINUTES


def _holds_text(given: object) -> bool:
    """Whether a list or table holds text alone; anything else holds nothing that could be wrong."""
    values = given.values() if isinstance(given, dict) else given if isinstance(given, tuple) else ()
    return all(isinstance(value, str) for value in values)
