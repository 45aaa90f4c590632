"""The file that a mail is taken back into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.mails import wording

if TYPE_CHECKING:
    from companion.sending.types import HeldMail

LONGEST = 60  # characters of a name


def file_name(mail: HeldMail) -> str:
    """Return a name for the file of a mail, of its subject's letters and digits."""
    kept = "".join(letter if letter.isalnum() else " " for letter in wording.subject(mail))
    return f"{' '.join(kept.split())[:LONGEST].strip() or 'mail'}.eml"


def chosen_file(window: QWidget, name: str) -> Path | None:
    """Ask where a mail is to be written; None where nothing was chosen."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    title, kinds = "Take the mail back into a file", "Mails (*.eml)"
    found, _ = QFileDialog.getSaveFileName(window, title, str(Path(folder) / name), kinds)
    return Path(found) if found else None


def opened_by_desktop(path: Path) -> bool:
    """Open a file with the desktop's program for it; returns whether there is one."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
