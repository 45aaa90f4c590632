"""Keys and tokens of services, the other half: payment, mail, chat, work; and tokens any service may use."""

from __future__ import annotations

import base64
import binascii
import json
import re

from companion.masking.likely import mixed
from companion.masking.types import Rule, token

_HEX = "[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"


def _is_web_token(text: str) -> bool:
    """Whether what is before the first dot is a JSON object in base 64, as RFC 7515 has it, or all looks made up."""
    if text.count(".") > 1 and len(text) > 60 and mixed(text):  # noqa: PLR2004 head, body and signature
        return True
    head = text.partition(".")[0]
    try:
        return isinstance(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))), dict)
    except (binascii.Error, ValueError):  # another thing that begins with the same letters
        return False


def _is_bot(text: str) -> bool:
    """Whether head and signature look made up, as no name of three parts does."""
    parts = text.split(".")
    return mixed(parts[0]) and mixed(parts[2])


def _has_digits(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= 4  # noqa: PLR2004 fewer are in a name


PAYMENT: tuple[Rule, ...] = (
    token("Stripe key", r"[prs]k_(?:live|test)_[A-Za-z0-9]{16,250}", "k_live_", "k_test_"),
    token("Stripe webhook secret", r"whsec_[A-Za-z0-9+/=]{24,100}", "whsec_"),
    token("Square token", r"sq0[a-z]{3}-[\w-]{22,60}", "sq0"),
    token("Square token", r"EAAA[lE][\w-]{55,70}", "eaaal", "eaaae"),
    token("Shopify token", rf"shp(?:at|ca|pa|ss|tka|ua)_{_HEX}{{32}}", "shp"),
    token("PayPal token", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}", "access_token$"),
    token("Plaid token", rf"access-(?:sandbox|development|production)-{_UUID}", "access-"),
    token("Razorpay key", r"rzp_(?:live|test)_[A-Za-z0-9]{14}", "rzp_"),
    token("Flutterwave key", r"FLWSECK(?:_TEST|_LIVE)?-[A-Za-z0-9-]{12,60}", "flwseck"),
    token("EasyPost key", r"EZ[AT]K[A-Za-z0-9]{54}", "ezak", "eztk"),
    token("Shippo token", rf"shippo_(?:live|test)_{_HEX}{{40}}", "shippo_"),
    token("Duffel token", r"duffel_(?:live|test)_[\w-]{40,50}", "duffel_"),
    token("payment key", r"(?:live|test)_[A-Za-z0-9]{30,40}", "live_", "test_", check=_has_digits),
    token("Adyen key", r"AQE[\w+/-]{40,200}[=-]{1,2}[\w+/=-]{30,200}", "aqe"),
)

CHAT: tuple[Rule, ...] = (
    token("Slack token", r"xox[abceoprsd](?:[.-][\w%.+/=-]{10,300})", "xox"),
    token("Slack app token", r"xapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-f0-9]{40,80}", "xapp-"),
    Rule(
        "webhook address",
        ("hooks.", "webhook", "maker.ifttt", "chat.googleapis"),
        re.compile(
            r"(?:https?://)?(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks"
            r"|[\w-]{1,60}\.webhook\.office\.com/webhookb2|hooks\.zapier\.com/hooks/catch|maker\.ifttt\.com/use"
            r"|chat\.googleapis\.com/v1/spaces)/[\w/@?=&%-]{20,300}"
        ),
    ),
    token("Telegram bot token", r"(?:bot)?\d{8,10}:AA[\w-]{32,34}", ":aa"),
    token("Telegram bot token", r"(?:bot)?\d{8,10}:[\w-]{35}", ":", check=lambda text: mixed(text.partition(":")[2])),
    token("Discord bot token", r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}", "."),
    token("Discord bot token", r"[A-Za-z][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}", ".", check=_is_bot),
    token("Twilio key", rf"(?:SK|AC){_HEX}{{32}}", "sk", "ac"),
    # Account and its token stand side by side where a client is made.
    Rule("Twilio key", ("ac",), re.compile(rf"\bAC{_HEX}{{32}}[\"'\s:,]{{1,8}}(?P<secret>{_HEX}{{32}})\b")),
    token("SendGrid key", r"SG\.[\w-]{16,32}\.[\w-]{32,64}", "sg."),
    token("Mailgun key", rf"key-{_HEX}{{32}}|{_HEX}{{32}}-{_HEX}{{8}}-{_HEX}{{8}}", "-"),
    token("Mailgun key", r"key-[A-Za-z0-9]{32}", "key-", check=_has_digits),
    token("Resend key", r"re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,28}", "re_", check=mixed),
    token("Mailchimp key", rf"{_HEX}{{32}}-us\d{{1,2}}", "-us"),
    token("Brevo key", rf"x(?:key|smtp)sib-{_HEX}{{64}}-[A-Za-z0-9]{{16}}", "sib-"),
    token("Intercom token", r"dG9rO[A-Za-z0-9+/]{54}=", "dg9ro"),
    token("Twitch token", r"oauth:[a-z0-9]{30}", "oauth:"),
    token("Twitter token", r"A{19,24}[\w%]{60,150}", "aaaaaaaaaaaaaaaaaaa"),
    token("Twitter token", r"\d{15,19}-[A-Za-z0-9]{27,40}", "-", check=lambda text: mixed(text.partition("-")[2])),
    token("LinkedIn secret", r"WPL_AP\d\.[A-Za-z0-9]{14,18}\.[A-Za-z0-9]{6}={0,2}", "wpl_ap"),
    token("Instagram token", r"IG[A-Z]{3}[\w-]{80,250}", "ig"),
    token("Facebook token", r"\d{15,16}\|[\w-]{27}", "|"),
    token("Facebook token", r"EAA[A-Z][A-Za-z0-9]{60,300}", "eaa"),
)

WORK: tuple[Rule, ...] = (
    token("ClickUp token", r"pk_\d{6,10}_[A-Z0-9]{32}", "pk_"),
    token("Frame.io token", r"fio-u-[\w-]{60,70}", "fio-u-"),
    token("Linear key", r"lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,80}", "lin_"),
    token("Notion token", r"(?:ntn_|secret_)[A-Za-z0-9]{40,50}", "ntn_", "secret_"),
    token("Figma token", r"fig[doru]_[\w-]{36,100}|figo?u?h?_[\w-]{40,100}", "fig"),
    token("Airtable token", rf"pat[A-Za-z0-9]{{14}}\.{_HEX}{{64}}", "pat"),
    token("HubSpot token", rf"pat-(?:na|eu|ap)\d-{_UUID}", "pat-"),
    token("Contentful token", r"CFPAT-[\w-]{40,50}", "cfpat-"),
    token("Typeform token", r"tfp_[\w-]{40,80}", "tfp_"),
    token("Dropbox token", r"sl\.(?:u\.)?[\w-]{60,1500}", "sl."),
    token("Mapbox secret token", r"sk\.eyJ[\w-]{30,200}\.[\w-]{15,60}", "sk.eyj"),
    token("Asana token", rf"[12]/\d{{10,20}}(?:/\d{{10,20}})?:{_HEX}{{32}}", "/"),
    token("Datadog key", rf"ddapi_{_HEX}{{32,64}}|ddapp_{_HEX}{{32,64}}", "ddapi_", "ddapp_"),
)

#: Services whose keys are bare hexadecimal or identifiers, which only their name beside them gives away.
_NAMED = (
    "datadog|heroku|twilio|fastly|cloudflare|algolia|segment|rollbar|pagerduty|zendesk|intercom|amplitude|"
    "mixpanel|vercel"
)
BESIDE_NAME: tuple[Rule, ...] = (
    Rule(
        "service key",
        tuple(_NAMED.split("|")),
        re.compile(
            rf"(?:{_NAMED})[\w .\-]{{0,32}}(?:key|token|secret|auth)"
            rf"[^\n]{{0,24}}?(?:\r?\n[ \t]{{0,16}})?(?<![A-Za-z0-9])"
            rf"(?P<secret>{_UUID}|(?=[a-zA-Z_-]{{0,30}}\d)[\w-]{{32,64}})(?![A-Za-z0-9])",
            re.IGNORECASE | re.ASCII,
        ),
    ),
)

#: Head, body and signature (RFC 7519), or the five parts of an encrypted one (RFC 7516).
_JWT = r"eyJ[\w-]{10,2000}\.[\w-]{4,8000}(?:\.[\w-]{8,4000}){1,3}|eyJ[\w-]{10,2000}\.eyJ[\w-]{4,8000}"

_HASH = re.compile(
    r"(?:\$(?:1|2[abxy]?|5|6|7|g?y|apr1|P|H|md5|sha1|bcrypt-sha256|argon2(?:id?|d)|pbkdf2[\w-]{0,10}|scrypt)"
    r"|\b(?:pbkdf2_sha(?:1|256|512)|pbkdf2:sha\d{1,3}:\d{3,8}|scrypt:\d{3,6}:\d{1,2}:\d{1,2}|bcrypt_sha256|argon2))"
    r"\$[\w./$=,+-]{20,300}",
    re.ASCII,
)

ANY: tuple[Rule, ...] = (
    Rule("password hash", ("$",), _HASH),
    Rule(
        "password hash", ("}",), re.compile(r"\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|PBKDF2[\w-]{0,10})\}[\w+/=$.]{20,200}")
    ),
    token("password hash", r"SCRAM-SHA-(?:1|256|512)\$\d{3,7}:[\w+/=$:]{40,300}", "scram-sha-"),
    Rule("password hash", ("*",), re.compile(r"(?<![\w*])\*[0-9A-F]{40}(?!\w)", re.ASCII)),
    # A line of a dump of Windows' accounts: name, number, two hashes.
    Rule("password hash", (":::",), re.compile(rf":\d{{3,9}}:(?P<secret>{_HEX}{{32}}:{_HEX}{{32}}):::")),
    token("web token", _JWT, "eyj", check=_is_web_token),
)

SERVICES = PAYMENT + CHAT + WORK + BESIDE_NAME + ANY
