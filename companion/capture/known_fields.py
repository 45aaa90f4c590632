"""Which fields of programs were password fields once, by the names that their programs have for them.

A field that shows what it holds is one of two things: the same object that says something else of itself now, or, in
browsers, another object in its stead. The second has no name that was seen before; so, once a password field is gone
from a page without a trace, every field of that page that was not seen beside it is taken for the one it became.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from companion.capture.accessible.reading import Fields
from companion.capture.running import Run, run_of

#: Fields that are remembered of all programs together, and of one; programs and pages of one from which some are gone.
FIELDS, OF_ONE, PROGRAMS, PAGES = 8_192, 1_024, 64, 64

#: Password fields of one page that are asked for.
ASKED = 64


class _Names(OrderedDict[str, str]):
    """Names with what is known of them; the oldest go where there are too many."""

    def keep(self, name: str, about: str, most: int) -> None:
        self[name] = about
        self.move_to_end(name)
        while len(self) > most:
            self.popitem(last=False)


@dataclass(slots=True)
class _Program:
    """What is known of one.

    ``here``: password fields and their pages. ``lost``: how many of a page went. ``doubtful``: some of the page that
    was seen last; ``asked``: whether that is known, or they only did not answer.
    """

    here: _Names = field(default_factory=_Names)
    plain: _Names = field(default_factory=_Names)
    lost: Counter[str] = field(default_factory=Counter)
    doubtful: bool = False
    asked: bool = True


class KnownFields:
    """Remembers fields from one reading to the next, for as long as their programs run. Safe to be used by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._private = _Names()
        self._programs: OrderedDict[Run, _Program] = OrderedDict()

    def of(self, pid: int, page: str) -> Collection[str]:
        """Return the password fields that were seen on a page (`Fields.page`) and have not been found gone."""
        with self._lock:
            program = self._programs.get(run_of(pid))
            pages = program.here if program is not None else _Names()
            return [name for name, seen_on in pages.items() if seen_on == page][-ASKED:]

    def see(self, pid: int, fields: Fields) -> bool:
        """Take in a reading's fields; returns whether a password field went since the one before, or nobody can say."""
        if not fields.page:
            return False
        with self._lock:
            program = self._program(pid)
            unsure = self._missing(program, fields)
            self._found(program, fields)
            program.asked = fields.asked
            program.doubtful = unsure or program.lost[fields.page] > 0
            if not program.doubtful:
                for name in fields.written:
                    program.plain.keep(name, "", OF_ONE)
            return unsure

    def suspect(self, pid: int, names: Iterable[str]) -> set[str]:
        """Return those of some fields in view that were password fields or may be what became of one.

        They stay so, but where it was not known.
        """
        with self._lock:
            program = self._program(pid)
            found = {name for name in names if not self._may_be_kept(program, name)}
            for name in found - {""} if program.asked else ():
                self._private.keep(name, "", FIELDS)
            return found

    def was_private(self, name: str) -> None:
        """Take in that a field says of itself that it is a password field."""
        with self._lock:
            self._private.keep(name, "", FIELDS)

    def may_be_kept(self, pid: int, name: str) -> bool:
        """Whether what is typed into a field of a program may be kept."""
        with self._lock:
            return self._may_be_kept(self._program(pid), name)

    def _may_be_kept(self, program: _Program, name: str) -> bool:
        return name not in self._private and (not program.doubtful or name in program.plain)

    def _missing(self, program: _Program, fields: Fields) -> bool:
        """Count the password fields of a page that are gone; returns whether any went now, or that is not known."""
        seen = {*fields.private, *fields.written, *fields.there}
        gone = [name for name, page in program.here.items() if page == fields.page and name not in seen]
        if fields.asked and gone:
            for name in gone:
                del program.here[name]
            program.lost[fields.page] += len(gone)
            for page in list(program.lost)[:-PAGES]:
                del program.lost[page]
        return bool(gone)

    def _found(self, program: _Program, fields: Fields) -> None:
        """Remember password fields; those that were not seen before can be what became of some that are gone."""
        fresh = sum(name not in program.here for name in fields.private)
        for name in fields.private:
            program.here.keep(name, fields.page, OF_ONE)
            self._private.keep(name, "", FIELDS)
        if program.lost[fields.page] <= fresh:
            del program.lost[fields.page]
        else:
            program.lost[fields.page] -= fresh

    def _program(self, pid: int) -> _Program:
        run = run_of(pid)
        if run not in self._programs:
            for ended in [one for one in self._programs if run_of(one[0]) != one]:
                del self._programs[ended]
            self._programs[run] = _Program()
        self._programs.move_to_end(run)
        while len(self._programs) > PROGRAMS:
            self._programs.popitem(last=False)
        return self._programs[run]
