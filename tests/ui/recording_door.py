"""A way into a vault that writes down what it is asked: no keyring, no key file, no waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from companion.ports import EnginePort
from companion.settings import Settings
from index.keys.keyfile import WrongSecretError
from index.keys.keys import Keys
from index.types import VaultError
from index.vault import Vault
from ui.vault.door import Door, Facts, TellCode

NEW = Facts(exists=False, passphrase=False, keyring=True, idle=True)
NEW_WITHOUT_KEYRING = Facts(exists=False, passphrase=False, keyring=False, idle=True)
BY_KEYRING = Facts(exists=True, passphrase=False, keyring=True, idle=True)
BY_PASSPHRASE = Facts(exists=True, passphrase=True, keyring=True, idle=True)
RIGHT = "a long passphrase"
CODE = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH"


@dataclass
class RecordingDoor:
    """Opens with `RIGHT`."""

    make: Callable[[Settings], EnginePort]
    known: Facts = BY_KEYRING
    code: str = ""
    reopened: EnginePort | None = None
    problem: VaultError | None = None
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def facts(self, root: Path) -> Facts:
        self.calls.append(("facts", root))
        if self.problem is not None:
            raise self.problem
        return self.known

    def enter(self, settings: Settings, *, passphrase: str, tell_code: TellCode) -> EnginePort:
        self.calls.append(("enter", passphrase))
        if self.code:
            tell_code(self.code)
        return self.make(settings)

    def unlock(self, root: Path, passphrase: str) -> Vault:
        self.calls.append(("unlock", root, passphrase))
        if passphrase != RIGHT:
            raise WrongSecretError("That is not the vault's passphrase.")
        return Vault(root, Keys.random())

    def build(self, settings: Settings, vault: Vault) -> EnginePort:
        assert vault.keys
        self.calls.append(("build", settings))
        assert self.reopened is not None
        return self.reopened

    def set_passphrase(self, root: Path, current: str, new: str) -> None:
        self.calls.append(("set", root, current, new))
        if current not in {"", RIGHT}:
            raise WrongSecretError("That is not the vault's passphrase.")

    def new_code(self, root: Path, current: str) -> str:
        self.calls.append(("code", root, current))
        return CODE


_door: type[Door] = RecordingDoor  # mypy compares them
