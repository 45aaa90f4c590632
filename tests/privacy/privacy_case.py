"""One case: a canary in words, one in pixels, and whether the vault holds any of them afterwards."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from privacy_alike import holds
from privacy_vault import GREEN, MAGENTA, WORDS, Colour, Found, found_in, made_secrets, pictures_in, plain

from companion.clearing.remote_reading import RemoteReader
from index.pictures import frames

if TYPE_CHECKING:
    from privacy_place import Place

_words, _numbers = iter(WORDS), count()  # none is used twice: the vault is that of all cases


class Case:
    """Looks for its canaries in what came into the vault since it began.

    Attributes
    ----------
    word, colour
        What is shown where nobody may see it.
    harmless
        A word that may be seen, and that shows in a picture or text that was stored.
    key, password, card
        Made-up secrets that no other case has.
    found
        What `kept_out` or `seen` found; None before.

    """

    def __init__(self, place: Place, name: str, *, control: bool) -> None:
        self.place, self.name, self.control = place, name, control
        self.word, self.harmless = next(_words), next(_words)
        self.colour: Colour = GREEN if "firefox" in name else MAGENTA  # its own sign is nearly magenta
        self.key, self.password, self.card = made_secrets(next(_numbers))
        self.found: Found | None = None
        self._pictures = pictures_in(place.vault)
        self._moments = self._newest()

    def kept_out(self, *further: str) -> None:
        """Fail when the vault holds a canary, or one of ``further`` secrets."""
        found = self._look(*further)
        assert (found.text, found.pixels) == ([], []), self.stored()

    def seen(self) -> Found:
        """Return where the canaries are, for a control."""
        return self._look()

    def stored(self) -> list[tuple[str, str, str, str, bool]]:
        """Return what this case brought into the vault: program, title, address, text, whether there is a picture."""
        sql = "SELECT app, title, url, text, frame <> '' FROM moments WHERE id > ? ORDER BY id"
        return [(*row[:4], bool(row[4])) for row in self.place.store.rows(sql, [self._moments])]

    def shows(self, word: str) -> bool:
        """Whether a word can be read off any picture that this case brought into the vault."""
        names = sorted(name for name in pictures_in(self.place.vault) - self._pictures if name.endswith(".frame"))
        images = [frames.decode(frames.read(self.place.vault, name)) for name in names]
        read = RemoteReader(self.place.reader)
        lines = [line for image in images for line in read(image, [(0, 0, image.shape[1], image.shape[0])])]
        return holds(plain("".join(line.text for line in lines)), plain(word))

    def pictured(self) -> bool:
        """Whether any picture came into the vault."""
        return bool(pictures_in(self.place.vault) - self._pictures)

    def _newest(self) -> int:
        return int(self.place.store.value("SELECT coalesce(max(id), 0) FROM moments"))

    def _look(self, *further: str) -> Found:
        self.found = found_in(self.place.store, [self.word, *further], self.colour, before=self._pictures)
        return self.found
