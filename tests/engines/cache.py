"""Where fetched engines are kept: `.cache/engines/` of the checkout, which ignores itself."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "engines"


def ignored(folder: Path) -> Path:
    """The folder, made if need be, and kept out of git by a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    return folder


@contextmanager
def filling(name: str) -> Iterator[Path]:
    """A new folder that becomes `.cache/engines/NAME` when its block ends without an error.

    So an engine is in the cache whole or not at all; of two that fill it, the first wins.
    """
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=ignored(CACHE)))
    try:
        yield folder
        if not (CACHE / name).exists():
            folder.rename(CACHE / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
