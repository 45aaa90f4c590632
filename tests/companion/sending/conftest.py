"""A person with a mail program, a real server, and the guard between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mail_desk import Desk
from mail_person import Person
from real_server import Authority, MailServer

from companion.sending.types import Security
from index.store import Store


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[MailServer]:
    with MailServer(authority, Security.TLS) as server:
        yield server


@pytest.fixture
def person(tmp_path: Path, server: MailServer, authority: Authority) -> Iterator[Person]:
    person = Person(tmp_path, server, authority)
    yield person
    person.guard.stop()


@pytest.fixture
def plain(authority: Authority) -> Iterator[MailServer]:
    with MailServer(authority, Security.NONE) as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, store: Store, plain: MailServer) -> Iterator[Desk]:
    made = Desk(tmp_path, store, plain)
    yield made
    made.guard.stop()
