"""The store: a folder of immutable editions and the name of the one that is served.

    store/editions/000042/data/           an Oxigraph database
    store/editions/000042/edition.json    what it was built from
    store/current                         the edition that is served
    store/lock                            held by a writer

A writer makes a new edition beside the others and then replaces `current` in one
step, so a reader sees the old edition or the new one, and a writer that dies
leaves nothing but a folder that the next one removes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from pyoxigraph import Quad
from pyoxigraph import Store as Database

from graph.engine import OxigraphEngine
from graph.errors import StoreError

_KEPT = 3
_LOCK_TIMEOUT_S = 30
_LAYOUT = 1
_NAME = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True)
class Edition:
    """One edition: its name, and what it was built from."""

    name: str
    fingerprint: str
    base: str
    quads: int
    articles: tuple[str, ...] = ()
    layout: int = _LAYOUT


class _DamagedStore(StoreError):
    """What `current` names is not an edition: a build mends that."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} is damaged: {reason}. Build it again.")


class EditionStore:
    """The editions below one folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.folder = folder
        self._editions = folder / "editions"
        self._current = folder / "current"

    def current(self) -> Edition | None:
        """The edition that is served, or none in a folder that is empty or absent.

        Raises `StoreError` when the folder holds something else.
        """
        try:
            name = self._current.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            self._refuse_foreign_folder()
            return None
        except NotADirectoryError as error:
            raise StoreError(f"{self.folder} is a file, not a folder.") from error
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {error}") from error
        return self._edition(name)

    def _edition(self, name: str) -> Edition:
        path = self._editions / name / "edition.json"
        try:
            if not _NAME.fullmatch(name):
                raise ValueError(f"“{name}” names no edition")
            written = json.loads(path.read_text(encoding="utf-8"))
            layout = written["layout"]
            if layout == _LAYOUT:
                return Edition(**(written | {"articles": tuple(written.get("articles", ()))}))
        except FileNotFoundError as error:
            raise _DamagedStore(self.folder, f"{path} is missing") from error
        except (ValueError, TypeError, KeyError) as error:
            raise _DamagedStore(self.folder, str(error)) from error
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {error}") from error
        message = f"{self.folder} was written by another version of Shuangma."
        raise StoreError(f"{message} Build into a new folder.")

    def open(self) -> OxigraphEngine:
        """Open the edition that is served. Raises `StoreError` when there is none."""
        edition = self.current()
        if edition is None:
            message = f"There is no dataset in {self.folder}."
            raise StoreError(f"{message} Run `shuangma build --store {self.folder}`.")
        return OxigraphEngine(self._editions / edition.name / "data", edition.name)

    def publish(
        self,
        quads: Iterable[Quad],
        *,
        fingerprint: str,
        base: str,
        articles: Sequence[str] = (),
    ) -> Edition:
        """Make these quads the edition that is served, in one step.

        Raises `StoreError` when the folder cannot be written, or another writer holds it.
        """
        with self._writing():
            try:
                earlier = self.current()
            except _DamagedStore:
                earlier = None
            # After a damage too, no name comes back: answers are cached under it.
            names = [path.name for path in self._editions.iterdir() if _NAME.fullmatch(path.name)]
            last = earlier.name if earlier else max(names, default="0")
            self._sweep(keep=earlier)
            name = f"{int(last) + 1:06d}"
            target = self._editions / name
            work = self._editions / f".{name}"
            quads = list(quads)
            work.mkdir()
            database = Database(str(work / "data"))
            database.bulk_extend(quads)
            database.optimize()
            database.flush()
            del database
            edition = Edition(name, fingerprint, base, len(quads), tuple(articles))
            _write(work / "edition.json", json.dumps(asdict(edition), indent=1) + "\n")
            work.rename(target)
            _write(self.folder / "current.new", name + "\n")
            (self.folder / "current.new").replace(self._current)
            _sync(self.folder)
            return edition

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._refuse_foreign_folder()
        try:
            self._editions.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "lock", timeout=_LOCK_TIMEOUT_S):
                yield
        except Timeout as error:
            message = f"Another process has been writing to {self.folder} for {_LOCK_TIMEOUT_S} s."
            raise StoreError(f"{message} Try again when it is done.") from error
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be written: {error}") from error

    def _refuse_foreign_folder(self) -> None:
        """Never write into a folder that holds somebody's other files."""
        if self.folder.is_dir():
            ours = {"editions", "current", "current.new", "lock"}
            foreign = sorted(p.name for p in self.folder.iterdir() if p.name not in ours)
            if foreign and not self._current.exists():
                message = f"{self.folder} holds other files ({', '.join(foreign[:3])})."
                raise StoreError(f"{message} Name an empty folder.")
        elif self.folder.exists() and not self.folder.is_dir():  # another may just have made it
            raise StoreError(f"{self.folder} is a file, not a folder.")

    def _sweep(self, keep: Edition | None) -> None:
        """Remove what a dead writer left, and all but the last few editions."""
        for unfinished in self._editions.glob(".*"):
            shutil.rmtree(unfinished)
        editions = sorted(path for path in self._editions.iterdir() if path.is_dir())
        served = keep.name if keep else None
        for later in [path for path in editions if served is None or path.name > served]:
            shutil.rmtree(later)
        for old in [path for path in editions if path.exists()][: -(_KEPT - 1)]:
            if old.name != served:
                shutil.rmtree(old)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FollowingEngine:
    """The engine of whichever edition is current, reopened when that changes.

    The check is one `stat` of `current`; an edition stays open while a query uses it.
    """

    def __init__(self, store: EditionStore) -> None:
        """Open the store's current edition."""
        self._store = store
        self._seen = self._mark()
        self._engine = store.open()

    def engine(self) -> OxigraphEngine:
        """The engine of the current edition."""
        mark = self._mark()
        if mark != self._seen:
            self._engine = self._store.open()
            self._seen = mark
        return self._engine

    def _mark(self) -> tuple[int, int]:
        try:
            status = (self._store.folder / "current").stat()
        except OSError:
            return 0, 0  # opening says what is amiss
        return status.st_ino, status.st_mtime_ns
