"""Thirty words that are nowhere else in the world: in no file while anything runs, and after they were forgotten."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from PIL import Image
from runs import companion, environment
from vaults import vault_at

from index.keys.sealing import DamagedError
from index.pictures.cold_frames import is_cold
from index.signals.record_file import layout_of, records
from index.vault import Vault

PAGE, SALT = 4096, 16
RESERVED = (80, 48)  # SQLCipher 4: IV (16) and an HMAC of SHA-512 or SHA-256 at a page's end
WAL_HEAD, FRAME_HEAD = 32, 24
CANARIES = tuple(
    f"zq{kind}kanarie{number:02}xw" for kind in ("title", "text", "url", "frame", "brain", "tag") for number in range(5)
)
FULL_OF_IT = "zqdividerkanarie"  # many words alike: dividers of the full text hold them whole

WRITES = """
import io, signal, sys, time
from pathlib import Path
import numpy as np
from PIL import Image
from filling import put, unit
from index import changes, tagging
from index.signals.bdf import BdfAppender
from index.pictures.frames import Picture
from index.keys.sealed_file import SealedFile
from index.types import NewMoment
from index.writer import Writer
from vaults import vault_at

vault = vault_at(Path(sys.argv[1]))
canaries, full = sys.argv[2].split(), sys.argv[3]
of = {kind: [one for one in canaries if one.startswith(f"zq{kind}")] for kind in
      ("title", "text", "url", "frame", "brain", "tag")}
pixels = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
writer = Writer(vault)
for number in range(5):
    start = 1e9 + 60 * number
    exif = Image.Exif()
    exif[0x010E] = of["frame"][number]  # what a picture says of itself
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "WEBP", lossless=True, exif=exif, xmp=of["frame"][number].encode())
    picture = Picture(made.getvalue(), made.getvalue())
    new = NewMoment(start, start + 50, "app", of["title"][number], url=f"https://{of['url'][number]}.org/x")
    moment = writer.do(changes.open_moment, vault, new, picture).result()
    words = " ".join(f"{full}{n:04}" for n in range(1500)) if number == 0 else ""
    writer.do(changes.put_text, moment, f"some {of['text'][number]} words {words}").result()
    writer.do(changes.close_moment, moment, start + 50).result()
    writer.do(tagging.add, moment, of["tag"][number]).result()
    writer.do(changes.set_aside, moment, "content", f"could not: {of['text'][number]}").result()
    writer.do(changes.incident, time.time(), "reader", f"about {of['title'][number]}").result()
    put(writer, "content:m", {moment: unit(np.ones((1, 8)))})
    path = vault.eeg / f"{number}.bdf"
    device = of["brain"][number]
    file = BdfAppender(path, ch_names=("A", "B"), sfreq=256.0, time_start=start, device=device, sealer=vault.keys.eeg)
    file.append(np.zeros((2, 2560)))
    named = {"device": device, "source": device, "sfreq": 256.0, "ch_names": ("A", "B"), "time_start": start}
    writer.do(changes.open_recording, f"eeg/{number}.bdf", **named).result()
    writer.do(changes.extend_recording, f"eeg/{number}.bdf", file.samples).result()
    writer.do(changes.output, "headset", start, note=device).result()
