"""The guard in a process of its own, to be killed: what it is told comes by standard input, a line each."""

from __future__ import annotations

import json
import sys
import time
from base64 import b64decode
from dataclasses import asdict
from pathlib import Path

from companion.sending.agitation import Signals
from companion.sending.guard import SendGuard
from companion.sending.types import Account, Security, SendingError, SendSettings
from index.keys.sealing import AesSealer


def main() -> int:
    told = json.loads(sys.stdin.readline())
    account = Account("work", told["host"], told["port"], Security(told["security"]), told["local_port"])
    guard = SendGuard(
        Path(told["folder"]),
        AesSealer({0: b64decode(told["key"])}, current=0),
        SendSettings(on=True, accounts=(account,), hold_seconds=told["hold_seconds"]),
        signals=lambda: Signals(tense=0.9),
        clock=time.time,
        on_incident=lambda _part, sentence: print(sentence, file=sys.stderr, flush=True),
    )
    guard.start()
    print("ready", flush=True)
    for line in sys.stdin:
        verb, _, mail = line.strip().partition(" ")
        try:
            if verb == "send":
                guard.send_now(mail)
            elif verb == "drop":
                guard.drop(mail)
        except SendingError as error:
            print(error, file=sys.stderr, flush=True)
        if verb == "quit":
            break
        print(json.dumps([asdict(one) for one in guard.held()]), flush=True)
    guard.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
