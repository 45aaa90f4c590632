from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from companion import giving_back
from companion.giving_back import GivingBack


def test_memory_is_given_back_again_and_again_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    thrice, calls = threading.Event(), list[int]()

    def give_back() -> None:
        calls.append(1)
        if len(calls) >= 3:
            thrice.set()

    monkeypatch.setattr(giving_back, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(giving_back, "giving_back", lambda: give_back)
    giving = GivingBack()
    giving.start()
    assert thrice.wait(30)
    giving.stop()
    done = len(calls)
    assert not any(thread.name == "giving back" for thread in threading.enumerate())
    assert len(calls) == done


def test_the_c_librarys_own_call_can_be_made() -> None:
    giving_back.giving_back()()


HEAPS = """
import ctypes, sys, threading
from companion import giving_back

libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes, libc.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
if sys.argv[1] == "shared":
    giving_back.share_one_heap()
together = threading.Barrier(6)


def take() -> None:
    together.wait()
    libc.malloc(10_000)
    together.wait()


threads = [threading.Thread(target=take) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
told = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, told)
libc.fclose(told)
"""


@pytest.mark.skipif(not giving_back._is_glibc(), reason="other C libraries have other heaps")
def test_threads_share_one_heap(tmp_path: Path) -> None:
    heaps = {}
    for how in ("shared", "apart"):
        told = tmp_path / how
        subprocess.run([sys.executable, "-c", HEAPS, how, str(told)], check=True, timeout=60)
        heaps[how] = told.read_text().count("<heap nr=")
    assert heaps["shared"] == 1
    assert heaps["apart"] > 1


def test_what_never_began_can_be_ended() -> None:
    GivingBack().stop()
