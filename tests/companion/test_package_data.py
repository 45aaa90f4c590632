"""What lies beside the modules comes along when the program is installed from a wheel."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_beside_the_modules_is_named_as_data() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = settings["package-data"]["*"]
    packages = [name.removesuffix("*") for name in settings["packages"]["find"]["include"]]
    beside = [
        path
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert len(beside) > 10
    left_out = [path for path in beside if not any(fnmatch(path.name, pattern) for pattern in patterns)]
    assert left_out == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {
        path.parent for name in ("companion", "embeddings", "index", "ui") for path in (ROOT / name).rglob("*.py")
    }
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
