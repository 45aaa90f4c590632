from __future__ import annotations

from collections.abc import Iterator

import pytest
from notices_desk import NoticesDesk, notices_desk

from index.store import Store
from index.writer import Writer


@pytest.fixture
def desk(writer: Writer, store: Store) -> Iterator[NoticesDesk]:
    with notices_desk(writer, store) as made:
        yield made
