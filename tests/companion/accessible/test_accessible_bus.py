"""Finding the accessibility bus, waking programs, and leaving things as they were."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from accessible_desk import session_bus
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from desktop import Desktop

from companion.capture.accessible.bus import AccessibilityBus, AccessibilityError


def test_without_a_session_bus_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(AccessibilityError, match="dbus-run-session"):
        AccessibilityBus({"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"})


def test_without_an_accessibility_service_the_error_names_the_package(tmp_path: Path) -> None:
    data = {"XDG_DATA_DIRS": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    with (
        session_bus({"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **data}) as address,
        pytest.raises(AccessibilityError, match="at-spi2-core"),
    ):
        AccessibilityBus({"DBUS_SESSION_BUS_ADDRESS": address})


@pytest.mark.display
def test_programs_are_woken_while_a_bus_is_open_and_not_longer() -> None:
    with Desktop(window_manager=False) as desktop, session_bus(desktop.environ) as address:
        assert not _enabled(address)
        with AccessibilityBus({"DBUS_SESSION_BUS_ADDRESS": address}):
            assert _enabled(address)
            with AccessibilityBus({"DBUS_SESSION_BUS_ADDRESS": address}):
                assert _enabled(address)
            assert _enabled(address)  # the inner one found them awake
        assert not _enabled(address)


def _enabled(address: str) -> bool:
    async def ask() -> bool:
        bus = await MessageBus(bus_address=address).connect()
        answer = await bus.call(
            Message(
                destination="org.a11y.Bus",
                path="/org/a11y/bus",
                interface="org.freedesktop.DBus.Properties",
                member="Get",
                signature="ss",
                body=["org.a11y.Status", "IsEnabled"],
            )
        )
        bus.disconnect()
        assert answer.message_type is MessageType.METHOD_RETURN
        return bool(answer.body[0].value)

    return asyncio.run(ask())
