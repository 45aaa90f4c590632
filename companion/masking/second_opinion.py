"""What *detect-secrets* finds, as a second opinion on each line.

The patterns of its detectors are matched in memory: nothing is read from a file, and nothing is verified over the
network. Left out are

- the entropy detectors: every hash and identifier on a screen is one to them;
- the keyword detector: it takes ``password = "string"`` of any documentation; `assigned` asks whether it is likely;
- the private key detector: it finds the line ``BEGIN PRIVATE KEY`` and not the key; `private_keys` finds the block;
- the detector of public addresses: an IP address is no secret;
- the basic auth detector: it takes every ``user:password@host`` of documentation; `links` leaves placeholders alone;
- the JWT detector: found with a checked header already, without the signature it stops at.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias

from companion.masking.types import Seen, Span

#: Module, detector, what it finds, and in lower case one of what must be on a line before it is asked.
DETECTORS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("artifactory", "ArtifactoryDetector", "Artifactory token", ("akc",)),
    ("aws", "AWSKeyDetector", "AWS key", ("akia", "asia", "abia", "acca", "a3t", "aws")),
    ("azure_storage_key", "AzureStorageKeyDetector", "Azure storage key", ("accountkey=",)),
    ("cloudant", "CloudantDetector", "Cloudant key", ("cloudant", "cl_", "cl-")),
    ("discord", "DiscordBotTokenDetector", "Discord bot token", (".",)),
    ("github_token", "GitHubTokenDetector", "GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("gitlab_token", "GitLabTokenDetector", "GitLab token", ("gl", "gr1348941")),
    ("ibm_cloud_iam", "IbmCloudIamDetector", "IBM Cloud key", ("ibm", "iam")),
    ("ibm_cos_hmac", "IbmCosHmacDetector", "IBM Cloud key", ("cos", "ibm")),
    ("mailchimp", "MailchimpDetector", "Mailchimp key", ("-us",)),
    ("npm", "NpmDetector", "npm token", (":_authtoken",)),
    ("openai", "OpenAIDetector", "OpenAI key", ("t3blbkfj",)),
    ("pypi_token", "PypiTokenDetector", "PyPI token", ("pypi-ag",)),
    ("sendgrid", "SendGridDetector", "SendGrid key", ("sg.",)),
    ("slack", "SlackDetector", "Slack token", ("xox", "hooks.slack.com")),
    ("softlayer", "SoftlayerDetector", "SoftLayer key", ("softlayer", "sl_", "sl-")),
    ("square_oauth", "SquareOAuthDetector", "Square token", ("sq0csp-",)),
    ("stripe", "StripeDetector", "Stripe key", ("k_live_",)),
    ("telegram_token", "TelegramBotTokenDetector", "Telegram bot token", (":aa",)),
    ("twilio", "TwilioKeyDetector", "Twilio key", ("sk",)),
)

#: Patterns, what they find, and hints.
Detector: TypeAlias = tuple[tuple[re.Pattern[str], ...], str, tuple[str, ...]]

#: Characters of a line looked at at once and how far two looks overlap: some patterns take the square of the length.
PIECE, OVERLAP = 1000, 200
_LEAST = 16


@cache
def _detectors() -> tuple[Detector, ...]:
    """Return the patterns of each detector: asked by itself, it tells the first letters of some tokens only."""
    return tuple(
        (tuple(getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)().denylist), kind, hints)
        for module, name, kind, hints in DETECTORS
    )


def opinion(seen: Seen) -> Iterator[Span]:
    """Yield what the detectors find, line by line."""
    asked = [detector for detector in _detectors() if any(map(seen.holds, detector[2]))]
    start = 0 if asked else len(seen.text)
    while start < len(seen.text):
        end = seen.text.find("\n", start)
        end = len(seen.text) if end < 0 else end
        for piece in range(start, max(start + 1, end - OVERLAP), PIECE - OVERLAP):
            yield from _in_piece(seen, piece, min(piece + PIECE, end), asked)
        start = end + 1


def _in_piece(seen: Seen, start: int, end: int, asked: Sequence[Detector]) -> Iterator[Span]:
    if end - start < _LEAST:
        return
    lowered = seen.lowered[start:end]
    for patterns, kind, hints in asked:
        if any(hint in lowered for hint in hints):
            for match in (match for pattern in patterns for match in pattern.finditer(seen.text, start, end)):
                yield Span(*match.span(_secret(match)), kind)


def _secret(match: re.Match[str]) -> int:
    """Return the group that is the secret: the longest one, or all where groups are no more than a beginning."""
    best = max(range(match.re.groups + 1), key=lambda one: (one > 0, match.end(one) - match.start(one)))
    return best if match.end(best) - match.start(best) >= _LEAST else 0
