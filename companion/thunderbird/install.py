"""Gives Thunderbird the add-on, and tells it which program the add-on may ask.

Thunderbird looks for that program in a folder it shares with Firefox (Mozilla's "native manifests"). The manifest names
an executable without arguments: a line of shell that starts the Python of this installation.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from index.replacing import replace_file
from index.types import VaultError

ADD_ON = "thunderbird@companion.local"  # as its manifest says
NAME = "companion.thunderbird"  # what the add-on asks for; the folder is that of all programs
PLACE = Path(".mozilla", "native-messaging-hosts")
FILE = "companion-thunderbird.xpi"
INSTALL = (
    "In Thunderbird: Tools (Alt shows the menu), Add-ons and Themes, the cogwheel, Install Add-on From File. The send "
    "guard must be on in Companion's settings."
)
EXTENSION = Path(__file__).with_name("extension")


class InstallError(Exception):
    """What the person can mend; the message says how."""


def install(file: Path, *, home: Path, vault: Path | None) -> None:
    """Write the add-on to ``file`` (.xpi), and what starts us to Thunderbird's folder in ``home``.

    It asks the program that records to ``vault``, by default the one of the settings. Raises `InstallError`.
    """
    if sys.platform != "linux":
        raise InstallError("The add-on for Thunderbird works on Linux only so far.")
    place = home / PLACE
    try:
        place.mkdir(parents=True, exist_ok=True)
        _refuse_others(place)
        replace_file(_launcher(place), _script(vault))
        _launcher(place).chmod(0o755)
        replace_file(place / f"{NAME}.json", _manifest(place))
        replace_file(file, packed())
    except (OSError, VaultError) as error:
        raise InstallError(f"The add-on for Thunderbird could not be written: {_said(error)}") from error


def remove(*, home: Path) -> bool:
    """Have Thunderbird start us no more; returns whether it did. Raises `InstallError`."""
    place = home / PLACE
    found = (place / f"{NAME}.json").exists()
    try:
        _refuse_others(place)
        for file in (place / f"{NAME}.json", _launcher(place)):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise InstallError(f"What starts Companion for Thunderbird could not be removed: {error}") from error
    return found


def _said(error: OSError | VaultError) -> str:
    """Return what went wrong, for people."""
    return str(error) if isinstance(error, VaultError) else f"{error.filename} ({error.strerror})."


def _refuse_others(place: Path) -> None:
    """Raise `InstallError` where what has our name there is another program's."""
    file = place / f"{NAME}.json"
    try:
        told = json.loads(file.read_bytes())
    except FileNotFoundError:
        return
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("allowed_extensions") != [ADD_ON]:
        raise InstallError(f"{file} is not Companion's: move it away, then try again.")


def packed() -> bytes:
    """Return the add-on as Thunderbird installs it."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(EXTENSION.iterdir()):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _launcher(place: Path) -> Path:
    return place / f"{NAME}-host"


def _script(vault: Path | None) -> bytes:
    """Return the line of shell; -P: whatever lies in the folder Thunderbird was started in is not ours."""
    command = [sys.executable, "-P", "-m", "companion.thunderbird", *([] if vault is None else [str(vault.absolute())])]
    return f"#!/bin/sh\nexec {shlex.join(command)}\n".encode("utf-8", "surrogateescape")


def _manifest(place: Path) -> bytes:
    told = {
        "name": NAME,
        "description": "Judges whether a mail should wait. Nothing of it leaves this machine.",
        "path": os.fspath(_launcher(place)),
        "type": "stdio",
        "allowed_extensions": [ADD_ON],
    }
    return json.dumps(told, indent=1).encode()
