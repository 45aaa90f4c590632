"""`companion recall` on the demo's vault: its own time, models warm, for each way of asking."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from companion.figures import Bar, report

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from kept_secrets import keep_in

SLOWEST = 0.3  # seconds
QUESTIONS = {
    "words, verbatim": ["an instalment rises by eleven percent"],
    "words, described": ["how does the sound of an aeroplane get silenced"],
    "state": ["--like", "2"],
    "thought": ["--thought"],
}


def main() -> int:
    companion = [sys.executable, "-W", "ignore", "-m", "companion"]
    with tempfile.TemporaryDirectory() as folder:
        keep_in(Path(folder) / "secrets.json")  # the person's keyring is not for a throw-away vault
        vault = str(Path(folder) / "vault")
        made = subprocess.run([*companion, "demo", "--keep", vault], capture_output=True, text=True, check=False)
        if made.returncode:
            print(f"demo: the demo did not run: {made.stderr}", file=sys.stderr)
            return 2
        seconds = {}
        for name, question in QUESTIONS.items():
            asked = [*companion, "recall", "--vault", vault, "--json", *question]
            answer = subprocess.run(asked, capture_output=True, text=True, check=False)
            if answer.returncode:
                print(f"demo: {' '.join(question)} was not answered: {answer.stderr}", file=sys.stderr)
                return 2
            seconds[name] = json.loads(answer.stdout)["seconds"]
    return report("demo", {"seconds": seconds}, [Bar("slowest answer, seconds", max(seconds.values()), SLOWEST)])


if __name__ == "__main__":
    sys.exit(main())
