"""Another engine, as the rest of Shuangma sees it: queries, dumps and writes."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from pyoxigraph import NamedNode, Triple, parse_query_results

from graph.change import Change, GraphName, Upload
from graph.engine import (
    JSON,
    Answer,
    Query,
    QueryDataset,
    Solution,
    Term,
    TextEngine,
    Wanted,
    solutions_of,
)
from graph.errors import QueryFailed, ServiceRefused
from graph.remote.endpoint import Endpoint
from graph.remote.probing import Capabilities, Probe
from graph.remote.reading import RemoteReading
from graph.remote.refusal import nonsense
from graph.remote.transport import Transport, plain
from graph.remote.writing import RemoteWriting
from graph.representation import Format, Kind, Writer, solution_format
from graph.sparql_text import loads, names_its_dataset, services
from graph.spool import Spool

UNION_GRAPHS = 200
_GRAPH_NAMES = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {UNION_GRAPHS + 1}"
_DEFAULT_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_ALL_TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"
_ALL_QUADS = "SELECT ?g ?s ?p ?o WHERE { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"
_ALL_QUADS_OF_UNION = (
    "SELECT ?g ?s ?p ?o WHERE { { GRAPH ?g { ?s ?p ?o } } "
    "UNION { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?h { ?s ?p ?o } } } }"
)


class RemoteEngine(TextEngine):
    """Another engine's endpoint, asked from threads that wait.

    Its data change without a word, so an edition's name is made of the writes that went
    through here and of the time: it changes with each write and every `Endpoint.fresh_s`.
    Each start of a service makes names of its own.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        writer: Writer | None = None,
        allowed_services: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nothing yet. `writer` knows the prefixes of what is written here.

        `allowed_services` are what SERVICE and LOAD may reach from the engine.
        """
        self.endpoint = endpoint
        self._allowed = tuple(allowed_services)
        self._clock = clock
        self._start = secrets.token_hex(4)
        self._address = plain(endpoint.query)
        self._transport = Transport(endpoint)
        self._lock = threading.Lock()
        self._capabilities: Capabilities | None = None
        self._union_asked = ""
        self._named_graphs: tuple[str, QueryDataset | None] = ("", None)
        self._reading = RemoteReading(
            endpoint, self._transport, lambda: self.capabilities, writer or Writer({}, {})
        )
        self._writing = RemoteWriting(
            endpoint, self._transport, lambda: self.capabilities, self.holds
        )
        self._pages = _Pages(self)

    def close(self) -> None:
        """End connections that wait."""
        self._transport.close()

    def probe(self) -> Capabilities:
        """Find out what the engine can; a service does so at its start.

        Raises `EngineUnavailable` when it is down, slow, or no SPARQL engine.
        """
        found = Probe(self.endpoint, self._transport).run()
        self._capabilities = found
        self._union_asked = self.edition
        return found

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can, asked once. Raises `EngineUnavailable`."""
        with self._lock:
            return self._capabilities or self.probe()

    @property
    def edition(self) -> str:
        """A name that changes with each write through here, and with time."""
        period = int(self._clock() // self.endpoint.fresh_s)
        return f"{self._start}-{self._writing.count}-{period}"

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """Answer any query, over the query's dataset or the engine's own default graph.

        Raises `InvalidQuery`, `ServiceRefused`, `QueryFailed` and its kin,
        `EngineUnavailable`, and what `wanted` holds for a kind that cannot be taken.
        """
        self._refuse("SERVICE", services(query.text))
        return self._reading.answer(query, wanted)

    def dump(self, form: Format, named_graph: GraphName | None = None) -> Spool:
        """All quads, or one graph; an empty one where there is none of that name."""
        if named_graph is not None:
            address = self.capabilities.store_address
            if address is not None:
                return self._reading.graph(address, named_graph, form)
            return self._answer_in(self._graph_query(named_graph), form)
        is_union = self._is_union()
        if form.kind is Kind.GRAPH:
            return self._answer_in(_DEFAULT_GRAPH if is_union else _ALL_TRIPLES, form)
        return self._reading.dataset(_ALL_QUADS_OF_UNION if is_union else _ALL_QUADS, form)

    def select(self, query: str, **terms: Term) -> list[Solution]:
        """The solutions of a SELECT over the union, whatever the engine's default graph is."""
        try:
            return self._pages.select(query, **terms)
        except (SyntaxError, ValueError) as error:
            raise nonsense(self._address, str(error)) from error

    def construct(self, query: str, **terms: Term) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE over the union, likewise."""
        try:
            return self._pages.construct(query, **terms)
        except (SyntaxError, ValueError) as error:
            raise nonsense(self._address, str(error)) from error

    def update(self, text: str, using: QueryDataset | None = None) -> Change:
        """Apply an update request. Raises `InvalidQuery`, `ServiceRefused`, `UpdateFailed`."""
        self._refuse("SERVICE", services(text))
        self._refuse("LOAD", loads(text))
        self._writing.update(text, using)
        return Change(self.edition)

    def put(self, uploads: Sequence[Upload], name: GraphName | None, *, replace: bool) -> Change:
        """Add uploads to a graph, or with `replace` make them its content.

        Without a name the uploads are datasets that name their own graphs.
        Raises `InvalidRdf` and `UpdateFailed`.
        """
        is_new = self._writing.put(uploads, name, replace=replace)
        return Change(self.edition, created=is_new)

    def delete(self, name: GraphName) -> Change:
        """Remove a graph. Raises `GraphNotFound`."""
        self._writing.delete(name)
        return Change(self.edition)

    def union_dataset(self) -> QueryDataset | None:
        """All named graphs, for an engine whose default graph is not their union.

        They are listed once an edition; the unnamed graph is not among them. Raises
        `QueryFailed` when they are more than `UNION_GRAPHS`.
        """
        if self._is_union() is not False:
            return None
        edition = self.edition
        known, dataset = self._named_graphs
        if known != edition:
            dataset = self._list_graphs()
            self._named_graphs = (edition, dataset)
        return dataset

    def _list_graphs(self) -> QueryDataset | None:
        with self._answer_in(_GRAPH_NAMES, JSON) as spool:
            found = solutions_of(parse_query_results(spool.read(), solution_format(JSON)))
        names = tuple(name for each in found if isinstance(name := each.get("g"), NamedNode))
        if len(names) > UNION_GRAPHS:
            raise QueryFailed(
                f"The default graph of the engine at {self._address} is not the union of all "
                f"graphs, and it has more than the {UNION_GRAPHS} that a query can name. "
                "Switch the union on in the engine."
            )
        return QueryDataset(names, names) if names else None

    def _is_union(self) -> bool | None:
        """As the probe found it; while no graph had a name, asked again in each edition."""
        known = self.capabilities
        edition = self.edition
        if known.union_default_graph is not None or self._union_asked == edition:
            return known.union_default_graph
        is_union = Probe(self.endpoint, self._transport).union()
        self._union_asked = edition
        self._capabilities = replace(known, union_default_graph=is_union)
        return is_union

    def _graph_query(self, name: GraphName) -> str:
        if isinstance(name, NamedNode):
            return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}"
        if self._is_union():
            raise QueryFailed(
                f"The engine at {self._address} has no graph store, and its queries do not tell "
                "the unnamed graph from the union of all. Name its graph store with --store-url."
            )
        return _DEFAULT_GRAPH

    def holds(self, name: GraphName) -> bool:
        """Whether a graph of that name has a triple."""
        with self._answer_in(f"ASK {{ GRAPH {name} {{ ?s ?p ?o }} }}", JSON) as spool:
            return bool(parse_query_results(spool.read(), solution_format(JSON)))

    def _answer_in(self, text: str, form: Format) -> Spool:
        return self._reading.answer(Query(text), Wanted(form, form)).spool

    def _refuse(self, word: str, addresses: Sequence[str | None]) -> None:
        """What an engine fetches, it fetches from within its own network."""
        for address in addresses:
            if address is None or address not in self._allowed:
                raise ServiceRefused(word, address)


class _Pages(TextEngine):
    """The queries of pages: over the union of all graphs, by their names if need be."""

    def __init__(self, engine: RemoteEngine) -> None:
        self._engine = engine

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        if not names_its_dataset(query.text):
            query = query._replace(dataset=self._engine.union_dataset())
        return self._engine.answer(query, wanted)
