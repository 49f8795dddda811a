"""How a client and a reader talk: one request and one reply on a Unix socket.

A frame is its length, a JSON head, and a body; a large body goes as a descriptor of an
unlinked file (SCM_RIGHTS). Both ends are ours: the head is trusted, the texts in it are not.
"""

from __future__ import annotations

import array
import os
import socket
import struct
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from pyoxigraph import DefaultGraph, NamedNode

from graph import errors
from graph.engine import Query, QueryDataset, Wanted
from graph.errors import ShuangmaError, UnsupportedFormat
from graph.representation import Format, Kind, format_named
from graph.spool import Spool

_LENGTHS = struct.Struct("<IQ")  # of the head, of the body that follows it in the stream
_PART = 1 << 16
MAX_DESCRIPTORS = 250  # of one message: the kernel's SCM_MAX_FD is 253
_ANCILLARY_BYTES = socket.CMSG_LEN(MAX_DESCRIPTORS * array.array("i").itemsize)
_MAX_HEAD = 1 << 30


class ConnectionLost(Exception):
    """The other end closed before its frame was whole."""


class Frame(NamedTuple):
    """A head, and a body in memory or in files."""

    head: dict[str, Any]
    body: bytes
    descriptors: list[int]


def encode(head: dict[str, Any], body: bytes = b"") -> bytes:
    """A frame as bytes."""
    told = orjson.dumps(head)
    return b"".join((_LENGTHS.pack(len(told), len(body)), told, body))


class Decoder:
    """Takes the bytes of one frame as they come."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self._parts: list[bytes] = []
        self._size = 0
        self._wanted = _LENGTHS.size
        self._head = 0
        self.descriptors: list[int] = []

    def feed(self, part: bytes, descriptors: list[int]) -> Frame | None:
        """Add bytes; the frame, once it is whole. Raises `ConnectionLost` at the end."""
        self.descriptors += descriptors
        if not part:
            self.close()
            raise ConnectionLost
        self._parts.append(part)
        self._size += len(part)
        if self._size < self._wanted:
            return None
        whole = b"".join(self._parts) if len(self._parts) > 1 else self._parts[0]
        if not self._head:
            self._head, body = _LENGTHS.unpack_from(whole)
            self._wanted = _LENGTHS.size + self._head + body
            if self._size < self._wanted:
                self._parts = [whole]
                return None
        end = _LENGTHS.size + self._head
        head = orjson.loads(whole[_LENGTHS.size : end])
        return Frame(head, whole[end : self._wanted], self.descriptors)

    def close(self) -> None:
        """Let go of descriptors that came with a broken frame."""
        while self.descriptors:
            os.close(self.descriptors.pop())


def receive_part(connection: socket.socket, size: int) -> tuple[bytes, list[int]]:
    """What is there of a frame, and the descriptors that came with it: most often none.

    As `socket.recv_fds`, which makes an array for those that do not come.
    """
    part, ancillary, _, _ = connection.recvmsg(size, _ANCILLARY_BYTES)
    if not ancillary:
        return part, []
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return part, descriptors.tolist()


def receive(connection: socket.socket) -> Frame:
    """Wait for one frame. Raises `ConnectionLost` and `TimeoutError`."""
    decoder = Decoder()
    try:
        while True:
            frame = decoder.feed(*receive_part(connection, _PART))
            if frame:
                return frame
    except ConnectionResetError as error:
        decoder.close()
        raise ConnectionLost from error
    except BaseException:
        decoder.close()
        raise


def send(
    connection: socket.socket, head: dict[str, Any], body: bytes = b"", *descriptors: int
) -> None:
    """Send one frame. Raises `OSError` when the other end is gone."""
    whole = encode(head, body)
    if descriptors:
        sent = socket.send_fds(connection, [whole], list(descriptors))
        whole = whole[sent:]
    if whole:
        connection.sendall(whole)


# --- requests ---------------------------------------------------------------------------


def query_head(query: Query, wanted: Wanted, edition: str) -> dict[str, Any]:
    """A query as a request's head."""
    head: dict[str, Any] = {
        "do": "answer",
        "text": query.text,
        "union": query.union,
        "solutions": _name(wanted.solutions),
        "graph": _name(wanted.graph),
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


def _name(form: Format | UnsupportedFormat) -> str | None:
    return form.name if isinstance(form, Format) else None


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
