"""How a client and a reader talk: datagrams on Unix sockets (unix(7)).

A lane has a mailbox that all its readers take from: whoever is free has the next request. A
reply goes to the asker's own inbox, by its name. A frame is its head's length, a JSON head and
a body, in one datagram; a large body goes as a descriptor of an unlinked file (SCM_RIGHTS), and
so does a frame too long for a datagram. Both ends are ours: the head is trusted, the texts in it
are not.
"""

from __future__ import annotations

import array
import errno
import os
import secrets
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson
from pyoxigraph import DefaultGraph, NamedNode

from graph import errors
from graph.engine import Query, QueryDataset, Wanted
from graph.errors import QueryFailed, ShuangmaError, UnsupportedFormat
from graph.representation import Format, Kind, format_named
from graph.spool import Spool, SpoolWriter

_NAME_BYTES = 4  # of chance in the name of an inbox, which has 16 letters at most
_LINE = "line-"
DATAGRAM_BYTES = 288 * 1024  # more than a spool keeps in memory
_LENGTH = struct.Struct("<I")  # of the head; the body is what follows it
_IN_FILE = _LENGTH.pack(0)  # a frame that is in the file whose descriptor comes first
_SECOND = struct.pack("@ll", 1, 0)
# As enumerations, they cost a call for each frame.
_CUT, _AT_ONCE = int(socket.MSG_CTRUNC), int(socket.MSG_DONTWAIT)
_let_others = getattr(os, "sched_yield", lambda: None)
MAX_DESCRIPTORS = 250  # of one message: the kernel's SCM_MAX_FD is 253
_ANCILLARY_BYTES = socket.CMSG_LEN((MAX_DESCRIPTORS + 1) * array.array("i").itemsize)


class Frame(NamedTuple):
    """A head, and a body in memory or in files."""

    head: dict[str, Any]
    body: bytes
    descriptors: list[int]

    def close(self) -> None:
        """Let go of what nobody wants."""
        while self.descriptors:
            os.close(self.descriptors.pop())


def encode(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A frame as bytes."""
    told = orjson.dumps(head)
    return b"".join((_LENGTH.pack(len(told)), told, body))


def asker_of(frame: Frame) -> tuple[str, int]:
    """The inbox that waits for a reply, and which of its requests this is."""
    return frame.head["inbox"], frame.head["turn"]


def new_socket() -> socket.socket:
    """A socket that sends whole frames. Raises `OSError`."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * DATAGRAM_BYTES)
    return made


def send(
    sender: socket.socket,
    whole: bytes,
    address: str | None,
    descriptors: Sequence[int] = (),
    folder: str | None = None,
) -> None:
    """Send a frame; without `address` to whom the socket is connected.

    One too long for a datagram is put in a file, in `folder`. Raises `BlockingIOError` when
    there is no room, `OSError` when nobody is there or the disk is full.
    """
    if len(whole) <= DATAGRAM_BYTES:
        try:
            if descriptors:
                _send(sender, whole, address, descriptors)
            elif address is None:
                sender.send(whole)
            else:
                sender.sendto(whole, address)
        except OSError as error:
            if error.errno != errno.EMSGSIZE:  # some systems send little at once
                raise
        else:
            return
    sink = SpoolWriter(len(whole), folder, in_memory_bytes=0)
    try:
        sink.write(whole)
        with sink.finish() as spool:
            assert spool.descriptor is not None
            _send(sender, _IN_FILE, address, [spool.descriptor, *descriptors])
    finally:
        sink.discard()


def _send(
    sender: socket.socket, part: bytes, address: str | None, descriptors: Sequence[int]
) -> None:
    told = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    sender.sendmsg([part], told, 0, address)


def new_mailbox(path: Path) -> socket.socket:
    """A mailbox at `path`; who takes from it waits for a second at most. Raises `OSError`."""
    mailbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    mailbox.bind(str(path))
    mailbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _SECOND)
    return mailbox


class Receiver:
    """Takes frames from a socket, by way of one buffer: to map and unmap one for each costs."""

    def __init__(self, source: socket.socket) -> None:
        """Whoever made the socket closes it."""
        self._source = source
        self._buffer = bytearray(DATAGRAM_BYTES)
        self._view = memoryview(self._buffer)

    def receive(self, looks: int = 0) -> Frame:
        """The next frame. Raises `BlockingIOError` when there is none as long as one waits.

        Looks so often before it sleeps: to be woken takes longer. A frame whose descriptors this
        process has no room for tells of that as an error.
        """
        for _ in range(looks):
            try:
                return self.take()
            except BlockingIOError:
                _let_others()
        return self.take(0)

    def take(self, how: int = _AT_ONCE) -> Frame:
        """The next frame, if it is there; `how` is for `recvmsg`. Raises as `receive` does."""
        size, ancillary, flags, _ = self._source.recvmsg_into([self._buffer], _ANCILLARY_BYTES, how)
        descriptors = _descriptors_of(ancillary) if ancillary else []
        if flags & _CUT:
            return self._without_files(size, descriptors)
        if size == _LENGTH.size:
            first = descriptors.pop(0)
            with os.fdopen(first, "rb") as file:
                file.seek(0)
                return _frame(memoryview(file.read()), descriptors)
        return _frame(self._view[:size], descriptors)

    def _without_files(self, size: int, descriptors: list[int]) -> Frame:
        Frame({}, b"", descriptors).close()
        if size == _LENGTH.size:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        head, body, _ = _frame(self._view[:size], [])
        full = QueryFailed("The service has too many files open. Ask again in a moment.")
        return Frame(head | error_head(full), body, [])


