"""What is kept of a held notification: its text without secrets; of an excluded program, that there was one."""

from __future__ import annotations

import re
import secrets as system_secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import blake2b

from companion.capture.programs import is_never_shown, names_of
from companion.masking.spans import Span, found, mark, together
from companion.notices import security_codes
from companion.notices.rules import programs
from companion.notices.types import Judged, Notice
from index.notices import HeldNotice, Replaced

TAKEN_OUT = "Secrets in it are not kept, nor the reason why it was held: that might have quoted them."
CODE_TAKEN_OUT = "What it said is not kept: it held a security code."
EXCLUDED = "What it said is not kept: its program is excluded."
_APART = re.compile(r"[\s_-]+")
_KEY = system_secrets.token_bytes(32)  # of this run: nobody can try out what a name may have been


def kept(judged: Judged, exclude_apps: Collection[str]) -> HeldNotice:
    """Return a notice as it is kept.

    Parameters
    ----------
    exclude_apps
        Programs of which nothing is kept but that something came of them, and when; by any of their names.

    """
    if is_excluded(judged.notice, exclude_apps):
        return _without_text(judged, EXCLUDED)
    one = judged.notice
    summary, body = without_secrets(one.summary, one.body)
    if (summary, body) == (one.summary, one.body):
        return _held(judged)
    if _holds_code(summary, body):
        return _without_text(judged, CODE_TAKEN_OUT)
    return _held(replace(judged, notice=replace(one, summary=summary, body=body), why=TAKEN_OUT))


def noticed(one: HeldNotice) -> Notice:
    """Return a kept notice as far as it is known: what was taken out of it is not."""
    about = (one.number, one.time, one.app, one.summary, one.body, one.urgency, one.category, one.sender)
    return Notice(
        *about, one.desktop_entry, daemon_id=one.daemon_id, actions=one.actions, daemon=one.daemon, tag=one.tag
    )


def replaced(notice: Notice) -> list[Replaced]:
    """Return what a notice takes the place of, named as it is where its text is kept, and where it is not."""
    if not (notice.replaces or notice.tag):
        return []
    names = dict.fromkeys((_tag(notice), _hidden(notice.tag)))
    return [Replaced(notice.number, notice.daemon, notice.replaces, notice.app, name) for name in names]


def is_excluded(notice: Notice, exclude_apps: Collection[str]) -> bool:
    """Whether what a notice says is kept nowhere: its program is excluded, or asks for passwords."""
    sender = "" if notice.sender.startswith(":") else notice.sender  # that is a number of the bus
    called = [name for name in (notice.app, notice.desktop_entry, sender) if name]
    if any(map(is_never_shown, called)):
        return True
    names = [_words(name) for name in programs(notice).union(*map(names_of, called))]
    return any(_is_of(names, _words(name)) for app in exclude_apps for name in names_of(app))


def without_secrets(summary: str, body: str) -> tuple[str, str]:
    """Return both without secrets: they are looked for in both at once, as a title often says what its text is."""
    text = f"{summary}\n{body}"
    secrets = list(together([*found(text), *security_codes.everywhere(text)]))
    at = len(summary)
    return _cut(text, secrets, 0, at), _cut(text, secrets, at + 1, len(text))


def _words(name: str) -> list[str]:
    """Return the words of a program's name; that it is for the desktop says nothing."""
    words = [word for word in _APART.split(name.casefold()) if word]
    return words[:-1] if words[-1:] == ["desktop"] else words


def _is_of(names: list[list[str]], excluded: list[str]) -> bool:
    """Whether one of some names is that of an excluded program, or of a part of it (``evolution-alarm-notify``)."""
    whole = "".join(excluded).removesuffix("desktop")
    return bool(whole) and any(
        name[: len(excluded)] == excluded or "".join(name).removesuffix("desktop") == whole for name in names
    )


def _holds_code(summary: str, body: str) -> bool:
    later = (body[at : at + security_codes.LONGEST] for at in security_codes.starts(body) if at)
    return security_codes.holds_code(summary, body) or any(security_codes.holds_code("", part) for part in later)


def _cut(text: str, secrets: Sequence[Span], start: int, end: int) -> str:
    """Return a part of a text, with what each secret was in the place of what of it lies there."""
    parts, at = [], start
    for secret in secrets:
        if secret.start < end and secret.end > start:
            parts += [text[at : max(at, secret.start)], mark(secret.kind)]
            at = min(end, secret.end)
    return "".join([*parts, text[at:end]])


def _held(judged: Judged) -> HeldNotice:
    one = judged.notice
    about = (one.number, one.time, one.app, one.summary, one.body, one.urgency, one.category, one.sender)
    actions = tuple(without_secrets("", key)[1] for key in one.actions)
    place_and_kind = (one.desktop_entry, actions, one.daemon, one.daemon_id, _tag(one), judged.decision.value)
    return HeldNotice(*about, *place_and_kind, judged.why)


def _without_text(judged: Judged, why: str) -> HeldNotice:
    """Return that something came, of whom and when; where it is in the daemon's history says nothing of it.

    Its program's own name of it may: it is kept in a form by which it is known again, and that says nothing either.
    """
    one = judged.notice
    program = (one.app, "", "", one.urgency, "", one.sender, one.desktop_entry)
    return HeldNotice(
        one.number,
        one.time,
        *program,
        daemon=one.daemon,
        daemon_id=one.daemon_id,
        tag=_hidden(one.tag),
        decision=judged.decision.value,
        why=why,
    )


def _tag(notice: Notice) -> str:
    """Return its program's own name of it as it is kept: one with a secret in it in another form."""
    return notice.tag if without_secrets("", notice.tag)[1] == notice.tag else _hidden(notice.tag)


def _hidden(tag: str) -> str:
    """Return a form of a name that is the same each time in this run, and from which nobody can tell the name."""
    return blake2b(tag.encode(errors="replace"), key=_KEY, digest_size=16).hexdigest() if tag else ""
