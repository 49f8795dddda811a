"""Writes to another engine: SPARQL Update, and whole graphs.

Each write is one request, for nothing else is whole or not at all across engines. An
upload is read here first, into N-Triples: so a mistake is told with its place before
anything is sent, files of any format become one request, and an engine fetches nothing
on an upload's behalf.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, RdfFormat, Store

from graph import uploading
from graph.change import GraphName, Upload
from graph.engine import QueryDataset
from graph.errors import AnswerTooLarge, GraphNotFound, InvalidQuery, InvalidRdf, UpdateFailed
from graph.remote.connection import Deadline
from graph.remote.endpoint import Endpoint
from graph.remote.probing import Capabilities
from graph.remote.protocol import graph_request, update_request
from graph.remote.refusal import message_of, refused_text, refused_write
from graph.remote.transport import Reply, Request, Transport, plain
from graph.spool import SpoolWriter

# An update of this size takes engines under a second; beyond, some refuse or run out of memory.
UPDATE_BYTES = 2 * 1024 * 1024
_REPLY_BYTES = 1024 * 1024


class RemoteWriting:
    """Writes to one engine; counts its writes."""

    def __init__(
        self,
        endpoint: Endpoint,
        transport: Transport,
        capabilities: Callable[[], Capabilities],
        holds: Callable[[GraphName], bool],
    ) -> None:
        """`holds` asks the engine whether a graph has a triple."""
        self._endpoint = endpoint
        self._transport = transport
        self._capabilities = capabilities
        self._holds = holds
        self.count = 0

    def update(self, text: str, using: QueryDataset | None = None) -> None:
        """Apply an update request. Raises `InvalidQuery`, `UpdateFailed`, `EngineUnavailable`."""
        address = self._capabilities().update_address
        if address is None:
            raise UpdateFailed(
                f"The engine at {plain(self._endpoint.query)} takes no updates, as far as was "
                "found. Name the address where it does with --update-url."
            )
        if using is not None and not self._capabilities().dataset:
            raise UpdateFailed(
                f"The engine at {plain(address)} ignores the graphs that a request names, and "
                "would write what nobody meant. Name them in the update, with USING."
            )
        reply = self._send(update_request(address, text, using))
        if reply.status == 400:
            raise refused_text(text, message_of(reply.media_type, reply.spool.read()))
        self._check(reply, address)

    def put(self, uploads: Sequence[Upload], name: GraphName | None, *, replace: bool) -> bool:
        """Add uploads to a graph, or make them its content; tells whether the graph is new.

        Through the graph store where there is one and the graph has a name or is the
        default graph; else by one update of at most `UPDATE_BYTES`. Raises `InvalidRdf`,
        `UpdateFailed` and `EngineUnavailable`.
        """
        store_address = self._capabilities().store_address
        with tempfile.TemporaryDirectory(dir=self._endpoint.spool_folder) as folder:
            staged = Store(str(Path(folder) / "staged"))
            uploading.put(staged, uploads, name)
            if name is None or store_address is None:
                return self._insert(staged, name, replace=replace)
            path = Path(folder) / "graph.nt"
            staged.dump(path, RdfFormat.N_TRIPLES, from_graph=name)
            return self._store(store_address, name, path, replace=replace)

    def delete(self, name: GraphName) -> None:
        """Remove a graph. Raises `GraphNotFound`, `UpdateFailed` and `EngineUnavailable`."""
        address = self._capabilities().store_address
        if address is not None:
            reply = self._send(graph_request("DELETE", address, name))
            if reply.status == 404 and isinstance(name, NamedNode):
                raise GraphNotFound(name.value)
            self._check(reply, address)
            return
        if isinstance(name, NamedNode) and not self._holds(name):
            raise GraphNotFound(name.value)
        self._update(_removal(name))

    def _store(self, address: str, name: GraphName, path: Path, *, replace: bool) -> bool:
        with path.open("rb") as file:
            upload = (file, path.stat().st_size)
            method = "PUT" if replace else "POST"
            reply = self._send(graph_request(method, address, name, upload=upload))
        self._check(reply, address)
        return reply.status == 201 and isinstance(name, NamedNode)

    def _insert(self, staged: Store, name: GraphName | None, *, replace: bool) -> bool:
        inserted = insertion(staged)
        if replace and name is not None:
            inserted = f"{_removal(name)} ;\n{inserted}"
        is_new = isinstance(name, NamedNode) and not self._holds(name)
        self._update(inserted)
        return is_new

    def _update(self, text: str) -> None:
        """Apply an update that nobody wrote."""
        try:
            self.update(text)
        except InvalidQuery as error:
            raise UpdateFailed(f"The engine did not apply the write. It says: {error}") from error

    def _check(self, reply: Reply, address: str) -> None:
        if not reply.is_success:
            message = message_of(reply.media_type, reply.spool.read())
            raise refused_write(plain(address), reply.status, message)

    def _send(self, request: Request) -> Reply:
        try:
            deadline = Deadline(self._endpoint.write_timeout_s)
            return self._transport.send(request, deadline, _REPLY_BYTES)
        finally:
            # Even what failed may have been applied.
            self.count += 1


def insertion(staged: Store) -> str:
    """An update that inserts all quads of a database.

    Raises `UpdateFailed` when it would be larger than `UPDATE_BYTES`, and `InvalidRdf`
    when a graph has no name that another database could know.
    """
    sink = SpoolWriter(UPDATE_BYTES)
    try:
        for name in (DefaultGraph(), *staged.named_graphs()):
            if isinstance(name, BlankNode):
                raise InvalidRdf("A graph has a blank node for a name. Give it an IRI.")
            is_named = isinstance(name, NamedNode)
            sink.write(f"GRAPH {name} {{\n".encode() if is_named else b"")
            staged.dump(sink, RdfFormat.N_TRIPLES, from_graph=name)  # type: ignore[arg-type]
            sink.write(b"}\n" if is_named else b"")
        quads = sink.finish().read().decode()
    except AnswerTooLarge as error:
        raise UpdateFailed(
            f"The upload is larger than the {UPDATE_BYTES // 2**20} MiB that go into one update, "
            "and several would not be applied whole or not at all. Send it graph by graph, with "
            "the engine's graph store named by --store-url, or use the engine's own loader."
        ) from error
    finally:
        sink.discard()
    # Virtuoso wants no blank nodes in DATA; a template makes new ones, as DATA would.
    return f"INSERT {{\n{quads}}} WHERE {{}}" if "_:" in quads else f"INSERT DATA {{\n{quads}}}"


def _removal(name: GraphName) -> str:
    if isinstance(name, NamedNode):
        # Virtuoso drops only what was created by name, and clears anything.
        return f"CLEAR SILENT GRAPH {name} ;\nDROP SILENT GRAPH {name}"
    return "CLEAR DEFAULT"