def _frame(whole: memoryview, descriptors: list[int]) -> Frame:
    end = _LENGTH.size + _LENGTH.unpack_from(whole)[0]
    return Frame(orjson.loads(whole[_LENGTH.size : end]), bytes(whole[end:]), descriptors)


def _descriptors_of(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return descriptors.tolist()


class Inbox:
    """Where an asker's replies come: a socket of its own in the service's runtime folder."""

    def __init__(self, runtime: Path, *, is_line: bool = False) -> None:
        """Bind it, under a name that nobody else has. Raises `OSError`.

        That of an event loop, with `is_line`, is found by `lines`.
        """
        self.name = (_LINE if is_line else "") + secrets.token_hex(_NAME_BYTES)
        self._path = runtime / self.name
        self.socket = new_socket()
        self.socket.bind(str(self._path))
        self._receiver = Receiver(self.socket)
        self.receive, self.take = self._receiver.receive, self._receiver.take

    def close(self) -> None:
        """Be reached no more."""
        self.socket.close()
        with suppress(OSError):
            self._path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def lines(runtime: Path) -> list[str]:
    """The names of the inboxes of event loops, those that are gone too."""
    return [path.name for path in runtime.glob(f"{_LINE}*")]


# --- requests ---------------------------------------------------------------------------


def query_head(query: Query, wanted: Wanted, edition: str) -> dict[str, Any]:
    """A query as a request's head."""
    solutions, graph = wanted.names
    head: dict[str, Any] = {
        "do": "answer",
        "text": query.text,
        "union": query.union,
        "solutions": solutions,
        "graph": graph,
        "edition": edition,
    }
    if query.dataset is not None:
        head["dataset"] = dataset_head(query.dataset)
    return head


def query_of(head: dict[str, Any]) -> tuple[Query, Wanted]:
    """The query that a request's head holds."""
    named = head.get("dataset")
    query = Query(head["text"], head["union"], dataset_of(named) if named else None)
    return query, _wanted(head["solutions"], head["graph"])


@lru_cache(maxsize=256)
def _wanted(solutions: str | None, graph: str | None) -> Wanted:
    return Wanted(_form(solutions, Kind.SOLUTIONS), _form(graph, Kind.GRAPH))


def dataset_head(dataset: QueryDataset) -> list[list[str]]:
    """The graphs that a request names, as part of a head."""
    return [[g.value for g in dataset.default], [g.value for g in dataset.named]]


def dataset_of(named: list[list[str]]) -> QueryDataset:
    """The graphs that a head names."""
    return QueryDataset(tuple(map(NamedNode, named[0])), tuple(map(NamedNode, named[1])))


def _form(name: str | None, kind: Kind) -> Format | UnsupportedFormat:
    return format_named(name, kind) if name else UnsupportedFormat(kind.value, ())


def graph_head(name: NamedNode | DefaultGraph | None) -> list[str] | None:
    """A graph's name as part of a head: `[]` is the default graph, None none."""
    if name is None:
        return None
    return [name.value] if isinstance(name, NamedNode) else []


def graph_of(told: list[str] | None) -> NamedNode | DefaultGraph | None:
    """The graph's name that a head holds."""
    if told is None:
        return None
    return NamedNode(told[0]) if told else DefaultGraph()


# --- replies ----------------------------------------------------------------------------


def error_head(error: ShuangmaError) -> dict[str, Any]:
    """An error as a reply's head."""
    return {
        "error": type(error).__name__,
        "message": str(error),
        "fields": {
            name: value
            for name in ("line", "column")
            if (value := getattr(error, name, None)) is not None
        },
    }


def error_of(head: dict[str, Any]) -> ShuangmaError:
    """The error that a reply's head tells, of its own class."""
    kind = getattr(errors, str(head["error"]), errors.QueryFailed)
    error: ShuangmaError = kind.__new__(kind)
    Exception.__init__(error, head["message"])
    for name in ("line", "column"):
        if issubclass(kind, errors.InvalidQuery | errors.InvalidRdf):
            setattr(error, name, head["fields"].get(name))
    return error


def spool_of(frame: Frame) -> Spool:
    """The body of a reply."""
    if frame.descriptors:
        return Spool(descriptor=frame.descriptors.pop(0))
    return Spool(frame.body)
