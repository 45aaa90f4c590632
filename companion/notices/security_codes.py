"""Security codes in notifications: numbers beside words that say what they are for, in several languages.

What `companion.masking` takes for a code of one use is one here, too. A notification is short and says little else, so
that less is asked of it here: the word for *code* near a number is enough, unless it is a code or a number of another
kind. Letting one notification too many through costs little; holding a code that the person waits for costs them the
login.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from companion.masking.codes import codes
from companion.masking.types import Seen, Span

KIND = "security code"
LONGEST = 1_000  # characters looked at; a code stands in the first lines
_STEP = LONGEST // 2  # between two stretches of a longer text: more than any word reaches
REACH = 48  # characters between the word and the number
SAID_REACH = 200  # likewise, where the number is said to be it: for which payment may stand between
LOGIN_REACH = 40

#: Letters of scripts whose words stand without gaps: a number may touch them.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_NO_WORD = rf"[^\W{_UNSPACED}]"
#: Words for a code, in lower case. Those of scripts without word gaps are found inside of words.
_WORDS = (
    r"\b(?:codes?|otp|totp|tan|pin|passcode|password|passphrase|token|2fa|mfa|verify|verification|verifizierung|"
    r"\w{0,20}(?:code|tan|pin|passwort|kennwort|kod|koden|kode|koodi\w{0,4}|kód|wachtwoord|lozinka|lösenord|passord|"
    r"salasana|jelszó)|passkey|pair(?:ing)? key|"
    r"código|codigo|clave|contraseña|senha|codice|parola|mot de passe|kodu|koda|kodas|kóds|kódja|kódod|"
    r"hasło|hasla|cod|codul|şifre|şifreniz|kodunuz|adgangskode|heslo|geslo|kods|sandi|"
    r"код|кода|коду|кодом|пароль|парола|шифра|κωδικός|κωδικό|κωδικοσ)\b"
    r"|验证码|驗證碼|校验码|校驗碼|动态码|动态密码|安全码|确认码|認証コード|確認コード|認証番号|ワンタイムパスワード|暗証番号|"
    r"セキュリティコード|인증번호|인증 ?코드|보안 ?코드|확인 ?코드|비밀번호|קוד|סיסמה|رمز|کد|كود|कोड|ओटीपी|पिन|কোড|รหัส|"
    r"mã xác|mã otp|mã đăng nhập|mã bảo mật"
)
_WORD = re.compile(_WORDS, re.IGNORECASE)
_KINDS = (
    r"error|exit|status|fehler|erreur|error de|errore|http|zip|postal|post|area|country|dress|qr|bar|promo|promotion|"
    r"promotional|discount|coupon|voucher|rabatt|gutschein|aktions|source|quell|product|produkt|colour|color|farb|"
    r"tracking|offer|gift|geschenk|reduction|réduction|descuento|desconto|sconto|kortings|rabat|alennus|byte|uni|op|"
    r"item|stock|article|model|"
    r"machine|morse|short|booking|buchungs|swift|sort|iata|invite|referral|friend|team|dial|dialling|git|vs"
)
#: Codes that nobody logs in with: before the word, apart from it or as the first part of it.
_OTHER_BEFORE = re.compile(rf"\b(?:{_KINDS})[ -]?$", re.IGNORECASE)
_OTHER_WITHIN = re.compile(rf"(?:{_KINDS})(?:code|kod|koden|kode|koodi|kód)", re.IGNORECASE)
#: What makes another thing of the word before it.
_OTHER_AFTER = re.compile(
    r"[ -](?:reviews?|base|of conduct|freeze|owners?|coverage|quality|style|changes?|names?|camp|monkeys?|editor|"
    r"(?:promo|promotionnel|postal|de réduction|descuento|de descuento|barre|source)\b)",
    re.IGNORECASE,
)
#: Numbers of another kind, by what stands before or after them.
_OF_THINGS = re.compile(
    r"(?:order|invoice|ticket|issue|pull request|PR|MR|build|parcel|tracking|case|flight|room|gate|line|port|page|"
    r"version|bestellung|auftrag|rechnung|sendung|vorgang|commande|facture|colis|pedido|factura|fattura|ordine|"
    r"zamówienie|faktura|order nr|nr|no|número|numéro|заказ|счёт|订单|注文|주문)"
    r"[.:]?(?: is| no\.?| nr\.?)?[ :]{0,2}#?$",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"[^\S\n]?(?:%|€|\$|£|¥|руб|円|元|(?:EUR|USD|GBP|CHF|JPY|kr|zł|km|kg|MB|GB|kB|ms|px|kcal|steps|points?|people|users|lines|"  # noqa: RUF001 Cyrillic
    r"files|tests|photos|items|views|errors|warnings|words|mAh|kWh|Schritte|Punkte|Zeilen|Dateien)\b)",
    re.IGNORECASE,
)
_SHOP = re.compile(
    r"checkout|at the till|discount|% off|\boff\b|coupon|voucher|\bsale\b|shop|rabatt|gutschein|promo|einkauf|soldes|"
    r"descuento|desconto|sconto|korting|zniżk|скидк|优惠|折扣|クーポン|할인",
    re.IGNORECASE,
)
_DIGITS = (
    r"(?<!\d[ -])\d(?:[ -]\d){3,7}(?![ -]?\d)|"
    r"\d{3}[ -]\d{3}|\d{4}[ -]\d{4}|\d{2}(?:[ -]\d{2}){2,3}|\d{4}[ -]\d{2}|\d{4,8}"  # as people are told to read them
)
_NUMBER = re.compile(
    rf"(?<!{_NO_WORD})(?<![.,/$€£+-])(?<!\d:)(?:[A-Z]{{1,3}}-)?"
    rf"(?:{_DIGITS}|(?=[A-Z]{{0,7}}\d)(?=\d{{0,7}}[A-Z])[A-Z0-9]{{5,8}})"
    rf"(?!{_NO_WORD}|[%€$£]|[.,:/-]\d)"
)
_WIDE = str.maketrans({0xFF0C: ", ", 0xFF1A: ": ", 0x3001: ", ", 0x3002: ". "})  # they end what stands before them
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(
    r"(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil|août|ene|abr|"
    r"ago|dic)\w{0,6}|\b(?:in|since|until|year|of|im|seit|bis|jahr|en|depuis|desde)|©|\d)[.,]? $",
    re.IGNORECASE,
)
#: What may stand between the word and a code in small letters, in two parts, like a year, or with a sign before.
_IS = (
    r"[\"'»)\]]?\s{0,2}(?::|=|is|ist|lautet|est|es|é|è|er|är|on|to|jest|je|это|είναι|adalah|là|は|是|为|->|→|-)?"
    r"\s{0,2}:?\s{0,2}[#*\"'«(\[„“]{0,2}"
)
_MIXED = r"(?=[a-zA-Z]{0,9}\d)(?=\d{0,9}[a-zA-Z])(?:[A-Z0-9]{4,10}|[a-zA-Z0-9]{5,10})"
_SMALL = re.compile(rf"{_IS}(?P<code>{_MIXED})(?!{_NO_WORD})")
_PARTED = re.compile(
    rf"{_IS}(?P<code>(?=[0-9-]{{0,9}}[A-Z])(?:[A-Z0-9]{{3}}-[A-Z0-9]{{3}}|[A-Z0-9]{{4}}-[A-Z0-9]{{4}}))(?!{_NO_WORD}|-)"
)
_NEXT = re.compile(rf"{_IS}(?P<code>\d{{3,8}})(?!{_NO_WORD}|[.,:/-]\d)")
#: What stands right before a number that is said to be the code, on the same line as the word.
_SAID = re.compile(r"(?::|\b(?:is|lautet|ist|est|es|è|är|er|jest))[ \t]{0,2}:?[ \t]{0,2}$", re.IGNORECASE)
#: Logging in with a number that nobody calls a code.
_LOGIN = re.compile(
    r"\b(?:sign(?:ing)?[ -]?in|log(?:ging)?[ -]?in|log[ -]?on|logon|verify|authenticate|authorise|authorize|"
    r"confirmation number|security number|verification number|"
    r"pairing(?=[\w\W]{0,40}\b(?:request|confirm|code|passkey|pin|key|number|match(?:es)?|enter)\b)|"
    r"(?:request|confirm|enter)\b[\w\W]{0,24}\bpairing|"
    r"anmelden|anmeldung|einloggen|bestätigen|connecter|connexion|iniciar sesión|inicio de sesión|acceder|"
    r"iniciar sessão|entrar na|accedere|accesso|inloggen|aanmelden|zalogować|logowania|zaloguj|logga in|inloggning|"
    r"logge inn|logge ind|kirjaudu|kirjautu\w{2,8}|přihlás\w{1,6}|bejelentkez\w{1,6}|giriş|"
    r"войти|вход\w?|увійти|σύνδεση)\b"
    r"|登录|登入|登錄|ログイン|サインイン|로그인|đăng nhập|התחבר|تسجيل الدخول|เข้าสู่ระบบ|लॉग ?इन",
    re.IGNORECASE,
)
_LOGIN_NUMBER = re.compile(
    rf"(?<!{_NO_WORD})(?<![.,/$€£+#-])(?<!\d:)(?:\d{{3}}[ -]\d{{3}}|\d{{4,8}})(?!{_NO_WORD}|[.,:/-]\d|%)"
)
#: Two or three figures to be found, or entered, on another screen.
_TAPPED = r"\b(?:tap|approve|choose|select|enter|match|tippe|wähle)[^\w\n]{1,3}(?P<code>\d{2,3})\b"
#: What is confirmed with a number that was sent.
_CONFIRMED = (
    r"(?:payment|purchase|transfer|transaction|order|booking|log ?in|sign[ -]?in|identity|account|e-?mail|address|"
    r"phone|device|number|card|request|it(?: is|'s|’s)|that it|you)"  # noqa: RUF001 an apostrophe
)
_TAPS = tuple(
    re.compile(form, re.IGNORECASE | re.MULTILINE)
    for form in (
        rf"{_TAPPED}(?=[^\n]{{0,60}}\b(?:phone|device|sign|handy|gerät|login))",
        (
            rf"\b(?:sign(?:ing)?[ -]?in|log(?:ging)?[ -]?in|approve|authenticate|anmelden|anmeldung)\b[\w\W]{{0,60}}?"
            rf"{_TAPPED}(?=[^\w\n]{{0,3}}$|[.,;!]| (?:on|in|to|when|auf)\b)"
        ),
        r"^[^\w\n]{0,4}(?:tap|approve|enter|tippe)[^\w\n#]{1,3}(?P<code>\d{2,3})\b[^\w\n]{0,4}$",  # and nothing else
        r"\bnumber (?:challenge|match)[^\w\n]{1,3}(?P<code>\d{2,3})\b",
        (
            r"\b(?:use|enter|type)[^\w\n]{1,3}(?P<code>\d{3}[ -]\d{3}|\d{4,8}) to "
            rf"(?:(?:approve|authori[sz]e)\b|confirm\b(?=[^\w\n]{{0,3}}$|[.,;!]|[^\n]{{0,40}}\b{_CONFIRMED}\b))"
        ),
    )
)


def spans(text: str) -> Iterator[Span]:
    """Yield where a text holds security codes. Signs are looked for in the form NFKC."""
    seen = Seen.of(text[:LONGEST])
    if "-" not in seen.text and not any(one.isdigit() for one in seen.text):
        return
    yield from (
        span for span in codes(seen) if span.kind == "one-time code" and _is_one(seen.text, span.start, span.end)
    )
    numbers = [(match.start(), match.end()) for match in _NUMBER.finditer(seen.text)]
    for word in _WORD.finditer(seen.text):
        if not _is_other(seen.text, word):
            yield from _beside(seen.text, word, numbers)
    yield from _logins(seen.text)
    for form in _TAPS:
        yield from (Span(match.start("code"), match.end("code"), KIND) for match in form.finditer(seen.text))


def starts(text: str) -> range:
    """Return where the stretches of a text begin that are looked at one by one: each overlaps the next."""
    return range(0, max(1, len(text) - _STEP), _STEP)


def everywhere(text: str) -> Iterator[Span]:
    """Yield where a text of any length holds security codes; several times where stretches overlap."""
    for start in starts(text):
        part = text[start : start + LONGEST]
        for span in spans(part):
            cut = (start and not span.start) or (start + LONGEST < len(text) and span.end == len(part))
            if not cut:  # it is whole in the stretch before or after
                yield Span(start + span.start, start + span.end, span.kind)


def holds_code(summary: str, body: str) -> bool:
    """Whether a notification holds a security code."""
    said = f"{summary}\n{body[:LONGEST]}".translate(_WIDE)
    return any(True for _ in spans(unicodedata.normalize("NFKC", said)))


def _beside(text: str, word: re.Match[str], numbers: list[tuple[int, int]]) -> Iterator[Span]:
    """Yield the codes that belong to a word."""
    for form in (_SMALL, _PARTED, _NEXT):
        following = form.match(text, word.end())
        if following and _is_one(text, following.start("code"), following.end("code"), told=True):
            yield Span(following.start("code"), following.end("code"), KIND)
    for start, end in numbers:
        near = word.start() - REACH <= end and start <= word.end() + REACH
        if (near or _is_said(text, word.end(), start)) and _is_one(text, start, end):
            yield Span(start, end, KIND)


def _is_said(text: str, word_end: int, start: int) -> bool:
    """Whether a number that begins at ``start`` is said to be what a word before it on the same line names."""
    if not word_end < start <= word_end + SAID_REACH or "\n" in text[word_end:start]:
        return False
    return _SAID.search(text, max(word_end, start - 16), start) is not None


def _logins(text: str) -> Iterator[Span]:
    """Yield numbers that are to be used for logging in."""
    for match in _LOGIN_NUMBER.finditer(text):
        before, after = max(0, match.start() - LOGIN_REACH), match.end() + LOGIN_REACH
        if _LOGIN.search(text, before, after) and _is_one(text, match.start(), match.end()):
            yield Span(match.start(), match.end(), KIND)


def _is_other(text: str, word: re.Match[str]) -> bool:
    """Whether a word names a code of another kind."""
    before = text[max(0, word.start() - 16) : word.start()]
    if _OTHER_BEFORE.search(before) or _OTHER_AFTER.match(text, word.end()):
        return True
    return _OTHER_WITHIN.fullmatch(word.group()) is not None


def _is_one(text: str, start: int, end: int, *, told: bool = False) -> bool:
    """Whether a number may be a code; ``told`` where the word for it stands right before it."""
    number = text[start:end]
    if _UNITS.match(text, end):
        return False
    if not number.isdecimal() and any(one.isalpha() for one in number) and _SHOP.search(text):
        return False  # such codes are for paying less
    if told:
        return True
    before = text[max(0, start - 24) : start]
    dated = _YEAR.fullmatch(number) and _DATED.search(before)
    return not dated and not _OF_THINGS.search(before)
