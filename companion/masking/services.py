"""Keys and tokens of services, the other half: payment, mail, chat, work; and tokens any service may use."""

from __future__ import annotations

import base64
import binascii
import json
import re

from companion.masking.types import Rule, token

_HEX = "[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"


def _is_token_header(text: str) -> bool:
    """Whether what is before the first dot is a JSON object in base 64, as RFC 7515 has it."""
    head = text.partition(".")[0]
    try:
        return isinstance(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))), dict)
    except (binascii.Error, ValueError):  # another thing that begins with the same letters
        return False


PAYMENT: tuple[Rule, ...] = (
    token("Stripe key", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}", "k_live_", "k_test_"),
    token("Stripe webhook secret", r"whsec_[A-Za-z0-9+/=]{24,100}", "whsec_"),
    token("Square token", r"sq0[a-z]{3}-[\w-]{22,60}", "sq0"),
    token("Square token", r"EAAA[lE][\w-]{55,70}", "eaaal", "eaaae"),
    token("Shopify token", rf"shp(?:at|ca|pa|ss|tka|ua)_{_HEX}{{32}}", "shp"),
    token("PayPal token", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}", "access_token$"),
    token("Plaid token", rf"access-(?:sandbox|development|production)-{_UUID}", "access-"),
    token("Razorpay key", r"rzp_(?:live|test)_[A-Za-z0-9]{14}", "rzp_"),
    token("Flutterwave key", r"FLWSECK(?:_TEST|_LIVE)?-[A-Za-z0-9-]{12,60}", "flwseck"),
    token("EasyPost key", r"EZ[AT]K[A-Za-z0-9]{54}", "ezak", "eztk"),
)

CHAT: tuple[Rule, ...] = (
    token("Slack token", r"xox[abceoprsd](?:[.-][\w%.+/=-]{10,300})", "xox"),
    token("Slack app token", r"xapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-f0-9]{40,80}", "xapp-"),
    Rule(
        "webhook address",
        ("hooks.slack.com", "webhook"),
        re.compile(
            r"(?:https?://)?(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks"
            r"|[\w-]{1,60}\.webhook\.office\.com/webhookb2)/[\w/@-]{20,300}"
        ),
    ),
    token("Telegram bot token", r"\d{8,10}:AA[\w-]{32,34}", ":aa"),
    token("Discord bot token", r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}", "."),
    token("Twilio key", rf"SK{_HEX}{{32}}", "sk"),
    token("SendGrid key", r"SG\.[\w-]{16,32}\.[\w-]{32,64}", "sg."),
    token("Mailgun key", rf"key-{_HEX}{{32}}|{_HEX}{{32}}-{_HEX}{{8}}-{_HEX}{{8}}", "-"),
    token("Mailchimp key", rf"{_HEX}{{32}}-us\d{{1,2}}", "-us"),
    token("Brevo key", rf"xkeysib-{_HEX}{{64}}-[A-Za-z0-9]{{16}}", "xkeysib-"),
    token("Facebook token", r"EAA[A-Z][A-Za-z0-9]{60,300}", "eaa"),
)

WORK: tuple[Rule, ...] = (
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

ANY: tuple[Rule, ...] = (
    Rule(
        "password hash",
        ("$1$", "$2", "$5$", "$6$", "$y$", "$argon2", "$pbkdf2", "$scrypt"),
        re.compile(r"\$(?:1|2[abxy]|5|6|y|argon2(?:id?|d)|pbkdf2[\w-]{0,10}|scrypt)\$[\w./$=,+-]{20,300}", re.ASCII),
    ),
    token("web token", _JWT, "eyj", check=_is_token_header),
)

SERVICES = PAYMENT + CHAT + WORK + BESIDE_NAME + ANY
