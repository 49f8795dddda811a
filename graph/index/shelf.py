"""The indexes of a store's editions: where they lie, which are ready, and having them made.

An index is made by a process of its own, which ends with the one that asked for it. The
process is started from a thread that stays: it would end with the thread that started it.
"""

from __future__ import annotations

import fcntl
import os
import queue
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from graph.errors import ShuangmaError
from graph.index.thing_index import IndexNotReady, ThingIndex
from graph.store import EditionStore

LOCK = "lock"
_OPEN = 4
PATIENCE_S = 2.0
_LOOK_AGAIN_S = 1.0
_GIVE_UP_S = 60.0


def folders(store: Path, runtime: Path | None) -> list[Path]:
    """Where indexes may lie: in the store, else, when that cannot be written, with the service."""
    found = [store / "index"]
    if runtime is not None:
        found.append(runtime / "index")
    return found


class IndexShelf:
    """The indexes of one store, as one process of a service sees them."""

    def __init__(self, store: EditionStore, namespace: str, runtime: Path | None = None) -> None:
        """`namespace` is that of our own terms. Nothing is opened or started yet."""
        self._store = store
        self._namespace = namespace
        self._folders = folders(store.folder, runtime)
        self._changed = threading.Condition()
        self._open: OrderedDict[str, ThingIndex] = OrderedDict()
        self._asked: dict[str, float] = {}  # when an edition was first asked for in vain
        self._look_at: dict[str, float] = {}  # when it is worth looking for again
        self._make_at: dict[str, float] = {}  # when it is worth making, after that failed
        self._making: set[str] = set()
        self._wanted: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._maker: threading.Thread | None = None

    def index(self, edition: str, patience_s: float = PATIENCE_S) -> ThingIndex | None:
        """The index of an edition; None while it is being made.

        Who asks first waits for it up to `patience_s`, which is enough for a small edition.
        """
        with self._changed:
            while (found := self._look(edition)) is None:
                self._have_made(edition)
                left = self._asked[edition] + patience_s - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(min(left, _LOOK_AGAIN_S))
            return found

    def _look(self, edition: str) -> ThingIndex | None:
        """Open an edition's index, if it is there."""
        if edition in self._open:
            self._open.move_to_end(edition)
            return self._open[edition]
        now = time.monotonic()
        asked = self._asked.setdefault(edition, now)
        if now < self._look_at.get(edition, 0.0):
            return None
        self._look_at[edition] = now + (0.05 if now - asked < PATIENCE_S else _LOOK_AGAIN_S)
        try:
            made = self._store.edition(edition).made
        except ShuangmaError:  # it is gone
            return None
        for folder in self._folders:
            with suppress(IndexNotReady):
                self._open[edition] = ThingIndex.open(folder / f"{edition}.sqlite", made)
                while len(self._open) > _OPEN:
                    self._open.popitem(last=False)
                for known in (self._asked, self._look_at, self._make_at):
                    known.pop(edition, None)
                return self._open[edition]
        return None

    def _have_made(self, edition: str) -> None:
        if edition in self._making or time.monotonic() < self._make_at.get(edition, 0.0):
            return
        self._making.add(edition)
        self._wanted.put(edition)
        if self._maker is None:
            self._maker = threading.Thread(target=self._make, name="index", daemon=True)
            self._maker.start()

    def _make(self) -> None:
        """In a thread of its own: have what is wanted made, the latest edition first."""
        while True:
            edition = self._wanted.get()
            while not self._wanted.empty():  # what came meanwhile; who wants the others asks again
                edition, other = sorted((edition, self._wanted.get()), key=int, reverse=True)
                with self._changed:
                    self._making.discard(other)
            status = self._run_builder(edition)
            with self._changed:
                self._making.discard(edition)
                self._look_at.pop(edition, None)
                again_s = _LOOK_AGAIN_S if status in {0, BUSY} else _GIVE_UP_S
                self._make_at[edition] = time.monotonic() + again_s
                self._changed.notify_all()

    def _run_builder(self, edition: str) -> int:
        command = [sys.executable, "-m", "graph.index", str(self._store.folder), edition]
        command += ["--namespace", self._namespace, "--parent", str(os.getpid())]
        status = UNWRITABLE
        for folder in self._folders:
            status = subprocess.run(
                [*command, "--folder", str(folder)], stdin=subprocess.DEVNULL, check=False
            ).returncode
            if status != UNWRITABLE:
                break
        return status


BUSY, UNWRITABLE, GONE = 10, 11, 12
"""How a builder ends that made nothing: another is at it, nobody can write there, no edition."""


def hold_lock(folder: Path) -> int | None:
    """Become the one who builds in a folder; None when another is. The descriptor holds it.

    Raises `OSError` when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def remove_stale(folder: Path, store: EditionStore) -> None:
    """Remove the indexes of editions that are not kept, and what dead builders left."""
    kept = set(store.names())
    for path in folder.iterdir():
        if path.name != LOCK and (path.suffix != ".sqlite" or path.stem not in kept):
            with suppress(OSError):
                path.unlink()
