"""What AT-SPI calls things: the numbers of roles and states this package looks at (``atspi-constants.h``)."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """What an object is. Only those that are treated in a way of their own are named."""

    ANIMATION = 5
    CANVAS = 6
    CHECK_BOX = 7
    CHECK_MENU_ITEM = 8
    COLUMN_HEADER = 10
    COMBO_BOX = 11
    DRAWING_AREA = 18
    ICON = 26
    IMAGE = 27
    LABEL = 29
    LIST = 31
    LIST_ITEM = 32
    MENU = 33
    MENU_ITEM = 35
    PAGE_TAB = 37
    PANEL = 39
    PASSWORD_TEXT = 40
    PROGRESS_BAR = 42
    PUSH_BUTTON = 43
    RADIO_BUTTON = 44
    RADIO_MENU_ITEM = 45
    ROW_HEADER = 47
    SCROLL_BAR = 48
    SPIN_BUTTON = 52
    STATUS_BAR = 54
    TABLE = 55
    TABLE_CELL = 56
    TABLE_COLUMN_HEADER = 57
    TABLE_ROW_HEADER = 58
    TERMINAL = 60
    TEXT = 61
    TOGGLE_BUTTON = 62
    TOOL_TIP = 64
    VIEWPORT = 68
    TREE = 65
    TREE_TABLE = 66
    PARAGRAPH = 73
    EDITBAR = 77
    EMBEDDED = 78
    ENTRY = 79
    CHART = 80
    CAPTION = 81
    DOCUMENT_FRAME = 82
    HEADING = 83
    SECTION = 85
    FORM = 87
    LINK = 88
    TABLE_ROW = 90
    TREE_ITEM = 91
    DOCUMENT_SPREADSHEET = 92
    DOCUMENT_PRESENTATION = 93
    DOCUMENT_TEXT = 94
    DOCUMENT_WEB = 95
    DOCUMENT_EMAIL = 96
    LIST_BOX = 98
    GROUPING = 99
    IMAGE_MAP = 100
    VIDEO = 107
    ARTICLE = 109
    LANDMARK = 110
    STATIC = 116
    SUBSCRIPT = 119
    SUPERSCRIPT = 120
    CONTENT_DELETION = 125
    CONTENT_INSERTION = 126
    MARK = 127


class State(IntEnum):
    """Bits of the 64-bit set an object answers `GetState` with."""

    ACTIVE = 1
    DEFUNCT = 6
    EDITABLE = 7
    FOCUSED = 12
    SHOWING = 25
    VERTICAL = 29


#: Pages with an address and a title.
DOCUMENTS = frozenset(
    {
        Role.DOCUMENT_FRAME,
        Role.DOCUMENT_SPREADSHEET,
        Role.DOCUMENT_PRESENTATION,
        Role.DOCUMENT_TEXT,
        Role.DOCUMENT_WEB,
        Role.DOCUMENT_EMAIL,
    }
)

#: What holds the person's own text, which can be of any length; their name is a caption, never the text.
EDITORS = frozenset({Role.TEXT, Role.ENTRY, Role.TERMINAL, Role.EDITBAR, Role.SPIN_BUTTON})

#: What is drawn there is no text that a program tells.
PICTURES = frozenset(
    {
        Role.ANIMATION,
        Role.CANVAS,
        Role.CHART,
        Role.DRAWING_AREA,
        Role.EMBEDDED,
        Role.ICON,
        Role.IMAGE,
        Role.IMAGE_MAP,
        Role.VIDEO,
    }
)

#: Their name is drawn above what is inside them, or on their edge, and is no part of it.
TITLED = frozenset({Role.PANEL, Role.GROUPING})

#: Drawn as part of the line around it, so that no separator stands between.
INLINE = frozenset(
    {
        Role.LINK,
        Role.STATIC,
        Role.SUBSCRIPT,
        Role.SUPERSCRIPT,
        Role.MARK,
        Role.CONTENT_DELETION,
        Role.CONTENT_INSERTION,
    }
)

#: Their children lie one below the other, so that those in view can be sought by halving.
STACKED = frozenset(
    {
        Role.LIST,
        Role.TREE,
        Role.TABLE,
        Role.TREE_TABLE,
        Role.LIST_BOX,
        Role.SECTION,
        Role.ARTICLE,
        Role.LANDMARK,
        Role.FORM,
        *DOCUMENTS,
    }
)

#: Answer questions by row and column.
TABLES = frozenset({Role.TABLE, Role.TREE_TABLE, Role.TREE})

#: Fields of one row.
CELLS = frozenset(
    {
        Role.TABLE_CELL,
        Role.TABLE_COLUMN_HEADER,
        Role.TABLE_ROW_HEADER,
        Role.COLUMN_HEADER,
        Role.ROW_HEADER,
    }
)

#: Draw their name.
NAMED = CELLS | {
    Role.CHECK_BOX,
    Role.CHECK_MENU_ITEM,
    Role.COMBO_BOX,
    Role.LABEL,
    Role.LIST_ITEM,
    Role.MENU,
    Role.MENU_ITEM,
    Role.PAGE_TAB,
    Role.PUSH_BUTTON,
    Role.RADIO_BUTTON,
    Role.RADIO_MENU_ITEM,
    Role.TOGGLE_BUTTON,
    Role.TOOL_TIP,
    Role.TREE_ITEM,
    Role.STATUS_BAR,
    Role.HEADING,
    Role.PARAGRAPH,
    Role.CAPTION,
    Role.LINK,
    Role.STATIC,
    *TITLED,
}

#: Nothing inside them is text to read.
CLOSED = frozenset({Role.SCROLL_BAR, Role.PASSWORD_TEXT})


def states_in(words: list[int]) -> frozenset[State]:
    """Return the states of a set as `GetState` answers it: two words of 32 bits, the lower first."""
    bits = sum(word << (32 * place) for place, word in enumerate(words))
    return frozenset(state for state in State if bits >> state & 1)
