"""A real Thunderbird on a desktop of its own, with one account and Companion's add-on."""

from __future__ import annotations

import json
import re
import subprocess
import time
from contextlib import suppress
from typing import Self

from desktop import PATIENCE, Desktop, DesktopError, end, wait_until
from real_server import HOST, USER

from companion.thunderbird import install

LOCAL = "mailbox://nobody@Local%20Folders"
NEW_TITLE = "Write: (no subject) - Thunderbird"
NEW = f"^{re.escape(NEW_TITLE)}$"
MAIN = "^(ann - )?Mozilla Thunderbird$"
TRIES = 4
SLOW = 60.0  # seconds until it has started
PREFERENCES: dict[str, object] = {
    "app.donation.eoy.version.viewed": 9999,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.autoDisableScopes": 0,  # what lies in the profile is installed
    "extensions.startupScanScopes": 15,
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.account.account2.server": "server2",
    "mail.compose.attachment_reminder": False,
    "mail.identity.id1.draft_folder": f"{LOCAL}/Drafts",
    "mail.identity.id1.fcc": False,
    "mail.identity.id1.fullName": "Ann",
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.useremail": USER,
    "mail.identity.id1.valid": True,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.server.server1.hostname": "nowhere",
    "mail.server.server1.name": "ann",
    "mail.server.server1.type": "none",
    "mail.server.server1.userName": "ann",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.name": "Local Folders",
    "mail.server.server2.type": "none",
    "mail.server.server2.userName": "nobody",
    "mail.shell.checkDefaultClient": False,
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.authMethod": 1,
    "mail.smtpserver.smtp1.hostname": HOST,
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.smtpservers": "smtp1",
    "mail.spotlight.firstRunDone": True,
    "mail.warn_on_send_accel_key": False,
    "mailnews.start_page.enabled": False,
    "toolkit.telemetry.enabled": False,
}


class Thunderbird:
    """Started at once; written with by keyboard, as its person would."""

    def __init__(self, desktop: Desktop, *, port: int, html: bool) -> None:
        self._desktop = desktop
        self._profile = desktop.home / "profile"
        (self._profile / "extensions").mkdir(parents=True)
        (self._profile / "extensions" / f"{install.ADD_ON}.xpi").write_bytes(install.packed())
        chosen = PREFERENCES | {"mail.smtpserver.smtp1.port": port, "mail.identity.id1.compose_html": html}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in chosen.items()]
        (self._profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self._program = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        end(self._program)

    def kill(self) -> None:
        """Kill it as a crash would, and start it again."""
        self._program.kill()
        self._program.wait(20)
        self._program = self._start()

    def write(self, subject: str, text: str) -> str:
        """Write a mail to bob and leave it open; returns its window."""
        window = self._new()
        self._desktop.run("xdotool", "type", "--delay", "10", "bob@example.org\t")
        time.sleep(0.3)  # the address becomes one
        self._desktop.run("xdotool", "key", "Tab")
        self._desktop.run("xdotool", "type", "--delay", "10", f"{subject}\t{text}")
        wait_until(lambda: self._desktop.search("--name", f"^Write: {subject} "), f"the subject {subject}")
        return window

    def send(self, subject: str, text: str) -> str:
        """Write a mail to bob and press Send; returns its window."""
        window = self.write(subject, text)
        self._desktop.press("ctrl+Return")
        return window

    def drafts(self) -> str:
        """Return what lies among the drafts, mails that are gone left out as far as it marks them."""
        folder = self._profile / "Mail" / "Local Folders" / "Drafts"
        return folder.read_text("utf-8") if folder.exists() else ""

    def _new(self) -> str:
        """Open a mail; just started it does not hear the first keys."""
        for _ in range(TRIES):
            self._desktop.activate(wait_until(self._main, "Thunderbird's main window"))
            self._desktop.press("ctrl+n")
            with suppress(DesktopError):
                wait_until(lambda: self._desktop.search("--name", NEW), "a new mail", seconds=PATIENCE / TRIES)
                return self._desktop.await_active(NEW_TITLE)
        raise DesktopError("Thunderbird opens no new mail")

    def _main(self) -> str:
        return next(iter(self._desktop.search("--name", MAIN)), "")

    def _start(self) -> subprocess.Popen[bytes]:
        started = self._desktop.start("thunderbird", "--profile", str(self._profile), "--no-remote")
        wait_until(self._main, "Thunderbird", seconds=SLOW)
        return started
