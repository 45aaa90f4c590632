"""What was read of a window."""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.capture.types import Rect


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of text as the program shows it.

    Attributes
    ----------
    role
        AT-SPI's number, see `companion.capture.accessible.roles.Role`.
    rect
        Where it lies on the desktop, clipped to what is in view; None where the program does not say.
    paragraph
        Pieces with the same number are one flow of text: nothing stands between them.
    document, editable, cell
        Whether it is part of a page with an address; whether the person writes into it; whether it is (in) a cell.
    object
        Its program's own name of a field that the person writes into; empty where it has none. Says nothing of what the
        block shows, and does not count when two are compared.

    """

    role: int
    text: str
    rect: Rect | None
    paragraph: int
    document: bool = False
    editable: bool = False
    cell: bool = False
    object: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one window by the names their program has for them, which it never gives twice.

    Attributes
    ----------
    page
        Which window, and which document in it.
    private, written
        Password fields in view, and the other fields in view that can be written into, empty ones too.
    there
        Of the password fields that were asked for and are not in view as such: those that are still there, whatever
        they are now.
    asked
        Whether all of these answered, or said that they are none any more.

    """

    page: str = ""
    private: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    asked: bool = True


#: Of a program that has no names for its fields.
UNNAMED = Fields()


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one window.

    Attributes
    ----------
    text
        All blocks in reading order; lines end with a line feed, cells of a row are a tab apart.
    url, document_title
        Of the document in view, empty where there is none or it does not say.
    private
        Where password fields lie on the desktop. Whole only when ``complete``.
    complete
        Whether everything in view was read. False when a bound cut it short, when an object did not say what it is,
        or when the window changed its title meanwhile; there can then be password fields that ``private`` lacks.
    within
        Addresses of pages that the page holds in frames of its own, empty for one that does not tell its address.
    name
        What the program calls the window, which need not be its title: there alone Chromium says that it is private.
    told
        Whether it says at all what it shows: a browser that nobody asked at its start has a window with nothing in it.
    fields
        By which password fields are known again.
    drawn
        Where pictures lie on the desktop, and whatever else is drawn and not told, also over blocks of text.
    hidden
        What is blackened beside password fields.
    ratio
        Pixels of the desktop in one unit of the program's own; 0 where that is not known.
    writing
        Whether the person writes into a field that is in no page, such as a browser's bar: what hangs below it then is
        told by few programs.

    """

    text: str
    url: str
    document_title: str
    blocks: tuple[Block, ...]
    private: tuple[Rect, ...]
    complete: bool
    name: str = ""
    within: tuple[str, ...] = ()
    told: bool = True
    fields: Fields = UNNAMED
    drawn: tuple[Rect, ...] = ()
    hidden: tuple[Rect, ...] = ()
    ratio: float = 0.0
    writing: bool = False


#: Of a program that tells nothing.
UNTOLD = Reading("", "", "", (), (), complete=True, told=False)
