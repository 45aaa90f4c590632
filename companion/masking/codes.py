"""Short secrets that only the words beside them give away: codes of one use, of recovery, of cards, and PINs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from companion.masking.types import Rule, Seen, Span, spans_of

_GAP = r"[^\S\n]{0,3}"
_CARD_CODE = (
    r"(?:CVV2?|CVC2?|CVN|CSC|CID|card (?:security|verification) (?:code|number|value)|security code|"
    r"Prüfziffer|Prüfnummer|"
    r"Kartenprüfnummer|Sicherheitscode|cryptogramme(?: visuel)?|code de sécurité|código de seguridad|"
    r"código de segurança|"
    r"codice di sicurezza|beveiligingscode|kod CVV)"
)
CARD = ("cvv", "cvv2", "cvc", "cvc2", "security code", "prüfziffer", "kartenprüfnummer", "cryptogramme")
#: Words of codes of one use. A word and a number of four to eight digits on the same line are believed.
ONCE = (
    "verification code",
    "security code",
    "one-time",
    "one time",
    "onetime",
    "otp",
    "login code",
    "sign-in code",
    "sign in code",
    "signin code",
    "authentication code",
    "confirmation code",
    "access code",
    "authorization code",
    "auth code",
    "2fa code",
    "mfa code",
    "2-step",
    "two-factor",
    "two-step",
    "2-factor",
    "passcode",
    "your code",
    "use code",
    "the code is",
    "activation code",
    "bestätigungscode",
    "sicherheitscode",
    "einmalcode",
    "einmalpasswort",
    "anmeldecode",
    "verifizierungscode",
    "ihr code",
    "dein code",
    "mtan",
    "smstan",
    "sms-tan",
    " tan:",
    "tan lautet",
    "code de vérification",
    "code de verification",
    "code de sécurité",
    "code de confirmation",
    "votre code",
    "code d'accès",
    "code à usage unique",
    "código de verificación",
    "codigo de verificacion",
    "código de seguridad",
    "tu código",
    "su código",
    "código de confirmación",
    "código de verificação",
    "seu código",
    "código de acesso",
    "codice di verifica",
    "codice di sicurezza",
    "codice otp",
    "il tuo codice",
    "verificatiecode",
    "je code",
    "inlogcode",
    "kod weryfikacyjny",
    "twój kod",
    "verifieringskod",
    "bekræftelseskode",
    "doğrulama kodu",
    "код подтверждения",
    "ваш код",
    "код доступа",
    "验证码",
    "驗證碼",
    "認証コード",
    "確認コード",
    "인증번호",
    "mã xác",
    "otp-code",
    "g-code",
)
_JOINTS = str.maketrans("_-", "  ")  # names in code are the same words
_PLAIN_ONCE = tuple(dict.fromkeys(word.translate(_JOINTS) for word in ONCE))
_NUMBER = re.compile(
    r"(?<![\w.,/#$€£+-])(?<!\d:)(?:[A-Z]-)?\d{3,4}[ -]?\d{3,4}(?![\w%]|[.,:/-]\d)"
    r"|(?<![\w.,/#$€£+-])(?<!\d:)\d{4,5}(?![\w%]|[.,:/-]\d)"
)
_REACH = 64
_SHORT = 4  # letters of words that others hold
_SAID = re.compile(r"[ ]?(?::|is|=)[ ]?")
_YEAR = re.compile(r"(?:19|20)\d\d")

_HEADING = re.compile(
    r"(?:recovery|backup|back-up|scratch|emergency|rescue|Wiederherstellungs|Ersatz|Backup-?|Notfall)"
    r"[ -]?(?:codes?|keys?|Schlüssel)\b|"
    r"(?:codes? de (?:secours|récupération|recuperación|respaldo|recuperação))|"
    r"codici di (?:recupero|backup)|herstelcodes|"
    r"kody zapasowe|резервные коды|备用验证码|恢复代码",
    re.IGNORECASE,
)
_OF_HEADINGS = (
    *("recover", "backup", "back-up", "scratch", "emergency", "rescue", "wiederherst", "ersatz", "notfall", "secours"),
    *("récup", "recup", "respaldo", "herstel", "zapasow", "резерв", "备用", "恢复"),
)
_PARTS = re.compile(r"[^\s,|:•·*│]+")
_BULLET = re.compile(r"\d{1,2}[.)]?|[-\u2013o☐□]|are|is|und|and|sind|sont|son", re.IGNORECASE)
_CODE = re.compile(
    r"(?=[A-Za-z-]{0,39}\d|[A-Z-]{9,60}|[a-z]{4,8}-[a-z]{4,8})[A-Za-z0-9]{4,12}(?:-[A-Za-z0-9]{3,12}){0,6}", re.ASCII
)
_LETTERS = re.compile(r"[A-Z]{4,6}(?:-[A-Z]{4,6}){1,5}")
_DIGIT = re.compile(r"\d")
_LINES, _LONGEST, _EXPLAINED = 24, 400, 2  # lines of a list, characters of a line, lines that explain the list

_WHOLE_KEYS = frozenset({16, 24, 26, 32, 52, 64})  # letters of a key that is shown without gaps

#: It may have no digit.
TWO_FACTOR = Rule(
    "two-factor key",
    (
        "setup key",
        "set-up key",
        "authenticator",
        "2fa",
        "totp",
        "manual entry",
        "secret key",
        "mfa",
        "otp",
        "einrichtungsschlüssel",
        "this key",
        "the key",
        "two-factor",
    ),
    re.compile(
        r"(?i:setup key|set-up key|(?:this|the) key|authenticator key|two-factor (?:key|secret)|"
        r"manual entry(?: (?:key|code))?|secret(?: key| code)?|2FA (?:key|secret|code)|"
        r"(?:T?OTP|MFA|2FA)[ _-](?:key|secret)(?:[ _-]key)?|TOTP|"
        r"MFA (?:key|secret)|einrichtungsschlüssel)[\"']?[^\n]{0,30}?[\s:=|\"'(>]{1,6}"
        r"(?P<secret>(?:[A-Z2-7]{4} ?){4,16}|(?:[a-z2-7]{4} ?){4,16})(?![A-Za-z0-9])"
    ),
    lambda text: any(one.isdigit() for one in text) or (len(text) in _WHOLE_KEYS and text.isupper()),
)

RULES: tuple[Rule, ...] = (
    Rule(
        "card code",
        ("cvv", "cvc", "cvn", "csc", "cid", "code", "prüf", "crypto", "codice", "código"),
        re.compile(
            rf"(?<![A-Za-z]){_CARD_CODE}(?![A-Za-z])[^\S\n]{{0,2}}(?:\([^()\n]{{1,20}}\))?[\"']?(?:{_GAP}(?:->|"
            rf"[:=|#.*→-]|is|ist|est|es|now)"
            rf"){{0,2}}[\"'“]?\s{{0,3}}[\"'“|]?{_GAP}(?P<secret>\d{{3,4}})(?![\d\w])",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "PIN",
        ("pin", "puk"),
        re.compile(
            r"(?<![A-Za-z])(?:PIN|PUK|Pin|pin)(?:[ _-]?(?:code|Code|CODE|number|no\.?))?[\"']?(?:"
            rf"(?:{_GAP}(?:->|[:=|→]|is|ist|est|es|lautet)){{1,2}}|  |\t|[ ]?\r?\n)[\"'“]?\s{{0,8}}[\"'“|]?{_GAP}"
            r"(?P<secret>\d{4,8})(?!\w|[.,]\d)"
        ),
    ),
    Rule("licence key", ("-",), re.compile(r"(?<![\w-])(?=[A-Z-]{0,29}\d)[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}(?![\w-])")),
    Rule("disk recovery key", ("-",), re.compile(r"(?<![\d-])(?<!\d )\d{6}(?:[- ]{1,3}\d{6}){7}(?![\d-]|[ ]\d{6})")),
    Rule("recovery key", ("-",), re.compile(r"(?<![\w-])(?=[A-Z-]{0,34}\d)[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5,6}(?![\w-])")),
)


def codes(seen: Seen) -> Iterator[Span]:
    """Yield short secrets beside their words."""
    yield from TWO_FACTOR.spans(seen)
    if not any(one.isdigit() for one in seen.text):
        return
    yield from spans_of(RULES, seen)
    yield from _once(seen)
    yield from _recovery(seen)


def _once(seen: Seen) -> Iterator[Span]:
    """Yield codes of one use: numbers near one of their words, on its line or alone on the next one."""
    plain = seen.lowered.translate(_JOINTS)
    for word in _PLAIN_ONCE:
        place = plain.find(word)
        while place >= 0:
            end = place + len(word)
            if len(word) > _SHORT or not word.isascii() or _is_word(plain, place, end):
                yield from _numbers(seen, *_around(seen, place, end), end)
            place = plain.find(word, end)


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether no letter stands before or behind, as in *hot pink*."""
    return not text[start - 1 : start].isalpha() and not text[end : end + 1].isalpha()


