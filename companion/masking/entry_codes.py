"""Codes that open doors and accounts, by the words around them: of locks, of alarms, and those sent by messengers."""

from __future__ import annotations

import re

from companion.masking.types import Rule

_IS = (
    r"(?=\W)[\"'`*)\]]{0,3}(?:['\u2019]s)?(?:[ \t]{0,3}(?::|=|->|=>|\uff1a|\||>|-|is|ist|est|es|è|é|lautet|"
    r"are)[*]{0,2}){0,2}[ \t]{0,8}"
    r"(?:\r?\n[ \t]{0,8}(?=\S{1,60}[ \t]{0,8}(?:\r?\n|$)))?(?:now )?[\"'`*(]{0,2}"
)
_CODE = r"(?P<secret>(?<![.,$€£#])\d{4,8})(?![\w%]|[.,:/-]\d)"
#: Codes of another sort, of which digits are told as well.
_OTHER = (
    r"(?<!error )(?<!exit )(?<!status )(?<!return )(?<!zip )(?<!area )(?<!post )(?<!postal )(?<!country )(?<!source )"
    r"(?<!reason )(?<!response )(?<!http )(?<!key )(?<!product )(?<!promo )(?<!discount )(?<!sort )(?<!color )"
    r"(?<!char )"
)
_SENDERS = (
    r"2FA|MFA|SMS|OTP|TOTP|PIN|WhatsApp|Telegram|Signal|Instagram|Facebook|Google|Microsoft|Apple(?: ID)?|Amazon|"
    r"PayPal|Uber|Lyft|"
    r"Steam(?: Guard)?|Discord|Twitter|LinkedIn|TikTok|Snapchat|Netflix|GitHub|Authenticator|Airbnb|eBay|Okta|Duo|"
    r"Slack|Zoom|"
    r"temporary|temp|login|sign-?in|verify|verification|security|unlock|Tinder|Revolut|Coinbase|Binance|Stripe|"
    r"Shopify|Yahoo"
)

