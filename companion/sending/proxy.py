"""Where mail programs of this machine find us: a port of 127.0.0.1 for each account."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from functools import partial

from companion.sending.dialogue import Dialogue
from companion.sending.replies import send_off
from companion.sending.types import Account, SendingError

HERE = "127.0.0.1"
STOP_SECONDS = 10.0
AT_ONCE = 20  # mail programs' connections; a person's few programs open far fewer

Speak = Callable[[Account, asyncio.AbstractEventLoop], Dialogue]


class Proxy:
    """Listens, on a thread of its own.

    Parameters
    ----------
    speak
        Makes what speaks with one mail program.

    """

    def __init__(self, accounts: Sequence[Account], speak: Speak) -> None:
        self._accounts, self._speak = accounts, speak
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._dialogues: set[Dialogue] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail proxy", daemon=True)
        # It names senders and recipients, which belong in no log.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Listen at every account's port; raises `SendingError`."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        except SendingError:
            self.stop()
            raise

    def stop(self) -> None:
        """Listen no more. A mail that is being handed to a server is waited for, for a while."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        wait([dialogue.gone for dialogue in list(self._dialogues)], timeout=STOP_SECONDS)
        for dialogue in list(self._dialogues):
            dialogue.abort()
        wait([dialogue.gone for dialogue in list(self._dialogues)], timeout=STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _listen(self) -> None:
        for account in self._accounts:
            try:
                server = await self._loop.create_server(partial(self._met, account), HERE, account.local_port)
            except OSError as error:
                raise SendingError(
                    f"Port {account.local_port}, where your mail program is to find {account.name}, cannot be used "
                    f"({error.strerror}). If another program has it, do not let your mail program log in there: choose "
                    "another port here and in your mail program."
                ) from error
            self._servers.append(server)

    def _met(self, account: Account) -> asyncio.Protocol:
        if len(self._dialogues) >= AT_ONCE:
            return _Full()
        dialogue = self._speak(account, self._loop)
        self._dialogues.add(dialogue)
        dialogue.gone.add_done_callback(lambda _: self._dialogues.discard(dialogue))
        return dialogue

    async def _close(self) -> None:
        for server in self._servers:
            await stop_listening(server)
        for dialogue in list(self._dialogues):
            dialogue.break_off()
        await asyncio.sleep(0)  # not for `wait_closed`, which from Python 3.12 on waits for the dialogues too


async def stop_listening(server: asyncio.Server) -> None:
    """Close it, once whoever is being let in is in: asyncio leaves their socket open where it is closed in between."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, asyncio.SelectorEventLoop):  # the other one, of Windows, knows no readers
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
    for _ in range(2):  # the connection is made, and told
        await asyncio.sleep(0)
    server.close()


class _Full(asyncio.Protocol):
    """Sends off whoever is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        send_off(transport, "421 4.7.0 Too many connections at once. Try again later")
