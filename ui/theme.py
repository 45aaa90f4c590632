"""Colours, spacing, radii and type sizes; nothing else in `ui` names a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

GRID = 4
"""Pixels; every distance is a multiple of it."""
RADIUS = 6
SIDEBAR_WIDTH = 420
THUMBNAIL = (112, 70)
"""Width and height of a thumbnail, 16:10."""

TypeRole = Literal["body", "strong", "small", "title", "headline"]
SCALE: dict[TypeRole, float] = {"body": 1.1, "strong": 1.1, "small": 1.0, "title": 1.35, "headline": 1.6}
"""Type sizes as multiples of the desktop's own font."""
BOLD: frozenset[TypeRole] = frozenset({"strong", "title", "headline"})


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. ``strong`` is the ground of the one button that matters, ``on_strong`` its text.

    ``eeg`` and ``hands`` are the lines of what each alone says of focus.
    """

    window: str
    surface: str
    selected: str
    line: str
    text: str
    soft: str
    strong: str
    on_strong: str
    mark: str
    on_mark: str
    accent: str
    grey: str
    amber: str
    red: str
    focus: str
    eeg: str
    hands: str


LIGHT = Colours(
    window="#f5f5f3",
    surface="#ffffff",
    selected="#e4e8ea",
    line="#d3d8dc",
    text="#1c2126",
    soft="#545d66",
    strong="#2b343b",
    on_strong="#ffffff",
    mark="#ffe7a3",
    on_mark="#1c2126",
    accent="#0b6b72",
    grey="#5b646d",
    amber="#835500",
    red="#b3261e",
    focus="#5b479b",
    eeg="#1d5ea8",
    hands="#7a4a12",
)
DARK = Colours(
    window="#15181b",
    surface="#1d2125",
    selected="#30373d",
    line="#3a4249",
    text="#e9ecee",
    soft="#abb4bc",
    strong="#dfe4e8",
    on_strong="#15181b",
    mark="#6a5410",
    on_mark="#fff4d2",
    accent="#5fcbd2",
    grey="#abb4bc",
    amber="#e9b44c",
    red="#ff9a90",
    focus="#b8a5ee",
    eeg="#82b6f2",
    hands="#dcae74",
)

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("text", "soft") for ground in ("window", "surface", "selected")),
    *(
        (text, ground)
        for text in ("accent", "grey", "amber", "red", "focus", "eeg", "hands")
        for ground in ("window", "surface")
    ),
    ("on_strong", "strong"),
    ("on_mark", "mark"),
)
"""Every field used as text with every field it may stand on."""


@dataclass(frozen=True, slots=True)
class TrayColours:
    """Middle tones that stand out on a light panel and on a dark one."""

    accent: str = "#1c8a92"
    grey: str = "#79828b"
    amber: str = "#b47800"
    red: str = "#d8443a"
    focus: str = "#8b6fc9"


TRAY = TrayColours()
PANELS = ("#ffffff", "#202326")
"""The lightest and the darkest panel a tray icon is expected to stand on."""


@dataclass(frozen=True, slots=True)
class SceneColours:
    """A bay, from before dawn (first) to morning (second); the same whatever scheme the windows have."""

    sky_top: tuple[str, str] = ("#0d1427", "#5f87b0")
    sky_middle: tuple[str, str] = ("#1b2644", "#a9b6c6")
    sky_low: tuple[str, str] = ("#39395a", "#f0c396")
    hills_far: tuple[str, str] = ("#1c2440", "#8793a8")
    hills_near: tuple[str, str] = ("#121a2e", "#4d6075")
    water_far: tuple[str, str] = ("#2a2f4c", "#d9b99b")
    water_near: tuple[str, str] = ("#0c1322", "#4a6c8c")
    sun: tuple[str, str] = ("#b5694c", "#fff1d6")
    glow: str = "#ffd9a0"
    wave: tuple[str, str] = ("#5a6486", "#f3e3cf")
    star: str = "#e8ecf8"
    ring: str = "#fff6e4"
    veil: str = "#10141c"
    ink: str = "#f4f1ea"
    ground: str = "#10141c"


SCENE = SceneColours()


_LINEAR_BELOW = 0.04045


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= _LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def of(palette: QPalette) -> Colours:
    """Return the scheme a palette belongs to."""
    window = palette.color(QPalette.ColorRole.Window).name()
    return LIGHT if _luminance(window) > 0.18 else DARK  # noqa: PLR2004  middle grey


def wanted() -> Colours:
    """Return the scheme the desktop asks for."""
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme == Qt.ColorScheme.Unknown:
        return of(QApplication.style().standardPalette())
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def apply(app: QApplication, colours: Colours) -> None:
    """Dress every window of ``app``."""
    app.setPalette(_palette(colours))
    app.setStyleSheet(_sheet(colours))


def font(base: QFont, role: TypeRole) -> QFont:
    """Return ``base``, the desktop's font, in the size and weight of ``role``."""
    made = QFont(base)
    made.setPointSizeF(base.pointSizeF() * SCALE[role])
    made.setBold(role in BOLD)
    return made


