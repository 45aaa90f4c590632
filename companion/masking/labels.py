"""Words that say *what comes next is a secret*, in the languages people's screens are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.masking.types import Seen


@dataclass(frozen=True, slots=True)
class Label:
    """A label found: where it ends (with its tail), and whether letters stand directly before it."""

    start: int
    end: int


#: What is written before a short stem without a gap.
_WHOSE = ("db", "user", "admin", "root", "my", "wifi", "mail", "smtp", "ftp", "bind", "auth", "login", "sa")

#: Stems in lower case. Those of scripts or languages without word gaps are found inside of words, too.
PASSWORD = (
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "kennwort",
    "passwrd",
    "pass word",
    "pwd",
    "mot de passe",
    "mdp",
    "contraseña",
    "contrasena",
    "senha",
    "palavra-passe",
    "parola d'ordine",
    "wachtwoord",
    "hasło",
    "haslo",
    "lösenord",
    "losenord",
    "adgangskode",
    "adgangskode",
    "passord",
    "salasana",
    "heslo",
    "jelszó",
    "jelszo",
    "parolă",
    "parolan\u0131z",
    "parola",
    "şifreniz",
    "şifre",
    "sifreniz",
    "sifre",
    "пароль",
    "κωδικός",
    "סיסמה",
    "كلمة المرور",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "mật khẩu",
    "kata sandi",
    "รหัสผ่าน",
    "geslo",
    "lozinka",
    "parole",
    "slaptažodis",
    "parool",
    "lykilorð",
    "clave",
    "login pw",
    *(f"{whose}{word}" for word in ("pass", "pwd", "pw") for whose in _WHOSE),
    "pass",
    "pw",
)

#: Of words that are a secret together.
PHRASE = ("recovery phrase", "secret phrase", "seed phrase", "pass phrase", "backup phrase", "merksatz")


def _spelled(*stems: str) -> tuple[str, ...]:
    """Return stems of two words with each gap that is written between them."""
    every = (stem.replace(" ", gap) for stem in stems for gap in ((" ", "_", "-") if " " in stem else ("",)))
    return tuple(dict.fromkeys(every))


#: Of what a key is one that opens something.
_KEYS_OF = (
    *(
        "api",
        "access",
        "secret",
        "auth",
        "private",
        "client",
        "signing",
        "encryption",
        "master",
        "account",
        "service",
        "shared",
    ),
    *(
        "app",
        "application",
        "license",
        "licence",
        "product",
        "activation",
        "serial",
        "deploy",
        "webhook",
        "session",
        "hmac",
        "aes",
    ),
    *(
        "fernet",
        "cipher",
        "crypt",
        "symmetric",
        "consumer",
        "x-auth",
        "server",
        "write",
        "admin",
        "integration",
        "ingest",
    ),
    *("subscription", "storage", "registration", "rest", "data", "signature"),
)

KEY = (
    *_spelled("secret", "token", *(f"{whose} key" for whose in _KEYS_OF)),
    *(f"{whose}token" for whose in ("access", "auth", "refresh", "id", "api", "bearer", "session")),
    "apikey",
    "api.key",
    "accesskey",
    "authkey",
    "privatekey",
    "accountkey",
    "sharedaccesskey",
    "appkey",
    "master.key",
    *_spelled("secret id", "session id"),
    "sessionid",
    "phpsessid",
    "jsessionid",
    "connect.sid",
    "csrf",
    "xsrf",
    "cookie",
    "credential",
    "api-schlüssel",
    "zugangsschlüssel",
    "geheimschlüssel",
    "clé api",
    "clé d'api",
    "clé secrète",
    "clave api",
    "clave de api",
    "clave secreta",
    "chiave api",
    "chiave segreta",
    "chave de api",
    "chave api",
    "chave secreta",
    "api-sleutel",
    "klucz api",
    "api-nyckel",
    "ключ api",
    "api ключ",
    "секретный ключ",
    "api 密钥",
    "密钥",
    "apiキー",
)

NETWORK = (
    *_spelled(
        "wi-fi key",
        "wifi key",
        "wlan key",
        "network key",
        "network security key",
        "wpa key",
        "wpa2 key",
        "wpa psk",
        "wpa2 psk",
    ),
    "wlan-schlüssel",
    "netzwerkschlüssel",
    "wpa_passphrase",
    "psk",
    "key content",
    "clé wifi",
    "clé wi-fi",
    "clé de sécurité",
    "clave wifi",
    "clave wi-fi",
    "clave de red",
    "chiave di rete",
    "schlüsselinhalt",
    "pre-shared key",
    "presharedkey",
    "wep key",
    "wlan-passwort",
    "wlan passwort",
    *_spelled("wifi password", "wi-fi password", "wlan password"),
)

#: What follows a label in a name and turns it into something about the secret: its length, its file, its age.
_ABOUT = re.compile(
    r"[\w.-]{0,24}(?:count|counter|length|len|size|limit|name|type|kind|url|uri|path|file|filename|dir|field|form|"
    r"input|hash|hasher|hashers|regex|pattern|policy|hint|label|expir\w*|age|class|func|function|index|pos|column|"
    r"time|date|"
    r"enabled|required|reset|provider|manager|validator|validators|store|storage|version|stream|list|set|map|"
    r"format|callback|prompt|id|ids)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"s?(?:[_.-][A-Za-z0-9_.-]{1,24}|\d{1,3}|[A-Z][A-Za-z]{1,16})?")
_SHORT = 4  # stems as short as these are words of their own only
_BOUND = frozenset({"parole", "parola", "clave", "sifre", "geslo", "senha", "token", "cookie", "heslo"})


def labels(seen: Seen, stems: tuple[str, ...]) -> Iterator[Label]:
    """Yield where one of the stems is a label: with its tail, as in ``password_prod`` or ``tokens``."""
    for stem in filter(seen.holds, stems):
        place = seen.lowered.find(stem)
        while place >= 0:
            label = _label(seen, stem, place)
            if label is not None:
                yield label
            place = seen.lowered.find(stem, place + len(stem))


def _label(seen: Seen, stem: str, place: int) -> Label | None:
    end = place + len(stem)
    inside = place > 0 and seen.text[place - 1].isalpha()
    # Camel case begins a word of its own: ``dbPass``.
    begins = place > 0 and seen.text[place].isupper() and seen.text[place - 1].islower()
    if ((len(stem) <= _SHORT and stem.isascii()) or stem in _BOUND) and inside and not begins:
        return None
    tail = _TAIL.match(seen.text, end)
    end_of_tail = tail.end() if tail else end
    if seen.text[place:end].isupper() and seen.text[end : end + 1].isupper() and end_of_tail > end + 1:
        return None  # another word, as in ``PASSING``
    if tail is not None and _ABOUT.fullmatch(tail.group().lstrip("sS_.-") or "-"):
        return None
    after = seen.text[end_of_tail : end_of_tail + 1]
    if after.isascii() and (after.isalnum() or after == "_") and stem.isascii():
        return None
    return Label(place, end_of_tail)
