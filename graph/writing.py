"""Writes a store: one write at a time, whole or not at all, acknowledged when it is safe.

A write takes the lock, changes `working`, checkpoints it as a new edition (hard links to
what has not changed), and replaces `current`. Whoever dies in the middle leaves `current`
as it was; the next writer makes `working` anew from it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pyoxigraph import NamedNode, Quad
from pyoxigraph import Store as Database

from graph.errors import DamagedStore, EditionGone, ShuangmaError, StoreError
from graph.retirement import Register, promised, promised_in_graph
from graph.store import LAYOUT, NAME, Edition, EditionStore

KEPT = 5
_COMPARED_QUADS = 100_000
_LOCK_TIMEOUT_S = 30
_LOCK_POLL_S = 0.005
# A load leaves a sorted file for each million quads, and who reads looks into each of them:
# what makes up so much of a database is merged, which at ten millions halves a query's time
# and more. The share keeps a large database from being written anew for every small load.
_MERGED_BYTES = 64 * 1024 * 1024
_MERGED_SHARE = 0.25


@dataclass(frozen=True)
class Written:
    """What a change did; `fields` are what the new edition's description says otherwise.

    `parted` are the IRIs of ours that may have gone with it.
    """

    changed: bool = True
    added: int | None = None
    removed: int | None = None
    fields: tuple[tuple[str, object], ...] = ()
    parted: frozenset[str] = frozenset()


class EditionWriter:
    """The one who writes the store of a folder; several processes may hold one each."""

    def __init__(self, store: EditionStore, kept: int = KEPT) -> None:
        """`kept` is how many editions stay at least."""
        self.store = store
        self._kept = kept
        self._working = store.folder / "working"
        self._equals = store.folder / "working.edition"

    def write(
        self,
        change: Callable[[Database, Edition | None], Written],
        by: str,
        *,
        mends: bool = False,
    ) -> Edition:
        """Apply a change and make what comes of it the edition that is served.

        `change` gets the database and the edition that it equals. What it raises leaves the
        store as it was. With `mends`, a damaged store is begun anew. Raises `StoreError` when
        the folder is damaged or cannot be written, or another writer holds it.
        """
        with self._locked():
            current = self._current() if mends else self.store.current()
            self._sweep(current)
            try:
                self._prepare(current)
            except DamagedStore:
                if not mends:
                    raise
                current = None
                self._prepare(None)
            self._equals.unlink(missing_ok=True)
            edition = self._apply(change, current, by)
            self._prune(edition.name)
            return edition

    def _apply(
        self,
        change: Callable[[Database, Edition | None], Written],
        current: Edition | None,
        by: str,
    ) -> Edition:
        """Change `working`, and publish it if that changed it. It is closed afterwards."""
        try:
            database = Database(str(self._working))
        except (OSError, RuntimeError):  # damaged: the edition it should equal may be whole
            self._prepare(current)
            database = Database(str(self._working))
        before = self._size()
        try:
            if current and current.built is None:  # when builds were all that a store had
                graphs = (g.value for g in database.named_graphs() if isinstance(g, NamedNode))
                current = replace(current, built=tuple(sorted(graphs)))
            done = change(database, current)
            if not done.changed and current is not None:
                edition = current
            else:
                edition = self._next(current, done, by)
                if current:
                    self._remember(database, current, edition, done.parted)
                grown = self._size() - before
                if grown > max(_MERGED_BYTES, before * _MERGED_SHARE):
                    database.optimize()
                self._checkpoint(database, edition)
                self._publish(edition)
        except BaseException as error:
            _forget_frames(error)
            raise
        finally:
            del database
        with suppress(OSError):  # without it the next writer only takes longer
            _write(self._equals, edition.name + "\n")
        return edition

    def _remember(
        self, database: Database, current: Edition, edition: Edition, parted: frozenset[str]
    ) -> None:
        Register(self.store.folder).record(
            database,
            parted,
            last_edition=current.name,
            edition=edition.name,
            made=edition.made,
        )

    def restore(self, name: str) -> Edition:
        """Make an earlier edition the one that is served, under a new name.

        Raises `EditionGone` when it is not kept.
        """
        with self._locked():
            current = self._current()
            self._sweep(current)
            if name not in self.store.names():
                raise EditionGone(name)
            wanted = self.store.edition(name)
            edition = replace(
                wanted,
                name=f"{self._last() + 1:06d}",
                made=_now(),
                by=f"restore {name}",
                added=None,
                removed=None,
                layout=LAYOUT,
            )
            target = self.store.editions_folder / f".{edition.name}"
            target.mkdir()
            with self.store.open(name):
                _link(self.store.editions_folder / name / "data", target / "data")
            self._describe(edition)
            if current:
                with suppress(StoreError, OSError, RuntimeError):  # what it leaves may be damaged
                    self._remember_difference(current, wanted, edition)
            self._publish(edition)
            with suppress(OSError):  # it names another edition, and is of no use
                self._equals.unlink(missing_ok=True)
            self._prune(edition.name)
            return edition

    def _remember_difference(self, current: Edition, wanted: Edition, edition: Edition) -> None:
        """Remember what going back takes away, where comparing takes no longer than it."""
        with self.store.open(current.name) as served, self.store.open(wanted.name) as restored:
            small = max(len(served.database), len(restored.database)) <= _COMPARED_QUADS
            parted = promised(served.database, current.base) if small else set()
            self._remember(restored.database, current, edition, frozenset(parted))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.store.refuse_foreign_folder()
        lock = FileLock(
            self.store.folder / "lock", timeout=_LOCK_TIMEOUT_S, poll_interval=_LOCK_POLL_S
        )
        try:
            self.store.editions_folder.mkdir(parents=True, exist_ok=True)
            with lock:
                yield
        except Timeout as error:
            raise StoreError(
                f"Another process has been writing to {self.store.folder} for {_LOCK_TIMEOUT_S} s. "
                "Try again when it is done."
            ) from error
        except ShuangmaError:
            raise
        except (OSError, RuntimeError) as error:  # RuntimeError: what Oxigraph says of damage
            raise StoreError(
                f"{self.store.folder} cannot be written: {error}. Nothing of it was changed."
            ) from error

    def _current(self) -> Edition | None:
        try:
            return self.store.current()
        except DamagedStore:
            return None

    def _last(self) -> int:
        """The highest number ever used; no name comes back: answers are cached under it."""
        names = self.store.names()
        try:
            named = int(self.store.current_name() or 0)
        except ValueError:
            named = 0
        return max([named, *map(int, names)])

    def _next(self, current: Edition | None, done: Written, by: str) -> Edition:
        known = current.quads if current else 0
        quads = None
        if known is not None and done.added is not None and done.removed is not None:
            quads = known + done.added - done.removed
        base = current or Edition(name="", built=())
        told = {
            "name": f"{self._last() + 1:06d}",
            "quads": quads,
            "made": _now(),
            "by": by,
            "added": done.added,
            "removed": done.removed,
            "layout": LAYOUT,
        }
        return replace(base, **(told | dict(done.fields)))  # type: ignore[arg-type]

    def _prepare(self, current: Edition | None) -> None:
        """Make `working` equal the current edition, if it does not already."""
        try:
            equals = self._equals.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            equals = ""
        for old_log in self._working.glob("LOG.old.*"):
            old_log.unlink()
        if current and equals == current.name and (self._working / "CURRENT").exists():
            return
        self._equals.unlink(missing_ok=True)
        fresh = self.store.folder / "working.new"
        for stale in (fresh, self._working):
            if stale.exists():
                shutil.rmtree(stale)
        if current:
            with self.store.open(current.name):  # which tells whether it is whole
                _link(self.store.editions_folder / current.name / "data", fresh)
            fresh.rename(self._working)

    def _size(self) -> int:
        total = 0
        for path in self._working.glob("*.sst"):
            with suppress(FileNotFoundError):  # the database merges files when it likes
                total += path.stat().st_size
        return total

    def _checkpoint(self, database: Database, edition: Edition) -> None:
        database.flush()
        unfinished = self.store.editions_folder / f".{edition.name}"
        unfinished.mkdir()
        database.backup(str(unfinished / "data"))
        self._describe(edition)

    def _describe(self, edition: Edition) -> None:
        folder = self.store.editions_folder / f".{edition.name}"
        _write(folder / "edition.json", json.dumps(asdict(edition), indent=1) + "\n")
        _sync(folder / "data")
        _sync(folder)

    def _publish(self, edition: Edition) -> None:
        """Make a finished edition the one that is served, in one step."""
        folder = self.store.editions_folder
        (folder / f".{edition.name}").rename(folder / edition.name)
        _sync(folder)
        new = self.store.folder / "current.new"
        _write(new, edition.name + "\n")
        new.replace(self.store.current_file)
        _sync(self.store.folder)

    def _sweep(self, current: Edition | None) -> None:
        """Remove what a dead writer left unfinished or unpublished."""
        folder = self.store.editions_folder
        for unfinished in folder.glob(".*"):
            if NAME.fullmatch(unfinished.name[1:]):
                shutil.rmtree(unfinished)
        if current is None:
            return
        for name in self.store.names():
            if int(name) > int(current.name):
                shutil.rmtree(folder / name)

    def _prune(self, served: str) -> None:
        """Remove the oldest editions beyond those that are kept, but none that is in use."""
        for name in self.store.names()[: -self._kept]:
            if name == served:
                continue
            folder = self.store.editions_folder / name
            try:
                lock = os.open(folder / "edition.json", os.O_RDONLY | os.O_CLOEXEC)
            except OSError:  # a damaged one
                shutil.rmtree(folder, ignore_errors=True)
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                (folder / "edition.json").unlink()  # whoever opens it now sees that it is gone
                shutil.rmtree(folder, ignore_errors=True)
                shutil.rmtree(self.store.folder / "dumps" / name, ignore_errors=True)
            except OSError:  # in use, or not to be removed; the write was made all the same
                continue
            finally:
                os.close(lock)


def publish(
    writer: EditionWriter,
    quads: Sequence[Quad],
    *,
    fingerprint: str,
    base: str,
    articles: Sequence[str] = (),
    check: Callable[[Edition | None], None] = lambda _current: None,
) -> Edition:
    """Put what a build made in the place of what the build before made; all else stays.

    `check` may refuse, knowing the current edition, by raising.
    """
    built = tuple(
        sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)})
    )

    def change(database: Database, current: Edition | None) -> Written:
        check(current)
        earlier = current.built if current else None
        parted: set[str] = set()
        for name in {*(earlier or ()), *built}:
            parted |= promised_in_graph(database, NamedNode(name), base)
            database.remove_graph(NamedNode(name))
        database.bulk_extend(quads)
        told = {
            "fingerprint": fingerprint,
            "base": base,
            "articles": tuple(articles),
            "built": built,
            "quads": len(database),
        }
        return Written(fields=tuple(told.items()), parted=frozenset(parted))

    return writer.write(change, "build", mends=True)


def _forget_frames(error: BaseException | None) -> None:
    """Let go of the database that an error's frames hold: whoever keeps the error, it is closed."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _link(source: Path, target: Path) -> None:
    """Copy a database: its tables, which never change, by hard links."""
    target.mkdir()
    for path in source.iterdir():
        if path.suffix == ".sst":
            os.link(path, target / path.name)
        elif path.name != "LOCK" and not path.name.startswith("LOG"):
            shutil.copyfile(path, target / path.name)
            _sync(target / path.name)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
