# ruff: noqa: PLR2004 shares, lengths and first digits are what this file is about
"""Keys and tokens of services as their issuers' documentation describes them."""

from __future__ import annotations

import random
from collections.abc import Callable

from _secret_parts import (
    ALNUM,
    BASE64,
    DIGITS,
    HEX,
    LOWER,
    UPPER,
    URL64,
    Kind,
    chars,
    ends,
    shape,
    uuid,
)
from _secret_texts import jwt, sendgrid


def _service(name: str, make: Callable[[random.Random], str], *, bare: bool = True) -> Kind:
    """Return a kind that is called by its service's name."""
    words = name.replace("-", " ").split()
    variable = "_".join(words)
    labels = (name, f"{name}:", f"{words[0]} {words[-1]}")
    return Kind(
        name,
        make,
        (variable.upper(), variable.lower(), "".join(map(str.capitalize, words))),
        labels,
        (name, f"the {name}"),
        bare,
    )


SERVICES: tuple[Kind, ...] = (
    _service("AWS access key", lambda rng: rng.choice(["AKIA", "ASIA"]) + chars(rng, UPPER + "234567", 16)),
    _service("AWS secret access key", lambda rng: chars(rng, BASE64, 39) + rng.choice(ALNUM), bare=False),
    _service("Google API key", shape("AIza", URL64, 35)),
    _service("Google client secret", shape("GOCSPX-", URL64, 28)),
    _service("Azure storage AccountKey", lambda rng: chars(rng, BASE64, 86) + "=="),
    _service("Azure client secret", lambda rng: f"{chars(rng, ALNUM, 3)}8Q~{ends(rng, '', URL64 + '~.', 34)}"),
    _service(
        "GitHub token",
        lambda rng: ends(rng, rng.choice(["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]), ALNUM, rng.choice([36, 76])),
    ),
    _service("GitHub fine-grained token", lambda rng: f"github_pat_{chars(rng, ALNUM, 22)}_{chars(rng, ALNUM, 59)}"),
    _service(
        "GitLab token",
        lambda rng: ends(rng, rng.choice(["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-64_"]), URL64, 20),
    ),
    _service(
        "Slack token",
        lambda rng: f"xox{rng.choice('bp')}-{chars(rng, DIGITS, 12)}-{chars(rng, DIGITS, 13)}-{chars(rng, ALNUM, 24)}",
    ),
    _service(
        "Slack webhook",
        lambda rng: (
            f"https://hooks.slack.com/services/T{chars(rng, UPPER + DIGITS, 10)}"
            f"/B{chars(rng, UPPER + DIGITS, 10)}/{chars(rng, ALNUM, 24)}"
        ),
    ),
    _service(
        "Stripe secret key",
        lambda rng: ends(rng, rng.choice(["sk_live_", "rk_live_", "sk_test_"]), ALNUM, rng.choice([24, 99])),
    ),
    _service("Twilio auth token", lambda rng: chars(rng, HEX, 31) + rng.choice(DIGITS), bare=False),
    _service("Twilio API key", shape("SK", HEX, 32)),
    _service("SendGrid key", sendgrid),
    _service(
        "Mailgun key",
        lambda rng: (
            f"key-{chars(rng, HEX, 32)}"
            if rng.random() < 0.5
            else f"{chars(rng, HEX, 32)}-{chars(rng, HEX, 8)}-{chars(rng, HEX, 8)}"
        ),
    ),
    _service("Mailchimp key", lambda rng: f"{chars(rng, HEX, 32)}-us{rng.randint(1, 21)}"),
    _service("npm token", shape("npm_", ALNUM, 36)),
    _service("PyPI token", lambda rng: ends(rng, "pypi-AgEIcHlwaS5vcmc", URL64, rng.randint(130, 170))),
    _service("Docker token", shape("dckr_pat_", URL64, 27)),
    _service("Hugging Face token", shape("hf_", LOWER + UPPER, 34)),
    _service(
        "OpenAI key",
        lambda rng: (
            f"sk-{chars(rng, ALNUM, 20)}T3BlbkFJ{chars(rng, ALNUM, 20)}"
            if rng.random() < 0.5
            else f"sk-proj-{chars(rng, URL64, 74)}T3BlbkFJ{ends(rng, '', URL64, 74)}"
        ),
    ),
    _service("Anthropic key", lambda rng: f"sk-ant-api03-{chars(rng, URL64, 93)}AA"),
    _service("Telegram bot token", lambda rng: f"{rng.randint(10**8, 10**10 - 1)}:AA{ends(rng, '', URL64, 33)}"),
    _service(
        "Discord token",
        lambda rng: f"{rng.choice('MNO')}{chars(rng, ALNUM, 25)}.{chars(rng, URL64, 6)}.{ends(rng, '', URL64, 38)}",
    ),
    _service("DigitalOcean token", lambda rng: rng.choice(["dop_v1_", "doo_v1_", "dor_v1_"]) + chars(rng, HEX, 64)),
    _service("Heroku API key", lambda rng: uuid(rng) if rng.random() < 0.5 else f"HRKU-{uuid(rng)}", bare=False),
    _service("Shopify token", lambda rng: rng.choice(["shpat_", "shpca_", "shppa_", "shpss_"]) + chars(rng, HEX, 32)),
    _service(
        "Square token",
        lambda rng: ends(rng, "EAAAl", URL64, 59) if rng.random() < 0.5 else ends(rng, "sq0csp-", URL64, 43),
    ),
    _service("Atlassian token", lambda rng: f"ATATT3xFfGF0{chars(rng, URL64, 172)}={chars(rng, HEX.upper(), 8)}"),
    _service("Databricks token", shape("dapi", HEX, 32)),
    _service("Linear key", shape("lin_api_", ALNUM, 40)),
    _service(
        "Notion token",
        lambda rng: ends(rng, "ntn_", ALNUM, 46) if rng.random() < 0.5 else ends(rng, "secret_", ALNUM, 43),
    ),
    _service("Figma token", shape("figd_", URL64, 40)),
    _service("Vault token", lambda rng: ends(rng, rng.choice(["hvs.", "hvb."]), URL64, rng.choice([24, 91]))),
    _service("Sentry token", lambda rng: "sntryu_" + chars(rng, HEX, 64)),
    _service("Datadog API key", lambda rng: chars(rng, HEX, 31) + rng.choice(DIGITS), bare=False),
    _service("web token", jwt),
)