RULES: tuple[Rule, ...] = (
    Rule(
        "door code",
        ("code", "combination", "combo", "kombination"),
        re.compile(
            r"\b(?:door|gate|alarm|lock ?box|lock|entry|safe|vault|garage|building|keypad|key ?pad|locker|"
            r"suitcase|access|"
            rf"disarm|intercom|apartment|house|office)[ _-](?:entry )?(?:code|combination|combo|kombination){_IS}"
            r"(?P<secret>#?\d{3,8}#?|\d{1,2}(?:-\d{1,2}){2,3})(?![\w%]|[.,:/-]\d)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "PIN",
        (
            "zugangscode",
            "türcode",
            "geheimzahl",
            "code d'entrée",
            "digicode",
            "codice pin",
            "code pin",
            "pin-код",
            "пин",
        ),
        re.compile(
            rf"(?:zugangscode|türcode|geheimzahl|code d'entrée|digicode|codice pin|code pin|pin-код|"
            rf"пин(?:-?код)?){_IS}{_CODE}",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "PIN",
        ("pin",),
        re.compile(
            r"(?:(?<![A-Za-z])|(?<=-))pin(?:[ _-]?(?:code|number))?(?=[\"'`*]{0,3}[ ]?[:=(|>\]\uff1a-]|\*\*)"
            rf"{_IS}(?P<secret>(?!(?:19|20)\d\d\b)\d{{4,8}})(?![\w%]|[.,:/-]\d)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "PIN",
        ("-pin ", "set pin ", "# pin "),
        re.compile(r"(?:(?<!\w)--?(?:[a-z]{1,12}-)?|\bset |# )pin (?P<secret>\d{4,8})(?![\w.])", re.IGNORECASE),
    ),
    Rule(
        "PIN",
        ("pin to ", "pin auf ", "pin en ", "pin a "),
        re.compile(r"(?<![\w-])pin (?:to|auf|en|a) (?P<secret>\d{4,8})(?![\w%]|[.,:/-]\d)", re.IGNORECASE),
    ),
    Rule(
        "PIN",
        ("pin",),
        re.compile(
            r"(?<![\w-])(?:PIN|(?:atm|card|voicemail|sim|unlock|phone|debit|bank|my|your|new|old|the|screen|"
            r"tablet) pin)"
            r"(?: (?:code|number))?(?: (?:for|of|to|from)(?: [\w'-]{1,20}){1,4})?"
            rf"{_IS}(?P<secret>(?!(?:19|20)\d\d\b)\d{{4,8}})(?![\w%]|[.,:/-]\d)",
        ),
    ),
    Rule(
        "one-time code",
        ("code", "código", "codice", "kod", "код"),
        re.compile(
            r"(?:\b(?:your|this|the following|following|temporary|enter|ihr|dein|votre|ton|tu|su|tuo|il tuo|seu|"
            r"uw|twój|ваш)"
            rf" (?:[\w'-]{{1,20}} ){{0,3}}?{_OTHER}(?:code|código|codice|kod|код)(?: to [\w' -]{{1,30}}| below)?"
            rf"{_IS}|\b(?:with|use|using|enter) (?:the )?code{_IS}){_CODE}",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "one-time code",
        ("code",),
        re.compile(
            r"\b(?:this|the following|following) code(?: to [\w' -]{1,40})?[ ]?:?[ \t]{0,4}(?:\r?\n[ \t]{0,8}){1,3}"
            r"(?P<secret>\d{4,8}|\d{3}[ -]\d{3})[ \t]{0,8}(?=\r?\n|$)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "one-time code",
        (*(f"{joint}{word}" for joint in " -" for word in ("code", "token", "pin")), "code ", "kod "),
        re.compile(
            rf"\b(?:(?:{_SENDERS})[ -](?:code|token|PIN)(?: (?:for|from) \w{{1,20}})?|(?:code|kod) (?:2FA|OTP|SMS|"
            rf"MFA)){_IS}{_CODE}",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "one-time code",
        ("code", "код"),
        re.compile(
            rf"{_CODE} (?:ist|est|es|is|è|é) (?:dein|ihr|votre|ton|your|tu|su|il tuo)\b[^\n.]{{0,40}}?code\b",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "one-time code",
        ("code:", "код:"),
        re.compile(
            r"(?:^|\n)[ \t>*]{0,8}(?:code|код)[*]{0,2}:[*]{0,2} (?P<secret>\d{6})(?![\w%]|[.,:/-]\d)", re.IGNORECASE
        ),
    ),
    Rule(
        "one-time code",
        ("code", "код"),
        re.compile(
            r"\b(?:code|код)(?::| is)? (?P<secret>\d{4,8})[ .,;]{1,2}\(?(?:не |никому |do not|don't|valid|expires|"
            r"gültig|valable)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "recovery code",
        ("code", "key"),
        re.compile(
            rf"(?<![^\W_])(?:recovery|backup|back-up|scratch|emergency|rescue)[ _-](?:codes?|key){_IS}"
            r"(?P<secret>(?=[A-Za-z-]{0,24}\d)[A-Za-z0-9]{4,12}(?:[ -](?=[A-Za-z]{0,11}\d)[A-Za-z0-9]{4,12}|"
            r"-[A-Za-z0-9]{4,12}){0,7})(?![\w-])",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "licence key",
        ("key", "code", "serial", "licen"),
        re.compile(
            r"(?<![^\W_])(?:licen[cs]e|product|serial|activation|registration|software|cd|windows|office|steam)"
            rf"(?:[ _-]?(?:key|code|number|no))?{_IS}(?P<secret>(?=[A-Z-]{{0,40}}\d)[A-Z0-9]{{4,8}}(?:-[A-Z0-9]{{4"
            rf",8}}){{2,7}})(?![\w-])",
            re.IGNORECASE,
        ),
        str.isupper,
    ),
    Rule(
        "one-time code",
        ("tan",),
        re.compile(r"\b(?:m|sms|push|photo|i|chip)?-?TAN(?::| ist| lautet|) ?[\"']?(?P<secret>\d{4,8})\b"),
    ),
    # Where words have no gaps between them the number follows at once.
    Rule(
        "one-time code",
        ("验证码", "驗證碼", "認証コード", "確認コード", "인증번호", "校验码", "动态码", "动态密码"),
        re.compile(
            r"(?:验证码|驗證碼|認証コード|確認コード|인증번호|校验码|动态密?码)[^\n\d]{0,8}(?P<secret>\d{4,8})(?!\d)"
            r"|(?<!\d)\d{4,8}(?=[^\n\d]{0,6}(?:验证码|驗證碼|認証コード|確認コード))"
        ),
    ),
    Rule(
        "card code",
        ("cvv", "cvc", "cvn", "csc", "at the back", "on the back", "security", "verification"),
        re.compile(
            r"(?:(?<![^\W_])(?:cvv2?|cvc2?|cvn|csc|(?:card[ _-])?(?:security|verification)[ _-](?:code|number|"
            r"value))|code (?:at|on) the back)"
            r"(?:[ _-]code)?(?: of (?:the|my) card)?"
            rf"{_IS}(?P<secret>\d{{3,4}})(?![\d\w])",
            re.IGNORECASE,
        ),
    ),
)
