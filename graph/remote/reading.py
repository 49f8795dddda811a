"""Asks another engine queries and graphs, and hands on what it answers in a format."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from graph.change import GraphName
from graph.engine import JSON, Answer, Query, Wanted
from graph.errors import QueryFailed
from graph.remote.connection import Deadline
from graph.remote.endpoint import Endpoint
from graph.remote.probing import Capabilities
from graph.remote.protocol import graph_request, query_form, query_request
from graph.remote.refusal import message_of, nonsense, refused_query, refused_text
from graph.remote.results import Conversion, form_of, with_valid_labels
from graph.remote.transport import Reply, Request, TimedSpool, Transport, plain
from graph.representation import Format, Kind, Writer, format_named
from graph.spool import Spool

_TOLD_BYTES = 4096
_GRAPH_FORMS = {"CONSTRUCT", "DESCRIBE"}
# What is asked for where the format that is wanted is not to be had, best first.
_COMMON = {
    Kind.SOLUTIONS: ("json", "xml"),
    Kind.GRAPH: ("ntriples", "turtle", "rdfxml", "jsonld"),
}
# Virtuoso answers 200 with a part of the answer, and says so in these.
_PARTIAL_HEADERS = ("X-SQL-State", "X-SPARQL-MaxRows")


class RemoteReading:
    """Reads from one engine, in the formats that it writes well."""

    def __init__(
        self,
        endpoint: Endpoint,
        transport: Transport,
        capabilities: Callable[[], Capabilities],
        writer: Writer,
    ) -> None:
        """`writer` knows the prefixes and context of what is written here."""
        self._endpoint = endpoint
        self._transport = transport
        self._capabilities = capabilities
        self._address = plain(endpoint.query)
        self._conversion = Conversion(self._address, writer)

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """Answer a query. Raises `InvalidQuery`, `QueryFailed` and kin, `EngineUnavailable`."""
        word = query_form(query.text)
        form = wanted.form(Kind.GRAPH if word in _GRAPH_FORMS else Kind.SOLUTIONS)
        # Of a truth value, engines write in CSV and TSV whatever they like.
        asked = JSON if word == "ASK" else form

        def request(accept: str) -> Request:
            return query_request(self._endpoint.query, query.text, accept, query.dataset)

        if query.dataset is not None and not self._capabilities().dataset:
            raise QueryFailed(
                f"The engine at {self._address} ignores the graphs that a request names. "
                "Name them in the query, with FROM and FROM NAMED."
            )
        deadline = self._deadline()
        reply, asked = self._reply(request, asked, deadline)
        if reply.status == HTTPStatus.BAD_REQUEST:
            raise refused_text(query.text, message_of(reply.media_type, reply.spool.read()))
        return Answer(form, self._delivered(reply, asked, form, deadline))

    def graph(self, store_address: str, name: GraphName, form: Format) -> Spool:
        """One graph from the graph store; an empty one where there is none of that name."""

        def request(accept: str) -> Request:
            return graph_request("GET", store_address, name, accept)

        deadline = self._deadline()
        reply, asked = self._reply(request, form, deadline)
        if reply.status == HTTPStatus.NOT_FOUND:
            reply = Reply(HTTPStatus.OK, {}, Spool())
            asked = format_named("ntriples", Kind.GRAPH)
        return self._delivered(reply, asked, form, deadline, store_address)

    def dataset(self, text: str, form: Format) -> Spool:
        """The solutions `?g ?s ?p ?o` of a query as a dataset."""
        deadline = self._deadline()
        solutions = self.answer(Query(text), Wanted(JSON, JSON)).spool
        return self._conversion.dataset(solutions, form, self._sink(deadline))

    def _reply(
        self, request: Callable[[str], Request], wanted: Format, deadline: Deadline
    ) -> tuple[Reply, Format]:
        """A reply in the format that is wanted, or else in a common one.

        One media type is asked for at a time: whoever offers more gets from Virtuoso
        Turtle that is called text/plain.
        """
        formats = self._capabilities().formats
        choices = [wanted.name, *(name for name in _COMMON[wanted.kind] if name != wanted.name)]
        for name in (name for name in choices if name in formats):
            asked = format_named(name, wanted.kind)
            repair = with_valid_labels if asked.kind is Kind.SOLUTIONS else iter
            limit = self._endpoint.answer_bytes
            reply = self._transport.send(request(formats[name]), deadline, limit, repair)
            if reply.status != HTTPStatus.NOT_ACCEPTABLE:
                return reply, asked
            reply.spool.close()
        raise QueryFailed(
            f"The engine at {self._address} writes no {wanted.label}, and nothing that it could "
            "be made from here."
        )

    def _delivered(
        self,
        reply: Reply,
        asked: Format,
        form: Format,
        deadline: Deadline,
        address: str | None = None,
    ) -> Spool:
        """A reply's body in the format that is wanted. Raises what the reply refuses."""
        if not reply.is_success:
            message = message_of(reply.media_type, reply.spool.read())
            place = plain(address or self._endpoint.query)
            raise refused_query(place, reply.status, message, deadline.timeout_s)
        partial = next((name for name in _PARTIAL_HEADERS if name in reply.headers), None)
        if partial or reply.status == HTTPStatus.PARTIAL_CONTENT:
            reply.spool.close()
            raise QueryFailed(
                f"The engine at {self._address} gave a part of the answer only "
                f"({partial or reply.status}). Ask for less: add LIMIT, or bind a variable."
            )
        got = form_of(reply.media_type, asked.kind, asked)
        if got is None:
            told = message_of(reply.media_type, reply.spool.read()[:_TOLD_BYTES])
            reply.spool.close()
            raise nonsense(self._address, f"{reply.media_type} instead of {asked.label}: “{told}”")
        if asked.kind is Kind.SOLUTIONS:
            return self._conversion.solutions(reply.spool, got, form, self._sink(deadline))
        is_plain = reply.media_type == "text/plain"
        return self._conversion.graph(
            reply.spool, got, form, self._sink(deadline), is_plain=is_plain
        )

    def _deadline(self) -> Deadline:
        return Deadline(self._endpoint.timeout_s)

    def _sink(self, deadline: Deadline) -> TimedSpool:
        return TimedSpool(self._endpoint.answer_bytes, self._endpoint.spool_folder, deadline)
