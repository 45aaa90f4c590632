"""A headset on LSL whose first channel counts samples; run as a program.

``counting_outlet.py NAME SECONDS SILENCE``: streams until it is told to fall silent by a line on stdin, stays silent
for SILENCE seconds, and streams on.
"""

from __future__ import annotations

import sys
import threading
import time

import pylsl

SFREQ = 128.0


def main() -> None:
    name, silence = sys.argv[1], float(sys.argv[2])
    pylsl.set_config_content("[multicast]\nResolveScope = machine\n[log]\nlevel = -3\n")
    info = pylsl.StreamInfo(name, "EEG", 2, SFREQ, pylsl.cf_float32, name)
    outlet = pylsl.StreamOutlet(info)
    hush = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), hush.set()), daemon=True).start()
    count, due = 0, time.monotonic()
    print("streaming", flush=True)
    while True:
        if hush.is_set():
            hush.clear()
            time.sleep(silence)
            due = time.monotonic()
            print("streaming again", flush=True)
        outlet.push_sample([float(count), float(count % 50)])
        count, due = count + 1, due + 1 / SFREQ
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