(vault.root / "learning").mkdir()
SealedFile(vault.root / "learning" / "plan", vault).write(" ".join(canaries).encode())
print("written", flush=True)
sys.stdin.readline()  # as long as it runs, or until it is killed
file.close()
writer.close()
"""


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    made = {name: tmp_path / name for name in ("vault", "temporary", "log")}
    made["temporary"].mkdir()
    return made


def test_canaries_are_in_no_file_and_after_forgetting_nowhere_at_all(places: dict[str, Path]) -> None:
    writing = started(places)
    assert found_plain(places) == []
    os.kill(writing.pid, signal.SIGKILL)
    writing.communicate()
    assert found_plain(places) == []
    vault = vault_at(places["vault"])
    assert missing(vault) == []  # the search finds what is there, with the key
    told = companion("forget", "--since", "0", "--yes", "--vault", vault.root, TMPDIR=str(places["temporary"]))
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Forgotten: 5 moments, 5 pictures, ")
    places["log"].write_text(told.stdout + told.stderr)
    assert found_plain(places) == []
    assert found(vault) == []


def test_canaries_are_in_no_file_of_a_vault_that_was_closed(places: dict[str, Path]) -> None:
    writing = started(places)
    writing.communicate("end\n", timeout=60)
    assert writing.returncode == 0
    assert found_plain(places) == []


def started(places: dict[str, Path]) -> subprocess.Popen[str]:
    tests = Path(__file__).parents[1]
    paths = os.pathsep.join([str(tests / "index"), os.environ["PYTHONPATH"]])
    with places["log"].open("w") as log:
        writing = subprocess.Popen(
            [sys.executable, "-c", WRITES, str(places["vault"]), " ".join(CANARIES), FULL_OF_IT],
            env=environment(TMPDIR=str(places["temporary"]), PYTHONPATH=paths),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert writing.stdout is not None
    assert writing.stdout.readline() == "written\n", places["log"].read_text()
    return writing


def found_plain(places: dict[str, Path]) -> list[tuple[str, Path]]:
    """Return what is told by the bytes of any file, or by its name."""
    files = [path for place in places.values() for path in (place, *place.rglob("*")) if path.is_file()]
    raw = {path: path.read_bytes() + str(path).encode() for path in files}
    return [(what, path) for path, held in raw.items() for what in told_by(held)]


def told_by(held: bytes) -> list[str]:
    """Return which canaries, or beginnings of them, some bytes hold, and whether a piece of the picture."""
    lower = held.lower()
    words = [one for one in (*CANARIES, FULL_OF_IT) if one[:14].encode() in lower or one.encode("utf-16le") in lower]
    return words + (["pixels"] if pixels()[:48] in held else [])


def pixels() -> bytes:
    return np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8).tobytes()


def found(vault: Vault) -> list[str]:
    """Return what any file tells with the key: every page of the database, every file opened."""
    return sorted({what for held in opened(vault) for what in told_by(held)})


def missing(vault: Vault) -> list[str]:
    return sorted({*CANARIES, FULL_OF_IT, "pixels"} - set(found(vault)))


def opened(vault: Vault) -> Iterator[bytes]:
    for path in vault.root.rglob("*"):
        empty = not path.is_file() or not path.stat().st_size  # a lock, the mark of the last sweep
        if not empty and path.name not in {"keys.json", "memory.sqlite-shm"}:
            yield from (pages(vault, path) if path.name.startswith("memory.sqlite") else plain(vault, path))


def pages(vault: Vault, path: Path) -> Iterator[bytes]:
    """Yield every page of the database or its log, also those that no row is in any more."""
    raw, log = path.read_bytes(), path.name.endswith("-wal")
    key = algorithms.AES(bytes.fromhex(vault.keys.database[0][2:-1]))
    for start in range(WAL_HEAD + FRAME_HEAD if log else 0, len(raw), PAGE + FRAME_HEAD * log):
        page = raw[start : start + PAGE]
        first = int.from_bytes(raw[start - FRAME_HEAD : start - FRAME_HEAD + 4], "big") == 1 if log else start == 0
        for reserved in RESERVED:  # the wrong one spoils no more than the first block and adds to the end
            decryptor = Cipher(key, modes.CBC(page[-reserved : 16 - reserved])).decryptor()
            yield decryptor.update(page[SALT if first else 0 : -reserved])


def plain(vault: Vault, path: Path) -> Iterator[bytes]:
    """Yield what an encrypted file holds; one that no key of the vault opens fails the test."""
    name = str(path.relative_to(vault.root))
    assert not is_cold(name)  # none was grouped in this test
    if path.suffix == ".bdf":
        file = records(path, vault.keys.eeg)
        form = layout_of(file, name)
        yield file.header() + file.read(form, 0, file.count(form))
        return
    for sealer in (vault.keys.frames, vault.keys.files, vault.keys.vectors):
        for about in (name.encode(), path.name.encode()):
            try:
                held = sealer.open(path.read_bytes(), about)
            except DamagedError:
                continue
            yield held
            if name.startswith("frames/"):
                with Image.open(io.BytesIO(held)) as picture:
                    yield picture.convert("RGB").tobytes()
            return
    pytest.fail(f"{name} could not be looked into")
