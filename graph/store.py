"""The store: a folder of immutable editions and the name of the one that is served.

    store/working/                        the one read-write Oxigraph database
    store/working.edition                 the edition that it equals; absent while it is written
    store/editions/000042/data/           an Oxigraph database: hard links to what has not changed
    store/editions/000042/edition.json    what it was made from; locked while it is in use
    store/current                         the edition that is served
    store/index/000042.sqlite             names and texts of an edition, to be searched
    store/lock                            held by a writer
    store/dumps/000042/                   files of whole editions (`graph.dump`)
    store/tokens.json                     hashes of the tokens that may write over HTTP
    store/retired.sqlite                  IRIs of ours that are gone (`graph.retirement`)

This module reads; `graph.writing` writes. A reader sees the old edition or the new one,
whoever writes or dies meanwhile.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from pyoxigraph import Store as Database

from graph.errors import DamagedStore, EditionGone, StoreError
from graph.oxigraph import OxigraphEngine
from graph.representation import Writer
from ontology import CANONICAL_BASE

LAYOUT = 2
NAME = re.compile(r"[0-9]{6,}")
_OURS = frozenset(
    {"editions", "current", "current.new", "lock", "working", "working.new", "working.edition"}
    | {"tokens.json", "tokens.json.new", "tokens.lock", "dumps", "index"}
    | {"retired.sqlite", "retired.sqlite-journal"}
)
_OPEN_ATTEMPTS = 20


@dataclass(frozen=True)
class Edition:
    """One edition: its name, and how it came to be.

    `fingerprint`, `articles` and `built` (names of graphs) are those of the last build;
    `quads`, `added` and `removed` are None where nobody counted. `made` is an
    `xsd:dateTime`.
    """

    name: str
    fingerprint: str = ""
    base: str = CANONICAL_BASE
    quads: int | None = None
    articles: tuple[str, ...] = ()
    built: tuple[str, ...] | None = None
    made: str = ""
    by: str = "build"
    added: int | None = None
    removed: int | None = None
    layout: int = LAYOUT


class OpenEdition:
    """An edition's database, open read-only. While it is open nobody removes its files."""

    def __init__(self, folder: Path, edition: Edition) -> None:
        """Open it. Raises `FileNotFoundError` when it is not there, `DamagedStore` when damaged."""
        self.edition = edition
        self._lock = os.open(folder / "edition.json", os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            if not (folder / "edition.json").exists():  # removed before we held it
                raise FileNotFoundError(folder)
            try:
                self.database = Database.read_only(str(folder / "data"))
            except (OSError, RuntimeError) as error:
                reason = f"edition {edition.name} cannot be read: {error}"
                raise DamagedStore(folder.parent.parent, reason) from error
        except BaseException:
            os.close(self._lock)
            self._lock = -1
            raise

    def close(self) -> None:
        """Let go of it."""
        if self._lock >= 0:
            del self.database
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_lock", -1) >= 0:
            self.close()


class EditionStore:
    """The editions below one folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.folder = folder
        self.editions_folder = folder / "editions"
        self.current_file = folder / "current"
        self._current_path = str(self.current_file)

    def current(self) -> Edition | None:
        """The edition that is served, or none in a folder that is empty or absent.

        Raises `StoreError` when the folder holds something else.
        """
        while (name := self.current_name()) is not None:
            try:
                return self.edition(name)
            except DamagedStore:
                if self.current_name() == name:
                    raise  # else it was replaced and removed between the two
        return None

    def current_name(self) -> str | None:
        """The name of the edition that is served; cheap."""
        try:
            return self.current_file.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            self.refuse_foreign_folder()
            return None
        except NotADirectoryError as error:
            raise StoreError(f"{self.folder} is a file, not a folder.") from error
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {error}") from error

    def mark(self) -> tuple[int, int]:
        """What changes whenever `current` is replaced: one `stat`."""
        try:
            status = os.stat(self._current_path)  # noqa: PTH116  (asked for each request)
        except OSError:
            return 0, 0  # reading it says what is amiss
        return status.st_ino, status.st_mtime_ns

    def edition(self, name: str) -> Edition:
        """An edition by its name. Raises `StoreError` when it is damaged or from the future."""
        path = self.editions_folder / name / "edition.json"
        try:
            if not NAME.fullmatch(name):
                raise ValueError(f"“{name}” names no edition")
            written = json.loads(path.read_text(encoding="utf-8"))
            layout = written["layout"]
            if not isinstance(layout, int) or layout <= LAYOUT:
                known = {field.name for field in fields(Edition)}
                lists = {n: tuple(v) for n, v in written.items() if isinstance(v, list)}
                told = {n: v for n, v in (written | lists).items() if n in known}
                return Edition(**(told | {"layout": int(layout)}))
        except FileNotFoundError as error:
            raise DamagedStore(self.folder, f"{path} is missing") from error
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedStore(self.folder, f"{path}: {error}") from error
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {error}") from error
        raise StoreError(
            f"{self.folder} was written by a newer version of Shuangma. Use that version, or "
            "export with it and load here."
        )

    def editions(self) -> list[Edition]:
        """All editions that are kept and whole, the oldest first."""
        current = self.current_name() or ""
        last = int(current) if NAME.fullmatch(current) else None
        found = []
        for name in self.names():
            if last is not None and int(name) > last:
                break  # not published yet
            try:
                found.append(self.edition(name))
            except DamagedStore:
                continue
        return found

    def names(self) -> list[str]:
        """The names of all folders of editions, in order."""
        try:
            paths = list(self.editions_folder.iterdir())
        except FileNotFoundError:
            return []
        return sorted((p.name for p in paths if NAME.fullmatch(p.name)), key=int)

    def open(self, name: str | None = None) -> OpenEdition:
        """Open an edition, or the one that is served.

        Raises `EditionGone` for one that is not kept and `StoreError` when there is none.
        """
        for _ in range(_OPEN_ATTEMPTS):
            try:
                edition = self.edition(name) if name else self.current()
            except DamagedStore as error:
                if name and not self._is_kept(name):
                    raise EditionGone(name) from error
                raise
            if edition is None:
                raise StoreError(
                    f"There is no dataset in {self.folder}. "
                    f"Run `shuangma build --store {self.folder}`."
                )
            try:
                return OpenEdition(self.editions_folder / edition.name, edition)
            except FileNotFoundError:
                continue  # it was replaced and removed between the two
        raise StoreError(f"{self.folder} changes faster than it can be read. Try again.")

    def engine(self, writer: Writer | None = None, name: str | None = None) -> OxigraphEngine:
        """An engine in this process over the edition that is served, or a named one."""
        opened = self.open(name)
        engine = OxigraphEngine(opened.database, opened.edition.name, writer)
        engine.keeps = opened  # type: ignore[attr-defined]
        return engine

    def _is_kept(self, name: str) -> bool:
        described = self.editions_folder / name / "edition.json"  # gone first when it is removed
        return bool(NAME.fullmatch(name)) and described.exists()

    def refuse_foreign_folder(self) -> None:
        """Never write into a folder that holds somebody's other files."""
        try:
            if self.folder.is_dir():
                present = (path.name for path in self.folder.iterdir())
                foreign = sorted(name for name in present if name not in _OURS)
                if foreign and not self.current_file.exists():
                    raise StoreError(
                        f"{self.folder} holds other files ({', '.join(foreign[:3])}). "
                        "Name an empty folder."
                    )
            elif self.folder.exists() and not self.folder.is_dir():  # it may just have been made
                raise StoreError(f"{self.folder} is a file, not a folder.")
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {error}") from error


def difference(store: EditionStore, old: str | None, new: str | None) -> Iterator[tuple[str, str]]:
    """The quads that tell two editions apart: ("-" or "+", a line of N-Quads), in no order.

    Holds the old side's lines in memory.
    """
    with store.open(old) as before, store.open(new) as after:
        seen = {str(quad) for quad in before.database}
        for quad in after.database:
            line = str(quad)
            if line in seen:
                seen.discard(line)
            else:
                yield "+", line
    for line in seen:
        yield "-", line
