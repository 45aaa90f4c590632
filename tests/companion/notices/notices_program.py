"""Holds notifications until it is killed; started by a test."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from notices_desk import OF_DUNST
from vaults import vault_at

from companion.notices.notices import Notices
from index.store import Store
from index.writer import Writer


def main() -> None:
    with Writer(vault_at(Path(sys.argv[1]))) as writer:
        notices = Notices(writer, Store(writer.vault), os.environ, on_incident=lambda *_: None)
        notices.start()
        print("ready" if notices.focus_began(OF_DUNST, "dunst") else "refused", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
