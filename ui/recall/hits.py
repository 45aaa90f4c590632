"""The hits of one answer as a list Qt can show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from index.types import Hit, Moment, VaultError
from ui import theme, wording
from ui.recall import snippets

HIT = Qt.ItemDataRole.UserRole
PICTURE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
PictureOf = Callable[[Moment], bytes | None]


class Picture:
    """A thumbnail, or why there is none. Read when a row is first painted."""

    def __init__(self, moment: Moment, picture_of: PictureOf, ratio: float) -> None:
        self.pixmap: QPixmap | None = None
        self.sentence = "no picture"
        try:
            encoded = picture_of(moment)
        except VaultError:
            self.sentence = "picture unreadable"
            return
        if encoded is not None:
            self.pixmap = _read(encoded, ratio)
            self.sentence = "" if self.pixmap else "picture unreadable"


class HitModel(QAbstractListModel):
    """Ranked hits, best first."""

    def __init__(self, now: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._hits: tuple[Hit, ...] = ()
        self._picture_of: PictureOf = lambda _moment: None
        self._pictures: dict[int, Picture] = {}
        self.ratio = 1.0
        self._shows: dict[int, Callable[[Hit], object]] = {
            HIT: lambda hit: hit,
            PICTURE: lambda hit: self._picture(hit.moment),
            Qt.ItemDataRole.DisplayRole: self._spoken,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.AccessibleDescriptionRole: _described,
            Qt.ItemDataRole.ToolTipRole: _figures,
        }

    def show(self, hits: Sequence[Hit], picture_of: PictureOf) -> None:
        """Show these hits; ``picture_of`` returns a moment's thumbnail, encoded."""
        self.beginResetModel()
        self._hits, self._picture_of = tuple(hits), picture_of
        self._pictures.clear()
        self.endResetModel()

    def hit(self, row: int) -> Hit:
        """Return the hit of a row."""
        return self._hits[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return the number of hits."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a role shows of a hit."""
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        shows = self._shows.get(role)
        return None if shows is None else shows(hit)

    def about(self, hit: Hit) -> str:
        """Return app, time and length of a hit in one line."""
        return wording.about(hit.moment, self._now())

    def _spoken(self, hit: Hit) -> str:
        return f"{wording.title(hit.moment)}, {self.about(hit)}"

    def _picture(self, moment: Moment) -> Picture:
        if moment.id not in self._pictures:
            self._pictures[moment.id] = Picture(moment, self._picture_of, self.ratio)
        return self._pictures[moment.id]


def _described(hit: Hit) -> str:
    return ", ".join(filter(None, (hit.reason, snippets.plain(hit.snippet))))


def _figures(hit: Hit) -> str:
    """Return the title and reason in full, and the score behind the words with what it can be compared to."""
    parts = (f"{name}: {value:.2f}" for name, value in sorted(hit.parts.items()))
    score = f"Score {hit.score:.2f} of 1, to be compared within this answer only."
    likely = "" if hit.probability is None else f"{100 * hit.probability:.0f} % likely the one you mean."
    return "\n".join(filter(None, (wording.title(hit.moment), hit.reason, score, likely, *parts)))


def _read(encoded: bytes, ratio: float) -> QPixmap | None:
    """Return the image at the size it is shown, cut to 16:10 from the top left; None when it cannot be read."""
    image = QImage.fromData(encoded)
    if image.isNull():
        return None
    size = QSize(*theme.THUMBNAIL) * ratio
    fitted = image.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    pixmap = QPixmap.fromImage(fitted.copy(0, 0, size.width(), size.height()))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
