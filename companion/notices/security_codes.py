"""Security codes in notifications: numbers beside words that say what they are for, in several languages.

What `companion.masking` takes for a code of one use is one here, too. A notification is short and says little else, so
that less is asked of it here: the word for *code* near a number is enough, unless it is a code of another kind. Letting
one notification too many through costs little; holding a code that the person waits for costs them the login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from companion.masking.codes import codes
from companion.masking.types import Seen, Span

KIND = "security code"
LONGEST = 1_000  # characters looked at; a code stands in the first lines
REACH = 48  # characters between the word and the number

#: Words for a code, in lower case. Those of scripts without word gaps are found inside of words.
_WORDS = (
    r"\b(?:code|codes|otp|tan|mtan|pin|passcode|password|passwort|kennwort|token|2fa|mfa|verify|verification|"
    r"verifizierung|bestätigungscode|sicherheitscode|einmalcode|anmeldecode|zugangscode|"
    r"código|codigo|codice|contraseña|senha|mot de passe|wachtwoord|verificatiecode|inlogcode|"
    r"kod|kodu|koda|koden|kode|hasło|kodas|kóds|kód|kódja|cod|codul|koodi|şifre|"
    r"код|кода|пароль|κωδικός|κωδικό)\b"
    r"|验证码|驗證碼|校验码|动态码|安全码|認証コード|確認コード|認証番号|인증번호|인증 ?코드|보안 ?코드|"
    r"קוד|رمز|كود|कोड|ओटीपी|รหัส|mã xác|mã otp"
)
_WORD = re.compile(_WORDS, re.IGNORECASE)
#: Codes that nobody logs in with.
_OTHER = re.compile(
    r"\b(?:error|exit|status|fehler|erreur|error de|errore|http|zip|postal|post|area|country|dress|qr|bar|promo|"
    r"promotion|"
    r"discount|coupon|voucher|rabatt|gutschein|source|product|colour|color|tracking|offer|gift)[ -]?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.,/#$€£+:-])(?:[A-Z]{1,3}-)?"
    r"(?:\d{3}[ -]\d{3}|\d{4}[ -]\d{4}|\d{4,8}|(?=[A-Z]{0,7}\d)(?=\d{0,7}[A-Z])[A-Z0-9]{5,8})"
    r"(?![\w%€$£]|[.,:/-]\d)"
)


def spans(text: str) -> Iterator[Span]:
    """Yield where a text holds security codes."""
    seen = Seen.of(text[:LONGEST])
    if not any(one.isdigit() for one in seen.text):
        return
    yield from (span for span in codes(seen) if span.kind == "one-time code")
    numbers = [(match.start(), match.end()) for match in _NUMBER.finditer(seen.text)]
    for word in _WORD.finditer(seen.text) if numbers else ():
        if _OTHER.search(seen.text, max(0, word.start() - 16), word.start()):
            continue
        near = (place for place in numbers if word.start() - REACH <= place[1] and place[0] <= word.end() + REACH)
        yield from (Span(start, end, KIND) for start, end in near)


def holds_code(summary: str, body: str) -> bool:
    """Whether a notification holds a security code."""
    return any(True for _ in spans(f"{summary}\n{body}"))
