"""Finds out what another engine can, by small questions, each with a short time-out.

Asks nothing that changes data: the one update that it sends inserts no triple.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    parse,
    parse_query_results,
)

from graph.engine import JSON, QueryDataset
from graph.errors import EngineUnavailable, QueryTimedOut, ShuangmaError
from graph.remote.connection import Deadline
from graph.remote.endpoint import Endpoint
from graph.remote.protocol import graph_request, query_request, update_request
from graph.remote.refusal import message_of, no_access, nonsense, refused_query, refused_write
from graph.remote.results import form_of
from graph.remote.transport import Reply, Request, Transport, plain
from graph.representation import Format, Kind, formats_of, rdf_format, solution_format

_TIMEOUT_S = 5.0
_ANSWER_BYTES = 256 * 1024
_TRUTH = "ASK {}"
_NO_CHANGE = "INSERT DATA {}"
_NO_UPDATE = "INSERT DATUM {}"
# Seen: CSV with question marks for Chinese, JSON-LD that makes a decimal a double.
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TERMS = (
    Literal("1", datatype=NamedNode(f"{_XSD}integer")),
    Literal("12.5", datatype=NamedNode(f"{_XSD}decimal")),
    Literal('"雙馬"\n<\\é>, 1'),
)
_SELECT_TERMS = "SELECT ({} AS ?x) ({} AS ?y) ({} AS ?z) WHERE {{}}".format(*_TERMS)
_CONSTRUCT_TERMS = (
    "CONSTRUCT {{ <http://example.org/s> <http://example.org/p> {}, {}, {} }} WHERE {{}}"
).format(*_TERMS)
_HAS_NAMED_GRAPH = "ASK { GRAPH ?g { ?s ?p ?o } }"
_IS_STRICT = (
    "ASK { { SELECT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 100 } "
    "FILTER NOT EXISTS { ?s ?p ?o } }"
)
_KNOWS_TRIPLE_TERMS = "ASK { FILTER(isTRIPLE(<<( <urn:s> <urn:p> <urn:o> )>>)) }"
_NAMES = ("Virtuoso", "Oxigraph", "Fuseki", "GraphDB", "RDF4J", "Stardog", "Blazegraph", "QLever")
_NOT_UNION = (
    "The engine's default graph is not the union of all graphs: a query without GRAPH or FROM "
    "reads the unnamed graph alone. Switch the union on in the engine, such as Fuseki's "
    "unionDefaultGraph or Oxigraph's --union-default-graph."
)
_CUT_GRAPHS = (
    "Virtuoso cuts the answers of CONSTRUCT and DESCRIBE at ResultSetMaxRows without a word. "
    "Raise it in virtuoso.ini."
)
_IGNORES_DATASET = (
    "The engine ignores the graphs that a request names (default-graph-uri, named-graph-uri); "
    "such requests are refused."
)
_UNION = "The engine's default graph is the union of all graphs, though the strict one is wanted."


@dataclass(frozen=True)
class Capabilities:
    """What another engine can, as it was found.

    `name` is a guess. `update_address` and `store_address` are None where it takes no
    updates and no whole graphs. `union_default_graph` is None where nothing tells, since
    no graph has a name yet. `dataset` says whether a request may name the graphs that its
    query reads. `formats` are those that it writes well, and the media types
    that it knows them by. `notes` say what it cannot, and the mend.
    """

    name: str
    update_address: str | None
    store_address: str | None
    union_default_graph: bool | None
    rdf12: bool
    dataset: bool
    formats: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def update(self) -> bool:
        """Whether it takes SPARQL updates."""
        return self.update_address is not None

    @property
    def graph_store(self) -> bool:
        """Whether it has the Graph Store Protocol."""
        return self.store_address is not None


class Probe:
    """Asks one engine."""

    def __init__(self, endpoint: Endpoint, transport: Transport) -> None:
        """Nothing is sent yet."""
        self._endpoint = endpoint
        self._transport = transport
        self._timeout_s = min(_TIMEOUT_S, endpoint.timeout_s)
        self._notes: list[str] = []

    def run(self) -> Capabilities:
        """Ask all. Raises `EngineUnavailable` when it is down, slow, or no SPARQL engine."""
        self._notes.clear()
        name = _name(self._alive())
        if name == "Virtuoso":
            self._notes.append(_CUT_GRAPHS)
        formats = dict(self._formats())
        if not {"json", "xml"} & formats.keys():
            raise nonsense(self._endpoint.query, "its solutions are neither JSON nor XML.")
        is_union = self.union()
        if is_union is not None and is_union is not self._endpoint.union:
            self._notes.append(_UNION if is_union else _NOT_UNION)
        return Capabilities(
            name=name,
            update_address=self._update_address(),
            store_address=self._store_address(),
            union_default_graph=is_union,
            rdf12=self._truth(_KNOWS_TRIPLE_TERMS) is True,
            dataset=self._takes_dataset(),
            formats=formats,
            notes=tuple(self._notes),
        )

    def union(self) -> bool | None:
        """Whether a query's default graph is the union of all graphs; None if that is open."""
        if self._truth(_HAS_NAMED_GRAPH) is not True:
            return None
        is_strict = self._truth(_IS_STRICT)
        return None if is_strict is None else not is_strict

    def _alive(self) -> Reply:
        address = plain(self._endpoint.query)
        try:
            reply = self._ask(_TRUTH, f"{JSON.media_type}, application/sparql-results+xml;q=0.8")
        except QueryTimedOut as error:
            raise EngineUnavailable(
                f"The engine at {address} did not answer {_TRUTH} within {self._timeout_s:g} s."
            ) from error
        body = reply.spool.read()
        if not reply.is_success:
            message = message_of(reply.media_type, body)
            if reply.status == 400:
                raise nonsense(address, f"it refuses {_TRUTH}. {message}".strip())
            refused = refused_query(address, reply.status, message, self._timeout_s)
            if isinstance(refused, EngineUnavailable):
                raise refused
            raise nonsense(address, f"it refuses {_TRUTH} ({reply.status}). {message}".strip())
        if (truth := _truth_in(reply)) is not True:
            told = message_of(reply.media_type, body) if truth is None else "false"
            what = reply.media_type or "no media type"
            raise nonsense(address, f"to {_TRUTH} it says “{told}” ({what}). Check the address.")
        return reply

    def _formats(self) -> Iterable[tuple[str, str]]:
        for form in formats_of(Kind.SOLUTIONS, Kind.GRAPH):
            text = _SELECT_TERMS if form.kind is Kind.SOLUTIONS else _CONSTRUCT_TERMS
            for media_type in form.media_types:
                reply = self._try(query_request(self._endpoint.query, text, media_type))
                if reply and reply.media_type in form.media_types and _holds_terms(reply, form):
                    yield form.name, media_type
                    break

    def _update_address(self) -> str | None:
        given = self._endpoint.update
        if given is not None:
            reply = self._send(update_request(given, _NO_CHANGE, is_safe=True))
            if not reply.is_success:
                message = message_of(reply.media_type, reply.spool.read())
                raise EngineUnavailable(str(refused_write(plain(given), reply.status, message)))
            return given
        for guess in self._endpoint.likely_updates:
            done = self._try(update_request(guess, _NO_CHANGE, is_safe=True))
            refused = self._try(update_request(guess, _NO_UPDATE, is_safe=True))
            if done and refused and done.is_success and refused.status >= 400:
                return guess
            if done and done.status in {401, 403}:
                self._notes.append(str(no_access(plain(guess), done.status)))
                return None
        self._notes.append("The engine takes no updates. Name where it does with --update-url.")
        return None

    def _store_address(self) -> str | None:
        if self._endpoint.store is not None:
            return self._endpoint.store
        for guess in self._endpoint.likely_stores:
            reply = self._try(
                graph_request("HEAD", guess, DefaultGraph(), "text/turtle, */*;q=0.1")
            )
            if reply and reply.is_success and reply.media_type != "text/html":
                return guess
        self._notes.append(
            "The engine has no graph store that was found: larger uploads are refused. "
            "Name its address with --store-url."
        )
        return None

    def _takes_dataset(self) -> bool:
        nothing = QueryDataset((NamedNode(f"urn:uuid:{uuid4()}"),), ())
        if self._truth("ASK { ?s ?p ?o }", nothing) is True:
            self._notes.append(_IGNORES_DATASET)
            return False
        return True

    def _truth(self, text: str, dataset: QueryDataset | None = None) -> bool | None:
        reply = self._try(query_request(self._endpoint.query, text, JSON.media_type, dataset))
        return _truth_in(reply) if reply and reply.is_success else None

    def _ask(self, text: str, accept: str) -> Reply:
        return self._send(query_request(self._endpoint.query, text, accept))

    def _try(self, request: Request) -> Reply | None:
        try:
            return self._send(request)
        except ShuangmaError:
            return None

    def _send(self, request: Request) -> Reply:
        return self._transport.send(request, Deadline(self._timeout_s), _ANSWER_BYTES)


