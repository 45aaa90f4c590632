from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from companion.cli.recall import as_record
from companion.cli.root import COMMANDS, root
from companion.settings import Settings
from index.types import Hit, Moment

DOCS = Path(__file__).parents[2] / "docs"
TOLD_BY_HELP = {"--help", "--version"}


@pytest.fixture(scope="module")
def guide() -> str:
    return (DOCS / "user-guide.md").read_text(encoding="utf-8")


def subcommands(name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command, or those of a group, as they are typed."""
    found = root.get_command(click.Context(root), name)
    assert found is not None
    if not isinstance(found, click.Group):
        yield f"companion {name}", found
        return
    context = click.Context(found)
    for each in found.list_commands(context):
        command = found.get_command(context, each)
        assert command is not None
        yield f"companion {name} {each}", command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_guide(guide: str, name: str) -> None:
    missing = [typed for typed, _ in subcommands(name) if not re.search(rf"{re.escape(typed)}\b", guide)]
    assert not missing


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_stands_in_the_guide(guide: str, name: str) -> None:
    spoken = {option for _, command in subcommands(name) for each in command.params for option in each.opts}
    options = {option for option in spoken if option.startswith("--")} - TOLD_BY_HELP
    missing = sorted(option for option in options if not re.search(rf"{re.escape(option)}\b(?!-)", guide))
    assert not missing


def test_every_setting_stands_in_the_guide(guide: str) -> None:
    assert not [field.name for field in fields(Settings) if f"`{field.name}`" not in guide]


def test_every_key_of_a_hit_stands_in_the_guide(guide: str) -> None:
    moment = Moment(1, 0.0, 1.0, "app", "title", "", 0, "screen", "frames/1.frame", "text")
    keys = as_record(Hit(moment, 0.5, "text", "reason"))
    assert not sorted(key for key in keys if f"`{key}`" not in guide)


@pytest.mark.parametrize("page", ["user-guide.md", "architecture.md"])
def test_every_page_and_picture_that_is_linked_is_there(page: str) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", (DOCS / page).read_text(encoding="utf-8"))
    assert linked
    assert not [link for link in linked if not (DOCS / link).exists()]
