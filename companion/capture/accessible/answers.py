"""What the questions of AT-SPI are answered with: who answers with anything else has not answered.

Any program may be on the bus, and what one makes of the protocol must not end what is asked of all others.
"""

from __future__ import annotations

from typing import Any

from dbus_fast import Message, MessageType, Variant

_WHOLE = ("i", "u", "x", "t", "n", "q", "y")  # numbers; programs are free with which
_OBJECT, _OBJECTS = "(so)", "a(so)"

_BY_MEMBER = {
    "Get": "v",
    "GetAccessibleAt": _OBJECT,
    "GetAccessibleAtPoint": _OBJECT,
    "GetAddress": "s",
    "GetAttributes": "a{ss}",
    "GetCharacterExtents": "iiii",
    "GetChildAtIndex": _OBJECT,
    "GetChildren": _OBJECTS,
    "GetColumnHeader": _OBJECT,
    "GetConnectionUnixProcessID": "u",
    "GetExtents": "(iiii)",
    "GetIndexInParent": "i",
    "GetMatches": _OBJECTS,
    "GetOffsetAtPoint": "i",
    "GetRole": "u",
    "GetRowAtIndex": "i",
    "GetState": "au",
    "GetText": "s",
}

_BY_PROPERTY = {
    "CaretOffset": _WHOLE,
    "CharacterCount": _WHOLE,
    "ChildCount": _WHOLE,
    "CurrentValue": ("d", *_WHOLE),
    "MaximumValue": ("d", *_WHOLE),
    "MinimumValue": ("d", *_WHOLE),
    "NColumns": _WHOLE,
    "NRows": _WHOLE,
    "Name": ("s",),
    "Parent": (_OBJECT,),
}


def body_of(answer: Message, member: str) -> list[Any] | None:
    """Return what an answer to a question holds, None where it is a refusal or no answer to that question."""
    wanted = _BY_MEMBER.get(member, answer.signature)
    return answer.body if answer.message_type is MessageType.METHOD_RETURN and answer.signature == wanted else None


def value_of(told: Variant, name: str) -> Any | None:
    """Return the value of a property, None where it is none that such a property can have."""
    return told.value if told.signature in _BY_PROPERTY.get(name, (told.signature,)) else None