def _truth_in(reply: Reply) -> bool | None:
    form = form_of(reply.media_type, Kind.SOLUTIONS, JSON)
    if form is None or form.name not in {"json", "xml"}:
        return None
    try:
        result = parse_query_results(reply.spool.read(), solution_format(form))
    except (SyntaxError, ValueError):
        return None
    return bool(result) if isinstance(result, QueryBoolean) else None


def _holds_terms(reply: Reply, form: Format) -> bool:
    """Whether an answer holds what was asked for, unchanged."""
    body = reply.spool.read()
    if not reply.is_success:
        return False
    try:
        if form.name == "csv":
            lines = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
            return list(lines) == [["x", "y", "z"], [term.value for term in _TERMS]]
        if form.kind is Kind.GRAPH:
            return {quad.object for quad in parse(body, rdf_format(form))} == set(_TERMS)
        result = parse_query_results(body, solution_format(form))
        if not isinstance(result, QuerySolutions):
            return False
        return [tuple(solution[name] for name in "xyz") for solution in result] == [_TERMS]
    except (SyntaxError, ValueError, KeyError, csv.Error):
        return False


def _name(reply: Reply) -> str:
    told = " ".join([reply.headers.get("Server", ""), *reply.headers])
    known = (name for name in _NAMES if name.lower() in told.lower())
    return next(known, reply.headers.get("Server", "").partition(" ")[0] or "unknown")