def _around(seen: Seen, start: int, end: int) -> tuple[int, int]:
    """Return from where to where a code belongs to a word: on its line, and the line below."""
    before = max(seen.text.rfind("\n", 0, start) + 1, start - _REACH)
    first = seen.text.find("\n", end)
    second = len(seen.text) if first < 0 else seen.text.find("\n", first + 1)
    return before, min(second if second >= 0 else len(seen.text), end + _REACH)


def _numbers(seen: Seen, start: int, end: int, word_end: int) -> Iterator[Span]:
    line_end = seen.text.find("\n", start)
    for match in _NUMBER.finditer(seen.text, start, min(len(seen.text), end + 8)):
        said = _SAID.fullmatch(seen.text, word_end, match.start()) is not None
        near = match.start() < end and (said or not _YEAR.fullmatch(match.group()))
        if near and (not 0 <= line_end < match.start() or _alone(seen.text, match)):
            yield Span(match.start(), match.end(), "one-time code")


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether nothing else is on the line of a number."""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    after = text[match.end() : match.end() + 24].partition("\n")[0]
    return not before.strip(" \t|\"'") and not after.strip(" \t|\"',.")


def _recovery(seen: Seen) -> Iterator[Span]:
    """Yield the codes of a list below its heading, as long as lines hold codes and nothing else."""
    if not any(map(seen.holds, _OF_HEADINGS)):
        return
    for heading in _HEADING.finditer(seen.text):
        start, spoken = heading.end(), 0
        for _ in range(_LINES):
            end = seen.text.find("\n", start)
            end = min(len(seen.text) if end < 0 else end, start + _LONGEST)
            line = list(_codes_alone(seen.text, start, end))
            yield from line
            spoken += not line and bool(seen.text[start:end].strip())
            start = end + 1
            if spoken > _EXPLAINED or start > len(seen.text):
                break


def _codes_alone(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the codes of a line that has only codes, their numbers and dots of a list."""
    parts = [part for part in _PARTS.finditer(text, start, end) if not _BULLET.fullmatch(part.group())]
    likely = any(_DIGIT.search(part.group()) or _LETTERS.fullmatch(part.group()) for part in parts)
    if likely and all(_CODE.fullmatch(part.group()) for part in parts):
        yield from (Span(part.start(), part.end(), "recovery code") for part in parts)
