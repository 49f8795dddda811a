"""Keeps a service's readers: over the disk at once, over memory when an edition is loaded.

Runs as a process of its own. An edition that fits is loaded into a process whose readers
share it; until that is ready, and whenever a newer edition is current, the disk answers.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import NoReturn

from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse
from pyoxigraph import Store as Database

from graph.errors import StoreError
from graph.readers import wire
from graph.readers.board import Board
from graph.readers.confinement import die_with_parent
from graph.readers.herd import TICK_S, Herd
from graph.readers.settings import LANES, ReaderSettings
from graph.representation import Writer
from graph.store import Edition, EditionStore

_CALM_S = 1.0  # an edition is loaded when no newer one has come for so long
_BYTES_A_QUAD = 900  # measured: 1,000,000 quads took 850 MB
_LOADING_NICENESS = 10


class Keeper:
    """The sockets, the board, and the herds that serve them."""

    def __init__(self, settings: ReaderSettings, writer: Writer) -> None:
        """Make the sockets and the board in the runtime folder."""
        self._settings = settings
        self._writer = writer
        self._store = EditionStore(settings.store)
        self._lanes = ["page"] * settings.page_readers + ["query"] * settings.readers
        size = len(self._lanes)
        # A herd that goes keeps its slots until its last reader has: two over the disk, one held.
        self._disk_slots = [range(size), range(size, 2 * size)]
        self._held_slots = range(2 * size, 3 * size)
        self._board = Board(settings.board, slots=3 * size + 1)
        self._mailboxes = {lane: self._mailbox(lane) for lane in LANES}
        # Writers are forked here alone: a process that inherits an open database cannot write.
        self._writers = self._herd(["write"], 3 * size)
        self._disk: Herd | None = None
        self._going: Herd | None = None
        self._holder = 0  # the process that holds an edition in memory, or is loading it
        self._leaving = 0  # the one before it, while its readers finish
        self._held = ""
        self._ready: int | None = None  # says when the holder has loaded
        self._unfit = ""
        self._mark = (0, 0)
        self._since = 0.0

    def _herd(
        self, lanes: list[str], first_slot: int, held: tuple[str, Database] | None = None
    ) -> Herd:
        return Herd(
            self._settings, self._writer, self._board, self._mailboxes, lanes, first_slot, held
        )

    def _mailbox(self, lane: str) -> socket.socket:
        path = self._settings.mailbox(lane)
        path.unlink(missing_ok=True)
        return wire.new_mailbox(path)

    def serve(self) -> NoReturn:
        """Serve until told to end."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; the service says when
        self._revive()
        while True:
            self._writers.step(0 if self._disk else TICK_S)
            if self._disk:
                self._disk.step()
            if self._going and self._going.drain():
                self._going.close()
                self._going = None
            if self._settings.held_bytes:
                self._tend()

    def _revive(self) -> None:
        if self._disk is None:
            self._disk_slots.reverse()
            self._disk = self._herd(self._lanes, self._disk_slots[0].start)

    def _tend(self) -> None:
        """Hold the current edition in memory, when it has been current for a while."""
        if self._has_ended(self._leaving):
            self._leaving = 0
        if self._has_ended(self._holder):
            self._unfit = self._held  # it ended, which a holder does for want of memory
            self._let_go()
        mark = self._store.mark()
        if mark != self._mark:
            self._mark, self._since = mark, time.monotonic()
        current = self._current()
        if current is None:
            return
        if self._holder and self._held != current.name:
            with suppress(ProcessLookupError):
                os.kill(self._holder, signal.SIGTERM)
            self._leaving = self._holder
            self._let_go()
        if self._ready is not None and self._disk and not self._going:
            with suppress(BlockingIOError):
                if os.read(self._ready, 1):
                    os.close(self._ready)
                    self._ready = None
                    self._disk.retire()
                    self._going, self._disk = self._disk, None
        calm = time.monotonic() - self._since > _CALM_S
        if not (self._holder or self._leaving) and calm and self._fits(current):
            self._load(current)

    def _has_ended(self, holder: int) -> bool:
        if not holder or not os.waitpid(holder, os.WNOHANG)[0]:
            return False
        self._writers.clear(self._held_slots)  # its readers ended with it
        return True

    def _let_go(self) -> None:
        self._holder, self._held = 0, ""
        if self._ready is not None:
            os.close(self._ready)
            self._ready = None
        self._revive()

    def _current(self) -> Edition | None:
        try:
            return self._store.current()
        except StoreError:
            return None

    def _fits(self, edition: Edition) -> bool:
        if edition.name == self._unfit:
            return False
        if edition.quads is not None:
            return edition.quads * _BYTES_A_QUAD <= self._settings.held_bytes
        data = self._store.editions_folder / edition.name / "data"
        size = sum(path.stat().st_size for path in data.glob("*.sst"))
        return size * 8 <= self._settings.held_bytes

    def _load(self, edition: Edition) -> None:
        ready, loaded = os.pipe()
        os.set_blocking(ready, False)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(ready)
                self._hold(edition, loaded)
                status = 0
            finally:
                os._exit(status)
        os.close(loaded)
        self._holder, self._held, self._ready = pid, edition.name, ready

    def _hold(self, edition: Edition, loaded: int) -> None:
        """In the forked process: load an edition, then keep readers over it."""
        die_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        priority = os.getpriority(os.PRIO_PROCESS, 0)
        if os.geteuid() == 0:  # others could not take it back
            os.setpriority(os.PRIO_PROCESS, 0, priority + _LOADING_NICENESS)
        held = self._copied(edition)
        if os.geteuid() == 0:
            os.setpriority(os.PRIO_PROCESS, 0, priority)
        told: list[bool] = []
        herd = self._herd(self._lanes, self._held_slots.start, (edition.name, held))
        signal.signal(signal.SIGTERM, lambda *_: told.append(True))
        herd.step()
        os.write(loaded, b"1")
        os.close(loaded)
        while not told:
            herd.step()
        herd.retire()
        while not herd.drain():
            pass

    def _copied(self, edition: Edition) -> Database:
        """An edition's quads in memory.

        A process of its own reads the disk: what forks readers must never have had a
        database open, whose threads they would miss.
        """
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                die_with_parent()
                os.close(reading)
                with self._store.open(edition.name) as opened, os.fdopen(writing, "wb") as sink:
                    # A graph may be there and be empty: the quads alone would not tell.
                    names = [str(name) for name in opened.database.named_graphs()]
                    sink.write(json.dumps(names).encode() + b"\n")
                    opened.database.dump(sink, RdfFormat.N_QUADS)
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        held = Database()
        with os.fdopen(reading, "rb") as source:
            for name in json.loads(source.readline()):
                held.add_graph(_node(name))
            held.bulk_extend(parse(source, RdfFormat.N_QUADS))
        _, status = os.waitpid(pid, 0)
        if status:
            raise OSError(f"edition {edition.name} could not be read")
        return held


def _node(text: str) -> NamedNode | BlankNode:
    """A graph's name from the syntax of N-Quads."""
    return BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text[1:-1])


def keep(settings: ReaderSettings, writer: Writer) -> NoReturn:
    """Run as the keeper of a service; ends with the process that started it."""
    die_with_parent()
    Keeper(settings, writer).serve()
