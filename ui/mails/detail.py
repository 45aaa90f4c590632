"""One mail that waits: to whom, about what, why it waits, what came of it since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout

from companion.sending.types import State
from ui import theme
from ui.mails import wording
from ui.settings.sources import sentence

if TYPE_CHECKING:
    from companion.sending.types import HeldMail


class MailsDetail(QFrame):
    """A card; empty where no mail is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.subject = sentence("", look="", role="strong", base=self)
        self.to = sentence("", look="", base=self)
        self.about = sentence("", role="small", base=self)
        self.why = sentence("", look="", base=self)
        self.explained = sentence("", look="caution", base=self)
        self.said = sentence("", look="soft", base=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        for part in (self.subject, self.to, self.about, self.why, self.explained, self.said):
            column.addWidget(part)

    def show_mail(self, mail: HeldMail, now: float) -> None:
        """Show this one."""
        explained = wording.EXPLAINED.get(mail.state, "")
        said = "" if mail.state is State.UNSURE else mail.said  # which says the same
        self.subject.setText(wording.subject(mail))
        self.to.setText(f"To {', '.join(mail.to) or wording.NOBODY}")
        self.about.setText(wording.about(mail, now))
        self.why.setText(f"Why it was held: {wording.why(mail)}" if mail.why else wording.why(mail))
        for label, text in ((self.explained, explained), (self.said, said)):
            label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleName(". ".join(filter(None, (self.subject.text(), self.to.text(), explained))))
