"""What UI Automation calls things ("Control Type Identifiers"), and what they are here."""

from __future__ import annotations

from companion.capture.accessible.roles import Role

DOCUMENT = 50030
WINDOW = 50032

#: Its buttons are the window's own; they say nothing of what the window shows.
TITLE_BAR = 50037

ROLES: dict[int, Role] = {
    50000: Role.PUSH_BUTTON,
    50002: Role.CHECK_BOX,
    50003: Role.COMBO_BOX,
    50004: Role.ENTRY,
    50005: Role.LINK,
    50007: Role.LIST_ITEM,
    50008: Role.LIST,
    50009: Role.MENU,
    50011: Role.MENU_ITEM,
    50012: Role.PROGRESS_BAR,
    50013: Role.RADIO_BUTTON,
    50014: Role.SCROLL_BAR,
    50016: Role.SPIN_BUTTON,
    50017: Role.STATUS_BAR,
    50019: Role.PAGE_TAB,
    50020: Role.LABEL,
    50022: Role.TOOL_TIP,
    50023: Role.TREE,
    50024: Role.TREE_ITEM,
    50028: Role.TREE_TABLE,  # DataGrid
    50029: Role.TABLE_CELL,  # DataItem: what a row holds stands on one line
    DOCUMENT: Role.DOCUMENT_WEB,
    50031: Role.PUSH_BUTTON,  # SplitButton
    50035: Role.COLUMN_HEADER,
    50036: Role.TABLE,
}
