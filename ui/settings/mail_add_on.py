"""The add-on for Thunderbird: saved to a file that its person installs there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QFrame, QPushButton, QVBoxLayout, QWidget

from companion.thunderbird import install
from companion.thunderbird.install import INSTALL, InstallError
from ui import theme
from ui.settings.sources import sentence

NAME = "Thunderbird, by an add-on"
LEAD = "It needs no server here, and any way of logging in will do: mails wait in Thunderbird itself."
SAVE = "Save the add-on…"


class AddOn(QFrame):
    """Says what it is, saves it where the person likes, and says how it is installed or why it could not be saved.

    Parameters
    ----------
    fixed_vault
        The vault given on the command line, whose program the add-on is to ask; None: the one of the settings.

    """

    def __init__(self, *, fixed_vault: Path | None = None) -> None:
        super().__init__()
        self._vault = fixed_vault
        self.setProperty("look", "card")
        self.save = QPushButton(SAVE)
        self.save.setAutoDefault(False)  # Return in the form above adds an account
        self.said, self.problem = (sentence("", look=look, base=self) for look in ("soft", "problem"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.addWidget(sentence(NAME, look="", role="strong", base=self))
        column.addWidget(sentence(LEAD, base=self))
        column.addWidget(self.save)
        for told in (self.said, self.problem):
            column.addWidget(told)
            told.hide()
        self.save.clicked.connect(self._save)

    def _save(self) -> None:
        file = chosen_file(self)
        if file is None:
            return
        try:
            install.install(file, home=Path.home(), vault=self._vault)
        except InstallError as error:
            self._tell("", str(error))
        else:
            self._tell(f"It lies in {file}. {INSTALL}", "")

    def _tell(self, said: str, problem: str) -> None:
        for label, text in ((self.said, said), (self.problem, problem)):
            label.setText(text)
            label.setVisible(bool(text))


def chosen_file(window: QWidget) -> Path | None:
    """Ask where the add-on is to be saved; None where nothing was chosen."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    name = str(Path(folder) / install.FILE)
    found, _ = QFileDialog.getSaveFileName(window, "Save the add-on for Thunderbird", name, "Add-ons (*.xpi)")
    return Path(found) if found else None