def _palette(colours: Colours) -> QPalette:
    """Return Qt's palette in these colours; what is disabled stays readable."""
    palette = QPalette(QColor(colours.window))
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, colours.window),
        (roles.Base, colours.surface),
        (roles.AlternateBase, colours.window),
        (roles.Button, colours.surface),
        (roles.ToolTipBase, colours.surface),
        (roles.Highlight, colours.selected),
        (roles.Mid, colours.line),
        (roles.WindowText, colours.text),
        (roles.Text, colours.text),
        (roles.ButtonText, colours.text),
        (roles.ToolTipText, colours.text),
        (roles.HighlightedText, colours.text),
        (roles.PlaceholderText, colours.soft),
        (roles.Link, colours.text),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.soft))
    return palette


def _sheet(colours: Colours) -> str:
    """Return the few rules that Qt's own style lacks; widgets opt in by the property ``look``."""
    pad, wide = GRID * 2, GRID * 3
    return f"""
    QLabel[look="soft"] {{ color: {colours.soft}; }}
    QLabel[look="problem"] {{ color: {colours.red}; }}
    QLabel[look="caution"] {{ color: {colours.amber}; }}
    QFrame[look="line"] {{ color: {colours.line}; background: {colours.line}; border: none; }}
    QFrame[look="card"] {{ background: {colours.surface}; border: 1px solid {colours.line};
        border-radius: {RADIUS}px; }}
    QLineEdit {{ background: {colours.surface}; color: {colours.text};
        border: 1px solid {colours.soft}; border-radius: {RADIUS}px; padding: {pad}px;
        placeholder-text-color: {colours.soft};
        selection-background-color: {colours.mark}; selection-color: {colours.on_mark}; }}
    QLineEdit:focus {{ border: 2px solid {colours.text}; padding: {pad - 1}px; }}
    QPushButton, QToolButton {{ background: {colours.surface}; color: {colours.text};
        border: 1px solid {colours.line}; border-radius: {RADIUS}px; padding: {pad}px {wide}px; }}
    QToolButton {{ padding: {GRID}px; }}
    QPushButton:hover, QToolButton:hover {{ background: {colours.selected}; }}
    QPushButton:focus, QToolButton:focus {{ border: 2px solid {colours.text};
        padding: {pad - 1}px {wide - 1}px; }}
    QToolButton:focus {{ padding: {GRID - 1}px; }}
    QPushButton[look="choice"]:checked {{ background: {colours.strong}; color: {colours.on_strong};
        border: 1px solid {colours.strong}; }}
    QPushButton[look="choice"]:checked:focus {{ border: 2px solid {colours.soft}; }}
    QPushButton:disabled, QToolButton:disabled {{ background: {colours.window}; color: {colours.soft};
        border: 1px dashed {colours.line}; }}
    QPushButton[look="main"] {{ background: {colours.strong}; color: {colours.on_strong};
        border: 1px solid {colours.strong}; font-weight: bold; }}
    QPushButton[look="main"]:hover {{ background: {colours.text}; }}
    QPushButton[look="main"]:focus {{ border: 2px solid {colours.soft}; }}
    QPushButton[look="main"]:disabled {{ background: {colours.window}; color: {colours.soft};
        border: 1px dashed {colours.line}; font-weight: normal; }}
    QPushButton[look="word"] {{ background: transparent; border: 1px solid transparent; padding: 0px {GRID}px;
        text-decoration: underline; }}
    QPushButton[look="word"]:hover {{ background: {colours.selected}; }}
    QPushButton[look="word"]:focus {{ border: 1px solid {colours.text}; padding: 0px {GRID}px; }}
    QPlainTextEdit {{ background: {colours.surface}; color: {colours.text}; border: 1px solid {colours.line};
        border-radius: {RADIUS}px; padding: {GRID}px;
        selection-background-color: {colours.mark}; selection-color: {colours.on_mark}; }}
    QPlainTextEdit:focus {{ border: 1px solid {colours.text}; }}
    QListView {{ background: {colours.surface}; border: none; outline: none; }}
    QTableView {{ background: {colours.surface}; border: 1px solid {colours.line}; border-radius: {RADIUS}px;
        outline: none; }}
    QTableView:focus {{ border: 1px solid {colours.text}; }}
    QTableView::item {{ padding: 0px {GRID}px; border: none; }}
    QTableView::item:selected {{ background: {colours.selected}; color: {colours.text}; }}
    QHeaderView {{ background: {colours.surface}; border: none; }}
    QHeaderView::section {{ background: {colours.surface}; color: {colours.soft}; border: none;
        border-bottom: 1px solid {colours.line}; padding: {GRID}px {pad - 1}px; }}
    QListView::indicator:unchecked, QCheckBox::indicator:unchecked {{ border: 1px solid {colours.soft};
        border-radius: 2px; }}
    QRadioButton {{ border: 1px solid transparent; border-radius: {RADIUS}px; padding: 1px; spacing: {pad}px; }}
    QRadioButton:focus {{ border: 1px solid {colours.text}; }}
    QRadioButton::indicator {{ width: {GRID * 3}px; height: {GRID * 3}px; border: 1px solid {colours.soft};
        border-radius: {GRID * 2 - 1}px; background: {colours.surface}; }}
    QRadioButton::indicator:checked {{ width: {GRID * 2}px; height: {GRID * 2}px;
        border: {GRID - 1}px solid {colours.strong}; background: {colours.on_strong}; }}
    QRadioButton::indicator:disabled {{ border: 1px dashed {colours.soft}; background: {colours.window}; }}
    QProgressBar {{ background: {colours.line}; border: none; border-radius: 2px; }}
    QProgressBar::chunk {{ background: {colours.soft}; border-radius: 2px; }}
    """
