"""One reader: accepts a request, does it over the edition it names, replies, accepts the next."""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import psutil
from pyoxigraph import NamedNode
from pyoxigraph import Store as Database

from graph.change import Upload
from graph.errors import GraphNotFound, QueryFailed, ShuangmaError
from graph.evaluation import Bounds, dump, evaluate
from graph.readers import wire
from graph.readers.board import Board
from graph.readers.confinement import die_with_parent, limit_memory, refuse_network
from graph.readers.settings import MIB, ReaderSettings
from graph.representation import Kind, Writer, format_named
from graph.retirement import promised_in_graph
from graph.spool import Spool
from graph.store import Edition, EditionStore, OpenEdition
from graph.updating import counted, update
from graph.uploading import put
from graph.writing import EditionWriter, Written

_OPEN_EDITIONS = 2
_PATIENCE = struct.pack("@ll", 10, 0)  # seconds for an inbox of our own to have room
_LONG_S = 0.05
# For the next request before it sleeps. With fifteen, a long query beside it had the processor at
# each look: point queries of one client came half as often.
_LOOKS = 2
_IDLE_S = 5
_GROWTH_KEPT_BYTES = 256 * MIB  # a reader that has grown more than this makes room for a new one


class Reader:
    """The state of one reader process."""

    def __init__(
        self,
        settings: ReaderSettings,
        writer: Writer,
        board: Board,
        slot: int,
        held: tuple[str, Database] | None,
        sender: socket.socket,
        confined: bool,
    ) -> None:
        """Replies go by `sender`, which no other reader fills.

        `held` is an edition that this process inherited in memory.
        """
        self._settings = settings
        self._writer = writer
        self._board = board
        self._slot = slot
        self._held = held
        self._store = EditionStore(settings.store)
        self._open: OrderedDict[str, OpenEdition] = OrderedDict()
        self._bounds = Bounds(
            settings.base,
            settings.answer_size_bytes,
            settings.spool,
            settings.allowed_services,
            confined,
        )
        self._sender = sender
        self._inboxes = str(settings.runtime)
        self._retired = False

    def serve(self, mailbox: socket.socket) -> None:
        """Answer until told to go: take what comes next, do it, reply."""
        signal.signal(signal.SIGTERM, self._retire)
        process = psutil.Process()
        own = os.getpriority(os.PRIO_PROCESS, 0)  # a whole service may have been started nice
        room = process.memory_info().rss + _GROWTH_KEPT_BYTES
        receiver = wire.Receiver(mailbox)
        idle, looks, was_long = 0, 0, False
        while not self._retired:
            try:
                frame = receiver.receive(looks)
            except BlockingIOError:  # nothing came for a second
                idle, looks = idle + 1, 0
                if idle == _IDLE_S:
                    self._let_go()
                continue
            idle, looks = 0, _LOOKS
            started = time.monotonic()
            if frame.head["until"] < started:  # whoever asked waits no more
                frame.close()
                continue
            self._board.begin(self._slot, bytes.fromhex(frame.head["id"]), *wire.asker_of(frame))
            self._answer(frame)
            self._board.end(self._slot)
            long = time.monotonic() - started > _LONG_S
            # The herd slows who is long at one request; it may come a moment too late.
            if (long or was_long) and not _hurries(own):
                return  # slowed for good: a new one is better
            if long and process.memory_info().rss > room:
                return  # grown
            was_long = long

    def _retire(self, *_: object) -> None:
        self._retired = True

    def _answer(self, frame: wire.Frame) -> None:
        try:
            head, spool = self._do(frame)
        except ShuangmaError as error:
            head, spool = wire.error_head(error), Spool()
        except MemoryError:
            raise
        except Exception as error:
            failed = QueryFailed(f"The reader failed: {type(error).__name__}: {error}")
            head, spool = wire.error_head(failed), Spool()
        inbox, head["turn"] = wire.asker_of(frame)
        address = f"{self._inboxes}/{inbox}"
        try:
            if spool.descriptor is None:
                whole = wire.encode(head, spool.read())
                wire.send(self._sender, whole, address, folder=self._settings.spool)
            else:
                wire.send(self._sender, wire.encode(head), address, [spool.descriptor])
        except OSError:
            return  # whoever asked may be gone
        finally:
            spool.close()

    def _do(self, frame: wire.Frame) -> tuple[dict[str, Any], Spool]:
        head = frame.head
        if "error" in head:
            raise wire.error_of(head)
        match head["do"]:
            case "answer":
                edition, database = self._database(head["edition"])
                query, wanted = wire.query_of(head)
                answer = evaluate(database, query, wanted, self._writer, self._bounds)
                return {"form": answer.form.name, "edition": edition}, answer.spool
            case "dump":
                edition, database = self._database(head["edition"])
                name = wire.graph_of(head["name"])
                if head["must_exist"] and name is not None and not _has(database, name):
                    raise GraphNotFound(head["name"][0])
                form = format_named(head["form"], Kind.GRAPH, Kind.DATASET)
                spool = dump(database, form, self._writer, self._bounds, name)
                return {"form": form.name, "edition": edition}, spool
            case _:
                return self._write(frame), Spool()

    def _write(self, frame: wire.Frame) -> dict[str, Any]:
        head = frame.head
        created = False

        def change(database: Database, current: Edition | None) -> Written:
            nonlocal created
            name = wire.graph_of(head.get("name"))

            def endangered(database: Database) -> set[str]:
                if current is None or not isinstance(name, NamedNode):
                    return set()
                return promised_in_graph(database, name, current.base)

            match head["do"]:
                case "update":
                    using = wire.dataset_of(head["using"]) if head["using"] else None
                    return update(database, head["text"], using, current, self._bounds)
                case "put":

                    def load(database: Database) -> None:
                        nonlocal created
                        created = put(database, uploads, name, replace=head["replace"])

                    if head["replace"]:
                        return counted(database, current, load, endangered)
                    return counted(database, current, load)
                case "delete":
                    assert name is not None
                    if not _has(database, name):
                        raise GraphNotFound(head["name"][0])
                    return counted(
                        database, current, lambda database: database.remove_graph(name), endangered
                    )
            raise QueryFailed(f"There is nothing to do by the name of {head['do']}.")

        descriptors = list(frame.descriptors)
        uploads = [
            Upload(
                Path(f"/dev/fd/{descriptor}"),
                format_named(told["form"], Kind.GRAPH, Kind.DATASET),
                told["base"],
            )
            for descriptor, told in zip(descriptors, head.get("uploads", ()), strict=True)
        ]
        try:
            keeper = EditionWriter(self._store, self._settings.editions_kept)
            edition = keeper.write(change, head["do"])
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        same = edition.name == head.get("edition")
        return {
            "edition": edition.name,
            "added": 0 if same else edition.added,
            "removed": 0 if same else edition.removed,
            "created": created,
        }

    def _let_go(self) -> None:
        """Close editions that are no longer current: what is open cannot be removed."""
        with suppress(ShuangmaError):
            current = self._store.current_name()
            for name in [name for name in self._open if name != current]:
                self._open.pop(name).close()

    def _database(self, name: str) -> tuple[str, Database]:
        if self._held and self._held[0] == name:
            return self._held
        if name in self._open:
            self._open.move_to_end(name)
        else:
            opened = self._store.open(name or None)
            name = opened.edition.name
            self._open[name] = opened
            while len(self._open) > _OPEN_EDITIONS:
                self._open.popitem(last=False)[1].close()
        return name, self._open[name].database


def _hurries(own: int) -> bool:
    """Whether this process has its own niceness again; few may have it back."""
    with suppress(PermissionError):
        if os.getpriority(os.PRIO_PROCESS, 0) > own:
            os.setpriority(os.PRIO_PROCESS, 0, own)
        return True
    return False


def _has(database: Database, name: Any) -> bool:
    return not hasattr(name, "value") or database.contains_named_graph(name)


def run(
    settings: ReaderSettings,
    writer: Writer,
    board: Board,
    slot: int,
    lane: str,
    mailbox: socket.socket,
    held: tuple[str, Database] | None,
) -> NoReturn:
    """What a forked child does until it ends; never returns into the herd's code."""
    status = 1
    try:
        die_with_parent()
        gc.disable()
        writes = lane == "write"
        limit_memory(settings.writer_memory_bytes if writes else settings.reader_memory_bytes)
        sender = wire.new_socket()  # before there can be none
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _PATIENCE)
        confined = not settings.allowed_services and refuse_network()
        Reader(settings, writer, board, slot, held, sender, confined).serve(mailbox)
        status = 0
    finally:
        os._exit(status)
