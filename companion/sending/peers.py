"""Whether whoever connects is the same user as we are. Linux tells; elsewhere the password decides alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from ipaddress import IPv4Address
from pathlib import Path

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
LOOKS = 3  # the kernel tells its table in pieces: while sockets come and go, one look can miss a line
MAPPED = "0000000000000000FFFF0000"  # an IPv4 address in the table of IPv6
LOCAL, REMOTE, USER = 1, 2, 7  # columns (Linux, Documentation/networking/proc_net_tcp)


def is_own(peer: tuple[str, int], here: tuple[str, int]) -> bool:
    """Whether the socket at ``peer`` (an IPv4 address of this machine, a port) belongs to our user.

    Always true where the system does not tell; false when it tells and there is no such socket.
    """
    if sys.platform != "linux":
        return True
    looks = (user_of(peer, here, (line for table in TABLES for line in _lines(table))) for _ in range(LOOKS))
    return next((user for user in looks if user is not None), None) == os.getuid()


def user_of(peer: tuple[str, int], here: tuple[str, int], lines: Iterable[str]) -> int | None:
    """Return the user of the socket that reaches from ``peer`` to ``here``, by the kernel's table of sockets."""
    near, far = _address(peer), _address(here)
    for line in lines:
        columns = line.split()
        if len(columns) > USER and [columns[at].removeprefix(MAPPED) for at in (LOCAL, REMOTE)] == [near, far]:
            return int(columns[USER])
    return None


def _lines(table: str) -> list[str]:
    try:
        return Path(table).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:  # a kernel without IPv6
        return []


def _address(place: tuple[str, int]) -> str:
    raw = IPv4Address(place[0].removeprefix("::ffff:")).packed
    return f"{int.from_bytes(raw, sys.byteorder):08X}:{place[1]:04X}"
