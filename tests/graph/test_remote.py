"""Another engine in the store's place: a real one, and servers that misbehave."""

from __future__ import annotations

import http.client
import json
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import pytest
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from graph.change import Upload
from graph.engine import JSON, NQUADS, NTRIPLES, Query, QueryDataset, Wanted
from graph.errors import (
    AnswerTooLarge,
    EngineUnavailable,
    GraphNotFound,
    InvalidQuery,
    InvalidRdf,
    QueryFailed,
    QueryTimedOut,
    ServiceRefused,
    UpdateFailed,
)
from graph.oxigraph import OxigraphEngine
from graph.remote import Endpoint, RemoteEngine
from graph.representation import (
    Format,
    Kind,
    Writer,
    format_named,
    formats_of,
    rdf_format,
    solution_format,
)
from tests.engines import PEERS, Peer, oxigraph
from tests.engines.engine import answers
from tests.engines.process import Process, free_ports

MARK = "urn:misbehave"  # what a query says that is to meet a server's other side
MARKED = f"SELECT ?s WHERE {{ ?s <{MARK}> ?o }}"
TEXT = """\
<http://e.example/tea> <http://e.example/name> "茶"@zh-Hant <http://e.example/graph/1> .
<http://e.example/tea> <http://e.example/price> "12.5"^^<http://www.w3.org/2001/XMLSchema#decimal> \
<http://e.example/graph/1> .
<http://e.example/cup> <http://e.example/holds> <http://e.example/tea> <http://e.example/graph/2> .
<http://e.example/cup> <http://e.example/note> "a \\"b\\"\\n, c\\t<d>" <http://e.example/graph/2> .
"""
QUADS = list(parse(TEXT, RdfFormat.N_QUADS))
FIRST = NamedNode("http://e.example/graph/1")
NEW = NamedNode("http://e.example/graph/new")
BOTH = Wanted(JSON, NTRIPLES)
SELECT = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?p"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Hands requests on to an engine, but for those that `behaviour` answers."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = unquote_plus(self.path + " " + self.body.decode("utf-8", errors="replace"))
        is_concerned = self.server.concerns(said)
        if is_concerned:
            self.server.met.append(f"{self.command} {said}")
            self.server.behaviour(self)
        else:
            self.hand_on()

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST  # noqa: N815

    def hand_on(self, **headers: str) -> None:
        """Ask the engine behind, with these headers changed."""
        connection = http.client.HTTPConnection(self.server.behind, timeout=20)
        asked = {k: v for k, v in self.headers.items() if k not in {"Host", "Connection"}}
        connection.request(self.command, self.path, self.body, asked | headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.say(answer.status, body, {"Content-Type": answer.headers.get("Content-Type", "")})

    def say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A misbehaving server; `met` are the requests that it answered itself."""

    daemon_threads = True

    def __init__(self, behaviour: Behaviour, behind: str, concerns: Callable[[str], bool]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.behind = behind
        self.concerns = concerns
        self.met: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Whoever asked has left."""


@contextmanager
def serving(
    behaviour: Behaviour, behind: str = "", concerns: Callable[[str], bool] | None = None
) -> Iterator[Server]:
    """A server that answers requests by `behaviour`, all or with an engine `behind` the marked."""
    always = concerns or ((lambda said: MARK in said) if behind else (lambda _: True))
    server = Server(behaviour, urlsplit(behind).netloc, always)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def remote(url: str, writer: Writer | None = None, **settings: object) -> Iterator[RemoteEngine]:
    engine = RemoteEngine(Endpoint(f"{url}/query", **settings), writer)  # type: ignore[arg-type]
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def oxigraph_of(folder: Path, quads: Sequence[Quad], *options: str) -> Iterator[str]:
    """The address of a new Oxigraph server in memory."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    binary = oxigraph.binary()
    assert binary, oxigraph.available()
    process = Process(
        [binary, "serve", "--bind", f"127.0.0.1:{port}", *options], folder / "log", cwd=folder
    )
    try:
        process.wait_until(lambda: answers(f"{url}/query"))
        if quads:
            inserted = " ".join(f"GRAPH {q.graph_name} {{ {q.triple} }}" for q in quads)
            with remote(url) as engine:
                engine.update(f"INSERT DATA {{ {inserted} }}")
        yield url
    finally:
        process.stop()


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that nobody writes to, with the union for its default graph."""
    folder = tmp_path_factory.mktemp("peer")
    with oxigraph_of(folder, QUADS, "--union-default-graph") as url:
        yield url


@pytest.fixture
def engine(peer: str, writer: Writer) -> Iterator[RemoteEngine]:
    with remote(peer, writer) as found:
        yield found


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[str]:
    """A server to write to."""
    with oxigraph_of(tmp_path, QUADS, "--union-default-graph") as url:
        yield url


@pytest.fixture(scope="module")
def local(writer: Writer) -> OxigraphEngine:
    """The same data in process: what a remote engine is to equal."""
    database = Store()
    database.extend(QUADS)
    return OxigraphEngine(database, "1", writer)


def solutions(body: bytes, form: Format) -> list[str]:
    if form.name == "csv":
        return body.decode().replace("\r\n", "\n").split("\n")
    return [str(solution) for solution in parse_query_results(body, solution_format(form))]


def triples(body: bytes, form: Format) -> set[Triple]:
    return {quad.triple for quad in parse(body, rdf_format(form))}


# What it finds out


def test_the_probe_finds_what_an_engine_can(engine: RemoteEngine, peer: str) -> None:
    found = engine.probe()
    assert found.name == "Oxigraph"
    assert found.update_address == f"{peer}/update"
    assert found.store_address == f"{peer}/store"
    assert (found.update, found.graph_store) == (True, True)
    assert found.union_default_graph is True
    assert found.rdf12 is True
    assert found.dataset is True
    assert set(found.formats) == {f.name for f in formats_of(Kind.SOLUTIONS, Kind.GRAPH)}
    assert found.notes == ()


def test_the_probe_changes_nothing(fresh: str) -> None:
    with remote(fresh) as engine:
        engine.probe()
        assert set(engine.quads()) == set(QUADS)


def test_an_engine_that_is_down_is_told_with_its_address() -> None:
    (port,) = free_ports(1)
    told = rf"Nothing answers at http://127.*:{port}/"
    with remote(f"http://127.0.0.1:{port}") as engine, pytest.raises(EngineUnavailable, match=told):
        engine.probe()


def test_an_engine_that_never_answers_is_told() -> None:
    with (
        serving(lambda handler: handler.server.over.wait() and None) as server,
        remote(server.url, timeout_s=0.5) as engine,
        pytest.raises(EngineUnavailable, match=r"did not answer ASK \{\} within 0.5 s"),
    ):
        engine.probe()


@pytest.mark.parametrize(
    ("status", "body", "media_type", "told"),
    [
        (200, b"<html><title>Welcome</title></html>", "text/html", "nonsense: .*Welcome"),
        (200, b'{"head": {}, "boolean": tr', "application/sparql-results+json", "nonsense"),
        (200, b'{"head": {}, "boolean": false}', "application/sparql-results+json", "false"),
        (401, b"", "", "SHUANGMA_ENGINE_TOKEN"),
        (403, b"", "", "gives no access"),
        (404, b"<h1>Not here</h1>", "text/html", "no SPARQL endpoint.*404.*Not here"),
        (400, b"what?", "text/plain", "refuses ASK"),
        (500, b'{"message": "disk full"}', "application/json", "500.*disk full"),
    ],
    ids=["page", "truncated", "false", "401", "403", "404", "400", "500"],
)
def test_what_is_no_engine_is_told(status: int, body: bytes, media_type: str, told: str) -> None:
    with (
        serving(lambda handler: handler.say(status, body, {"Content-Type": media_type})) as server,
        remote(server.url) as engine,
        pytest.raises(EngineUnavailable, match=told),
    ):
        engine.probe()


def test_a_wrong_address_for_updates_is_told_at_the_start(peer: str) -> None:
    with (
        remote(peer, update=f"{peer}/nowhere") as engine,
        pytest.raises(EngineUnavailable, match="--update-url"),
    ):
        engine.probe()


def test_addresses_are_guessed_only_where_they_are_right(peer: str) -> None:
    def absent(handler: Handler) -> None:
        handler.say(404, b"")

    with (
        serving(absent, peer, lambda said: "/update" in said or "/store" in said) as server,
        remote(server.url) as engine,
    ):
        found = engine.probe()
        assert (found.update, found.graph_store) == (False, False)
        assert "--update-url" in found.notes[0]
        assert "--store-url" in found.notes[1]
        with pytest.raises(UpdateFailed, match="takes no updates"):
            engine.update("CLEAR ALL")


# Who asks


def test_credentials_come_from_the_environment_and_stay_out_of_sight() -> None:
    environment = {
        "SHUANGMA_ENGINE_USERNAME": "ma",
        "SHUANGMA_ENGINE_PASSWORD": "horse",
        "SHUANGMA_ENGINE_TOKEN": "",
    }
    endpoint = Endpoint.from_environment("http://e.example/sparql", environment)
    assert (endpoint.username, endpoint.password, endpoint.token) == ("ma", "horse", None)
    assert "horse" not in repr(endpoint)


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"username": "ma", "password": "horse"}, "Basic bWE6aG9yc2U="),
        ({"token": "abc"}, "Bearer abc"),
    ],
    ids=["name", "token"],
)
def test_credentials_are_sent(peer: str, settings: dict[str, str], sent: str) -> None:
    def ask(handler: Handler) -> None:
        if handler.headers.get("Authorization") == sent:
            handler.hand_on()
        else:
            handler.say(401, b"")

    with (
        serving(ask, peer, lambda _: True) as server,
        remote(server.url, **settings) as engine,
    ):
        assert engine.probe().update
    with (
        serving(ask, peer, lambda _: True) as server,
        remote(server.url) as engine,
        pytest.raises(EngineUnavailable, match="SHUANGMA_ENGINE_USERNAME"),
    ):
        engine.probe()


@pytest.mark.parametrize(
    "address",
    ["http://ma:horse@e.example/sparql", "e.example/sparql", "file:///x", "http://[::1", "http://"],
)
def test_an_address_is_refused_without_repeating_a_password(address: str) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        Endpoint(address)
    assert "horse" not in str(caught.value)


def test_a_redirection_to_another_host_is_not_followed(peer: str) -> None:
    with serving(lambda handler: handler.say(200, b"")) as other:

        def send_on(handler: Handler) -> None:
            handler.say(307, b"", {"Location": f"{other.url}/query"})

        with (
            serving(send_on, peer) as server,
            remote(server.url, token="abc") as engine,
            pytest.raises(EngineUnavailable, match=f"sends to another host, {other.url}/query"),
        ):
            engine.answer(Query(MARKED), BOTH)
        assert other.met == []


def test_a_redirection_on_the_same_host_is_followed(peer: str) -> None:
    def send_on(handler: Handler) -> None:
        if handler.path == "/query":
            handler.say(301, b"", {"Location": "/query?moved"})
        else:
            handler.hand_on()

    with serving(send_on, peer) as server, remote(server.url) as engine:
        assert engine.select(MARKED) == []
        assert len(server.met) == 2


def test_redirections_without_end_are_told(peer: str) -> None:
    with (
        serving(lambda handler: handler.say(302, b"", {"Location": "/query"}), peer) as server,
        remote(server.url) as engine,
        pytest.raises(EngineUnavailable, match="without end"),
    ):
        engine.answer(Query(MARKED), BOTH)


# What it answers


@pytest.mark.parametrize("form", formats_of(Kind.SOLUTIONS), ids=lambda form: form.name)
def test_solutions_equal_those_of_the_store(
    engine: RemoteEngine, local: OxigraphEngine, form: Format
) -> None:
    wanted = Wanted(form, NTRIPLES)
    theirs, ours = engine.answer(Query(SELECT), wanted), local.answer(Query(SELECT), wanted)
    assert theirs.form is form
    assert solutions(theirs.body, form) == solutions(ours.body, form)


@pytest.mark.parametrize("form", formats_of(Kind.SOLUTIONS), ids=lambda form: form.name)
def test_truth_values_equal_those_of_the_store(
    engine: RemoteEngine, local: OxigraphEngine, form: Format
) -> None:
    for text in ("ASK { ?s ?p ?o }", "# SELECT\nASK { ?s <urn:nothing> ?o }"):
        wanted = Wanted(form, NTRIPLES)
        theirs, ours = engine.answer(Query(text), wanted), local.answer(Query(text), wanted)
        if form.name in {"csv", "tsv"}:
            assert theirs.body == ours.body
        else:
            native = solution_format(form)
            found = parse_query_results(theirs.body, native)
            assert bool(found) is bool(parse_query_results(ours.body, native))


@pytest.mark.parametrize("form", formats_of(Kind.GRAPH), ids=lambda form: form.name)
def test_small_graphs_are_written_as_those_of_the_store(
    engine: RemoteEngine, local: OxigraphEngine, form: Format
) -> None:
    wanted = Wanted(JSON, form)
    theirs = engine.answer(Query(CONSTRUCT), wanted).body
    assert theirs == local.answer(Query(CONSTRUCT), wanted).body
    assert engine.dump(form).read() == theirs
    assert engine.dump(form, FIRST).read() == local.dump(form, FIRST).read()


@pytest.mark.parametrize("form", formats_of(Kind.DATASET), ids=lambda form: form.name)
def test_dumps_keep_every_named_graph(
    engine: RemoteEngine, local: OxigraphEngine, form: Format
) -> None:
    assert engine.dump(form).read() == local.dump(form).read()


def test_pages_get_terms(engine: RemoteEngine) -> None:
    tea = NamedNode("http://e.example/tea")
    query = "SELECT ?thing ?nothing WHERE { ?thing <http://e.example/holds> $tea }"
    assert engine.select(query, tea=tea) == [{"thing": NamedNode("http://e.example/cup")}]
    named = engine.construct("CONSTRUCT WHERE { $tea <http://e.example/name> ?name }", tea=tea)
    assert [triple.object for triple in named] == [Literal("茶", language="zh-Hant")]
    assert set(engine.quads()) == set(QUADS)
    assert set(engine.quads(FIRST)) == {q for q in QUADS if q.graph_name == FIRST}
    assert engine.quads(NEW) == []


def test_a_querys_own_dataset_is_honoured(engine: RemoteEngine) -> None:
    dataset = QueryDataset((FIRST,), ())
    body = engine.answer(Query(SELECT, dataset=dataset), BOTH).body
    assert len(solutions(body, JSON)) == 2


def test_a_bad_query_is_told_with_its_place(engine: RemoteEngine) -> None:
    with pytest.raises(InvalidQuery) as caught:
        engine.answer(Query("SELECT * WHERE {\n ?s ?p }"), BOTH)
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_what_would_reach_another_host_is_refused(engine: RemoteEngine) -> None:
    with pytest.raises(ServiceRefused):
        engine.answer(Query("ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"), BOTH)
    with pytest.raises(ServiceRefused):
        engine.update("LOAD <http://127.0.0.1/>")


@pytest.mark.parametrize("form", formats_of(Kind.SOLUTIONS, Kind.GRAPH), ids=lambda f: f.name)
def test_what_an_engine_cannot_write_is_made_here(
    peer: str, local: OxigraphEngine, writer: Writer, form: Format
) -> None:
    def only_xml(handler: Handler) -> None:
        if "xml" in handler.headers["Accept"]:
            handler.hand_on()
        else:
            handler.say(406, b"")

    wanted = Wanted(form, NTRIPLES) if form.kind is Kind.SOLUTIONS else Wanted(JSON, form)
    query = Query(SELECT if form.kind is Kind.SOLUTIONS else CONSTRUCT)
    with (
        serving(only_xml, peer, lambda said: "query=" in said) as server,
        remote(server.url, writer) as engine,
    ):
        assert set(engine.capabilities.formats) == {"xml", "rdfxml"}
        theirs, ours = engine.answer(query, wanted).body, local.answer(query, wanted).body
        if form.kind is Kind.SOLUTIONS:
            assert solutions(theirs, form) == solutions(ours, form)
        else:
            assert triples(theirs, form) == triples(ours, form)


def test_turtle_that_is_called_plain_text_is_read(peer: str) -> None:
    def plain_turtle(handler: Handler) -> None:
        body = b'@prefix e: <http://e.example/> . e:tea e:name "cha" .'
        handler.say(200, body, {"Content-Type": "text/plain"})

    with serving(plain_turtle, peer) as server, remote(server.url) as engine:
        found = engine.answer(Query(f"CONSTRUCT WHERE {{ ?s <{MARK}> ?o }}"), BOTH).body
        assert found == b'<http://e.example/tea> <http://e.example/name> "cha" .\n'


def test_virtuosos_labels_of_blank_nodes_are_made_valid(peer: str) -> None:
    node = '{"s": {"type": "bnode", "value": "nodeID://b1"}}'
    body = f'{{"head": {{"vars": ["s"]}}, "results": {{"bindings": [{node}]}}}}'.encode()
    media_type = {"Content-Type": JSON.media_type}
    with (
        serving(lambda handler: handler.say(200, body, media_type), peer) as server,
        remote(server.url) as engine,
    ):
        assert str(engine.select(MARKED)[0]["s"]) == "_:b1"


# What is no answer


def trickle(handler: Handler, part: bytes) -> None:
    """Send a byte now and then, until the test is over."""
    with suppress(OSError):
        while not handler.server.over.wait(0.05):
            handler.wfile.write(part)


def trickle_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    trickle(handler, b"a")


def trickle_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON.media_type)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    trickle(handler, b" ")


def trickle_without_length(handler: Handler) -> None:
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Type", "text/csv")
    handler.send_header("Connection", "close")
    handler.end_headers()
    trickle(handler, b"s\r\n")


def say_nothing(handler: Handler) -> None:
    handler.server.over.wait()


@pytest.mark.parametrize(
    "behaviour", [trickle_headers, trickle_body, trickle_without_length, say_nothing]
)
def test_a_slow_answer_is_ended_at_the_deadline(peer: str, behaviour: Behaviour) -> None:
    with serving(behaviour, peer) as server, remote(server.url, timeout_s=2.0) as engine:
        engine.probe()
        with pytest.raises(QueryTimedOut, match=r"2 seconds"):
            engine.answer(Query(MARKED), Wanted(format_named("csv", Kind.SOLUTIONS), NTRIPLES))
        assert len(server.met) == 1
        assert engine.select("SELECT ?s WHERE { ?s <urn:nothing> ?o }") == []


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON.media_type)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    with suppress(OSError):
        while not handler.server.over.is_set():
            handler.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


def test_an_endless_answer_is_too_large(peer: str) -> None:
    with (
        serving(endless, peer) as server,
        remote(server.url, answer_bytes=1 << 20) as engine,
        pytest.raises(AnswerTooLarge, match="1 MiB"),
    ):
        engine.answer(Query(MARKED), BOTH)


def say_json(body: bytes, **headers: str) -> Behaviour:
    media_type = {"Content-Type": JSON.media_type}
    return lambda handler: handler.say(200, body, media_type | headers)


WHOLE = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'


def break_off(handler: Handler) -> None:
    handler.close_connection = True
    handler.say(200, WHOLE[:20], {"Content-Type": JSON.media_type, "Content-Length": "54"})


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (say_json(WHOLE[:-2]), "nonsense"),
        (say_json(b'{"message": "out of memory"}'), "nonsense: JSON without solutions"),
        (say_json(WHOLE[:-1] + b" " * (2 << 20) + b"error: gone"), "nonsense.*error: gone"),
        (say_json(b"<html><title>Hello</title>", **{"Content-Type": "text/html"}), "Hello"),
        (break_off, "broke off its answer"),
    ],
    ids=["truncated", "other-json", "late-error", "page", "broken-off"],
)
def test_nonsense_is_not_handed_on(peer: str, behaviour: Behaviour, told: str) -> None:
    with (
        serving(behaviour, peer) as server,
        remote(server.url) as engine,
        pytest.raises(EngineUnavailable, match=told),
    ):
        engine.answer(Query(MARKED), BOTH)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("csv", b"s,p\r\na,b\r\nc\r\n"),
        ("tsv", b'?s\t?p\n"a"\t"b"\n"c"\n'),
        ("xml", b"<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head/><results>"),
        ("turtle", b"<http://e.example/a> <http://e.example/b> "),
        ("rdfxml", b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'),
    ],
    ids=["csv", "tsv", "xml", "turtle", "rdfxml"],
)
def test_truncated_answers_are_seen_in_each_format(peer: str, name: str, body: bytes) -> None:
    form = format_named(name, Kind.SOLUTIONS, Kind.GRAPH)
    is_graph = form.kind is Kind.GRAPH
    query = f"CONSTRUCT WHERE {{ ?s <{MARK}> ?o }}" if is_graph else MARKED
    with (
        serving(lambda h: h.say(200, body, {"Content-Type": form.media_type}), peer) as server,
        remote(server.url) as engine,
        pytest.raises(EngineUnavailable, match="nonsense"),
    ):
        engine.answer(Query(query), Wanted(JSON, form) if is_graph else Wanted(form, NTRIPLES))


@pytest.mark.parametrize(
    "headers", [{"X-SQL-State": "S1TAT"}, {"X-SPARQL-MaxRows": "10000"}], ids=["late", "many"]
)
def test_a_part_of_an_answer_is_no_answer(peer: str, headers: dict[str, str]) -> None:
    with (
        serving(say_json(WHOLE, **headers), peer) as server,
        remote(server.url) as engine,
        pytest.raises(QueryFailed, match="part of the answer"),
    ):
        engine.answer(Query(MARKED), BOTH)


def test_an_error_page_is_told_in_one_line(peer: str) -> None:
    page = b"<html><head><title>Parse &amp; fail</title></head><body><p>at line 3</body></html>"
    with (
        serving(lambda h: h.say(400, page, {"Content-Type": "text/html"}), peer) as server,
        remote(server.url) as engine,
        pytest.raises(InvalidQuery) as caught,
    ):
        engine.answer(Query(MARKED), BOTH)
    assert str(caught.value) == "Parse & fail"


def test_a_busy_engine_is_asked_again_when_it_says_so(peer: str) -> None:
    def busy_once(handler: Handler) -> None:
        if len(handler.server.met) == 1:
            handler.say(503, b"", {"Retry-After": "0"})
        else:
            handler.hand_on()

    with serving(busy_once, peer) as server, remote(server.url) as engine:
        assert engine.select(MARKED) == []
        assert len(server.met) == 2


@pytest.mark.parametrize(
    ("headers", "attempts"),
    [({"Retry-After": "0"}, 3), ({"Retry-After": "3600"}, 1), ({}, 1)],
    ids=["now", "later", "unsaid"],
)
def test_an_engine_that_stays_busy_is_told(
    peer: str, headers: dict[str, str], attempts: int
) -> None:
    with serving(lambda h: h.say(503, b"tired", headers), peer) as server:
        with remote(server.url) as engine, pytest.raises(EngineUnavailable, match=r"503.*tired"):
            engine.answer(Query(MARKED), BOTH)
        assert len(server.met) == attempts


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


def test_a_query_that_ends_the_connection_is_repeated_once(peer: str) -> None:
    with serving(hang_up, peer) as server, remote(server.url) as engine:
        with pytest.raises(EngineUnavailable, match="ended the connection"):
            engine.answer(Query(MARKED), BOTH)
        assert len(server.met) == 2


def test_large_answers_stay_out_of_memory(peer: str) -> None:
    count, part = 400, b" " * 65536

    def much(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON.media_type)
        handler.send_header("Content-Length", str(count * len(part) + len(WHOLE)))
        handler.end_headers()
        for _ in range(count):
            handler.wfile.write(part)
        handler.wfile.write(WHOLE)

    with serving(much, peer) as server, remote(server.url) as engine:
        engine.probe()
        tracemalloc.start()
        with engine.answer(Query(MARKED), BOTH).spool as spool:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert spool.size > count * len(part)
            assert peak < 4 << 20


def test_large_graphs_are_converted(peer: str, tmp_path: Path) -> None:
    lines = b"".join(b"<http://e.example/%d> <http://e.example/p> 1 .\n" % i for i in range(60_000))
    with (
        serving(lambda h: h.say(200, lines, {"Content-Type": "text/turtle"}), peer) as server,
        remote(server.url, spool_folder=str(tmp_path)) as engine,
    ):
        query = Query(f"CONSTRUCT WHERE {{ ?s <{MARK}> ?o }}")
        with engine.answer(query, BOTH).spool as spool:
            assert len(triples(spool.read(), NTRIPLES)) == 60_000


# Editions


def test_an_edition_ends_with_a_write_and_with_time(fresh: str) -> None:
    now = [0.0]
    engine = RemoteEngine(Endpoint(f"{fresh}/query", fresh_s=60), clock=lambda: now[0])
    first = engine.edition
    now[0] = 59.0
    assert engine.edition == first
    now[0] = 61.0
    second = engine.edition
    change = engine.update(f"CLEAR GRAPH {FIRST}")
    assert len({first, second, change.edition}) == 3
    assert change.edition == engine.edition
    engine.close()


# The default graph


def test_pages_read_all_graphs_of_a_strict_engine(tmp_path: Path) -> None:
    with oxigraph_of(tmp_path, QUADS) as url, remote(url) as engine:
        assert engine.capabilities.union_default_graph is False
        assert "unionDefaultGraph" in engine.capabilities.notes[0]
        assert len(engine.select(SELECT)) == len(QUADS)
        assert len(engine.select("SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")) == len(QUADS)
        assert len(engine.construct(CONSTRUCT)) == len(QUADS)
        assert set(engine.quads()) == set(QUADS)
        assert len(triples(engine.dump(NTRIPLES).read(), NTRIPLES)) == len(QUADS)
        # What others ask is not rewritten.
        assert solutions(engine.answer(Query(SELECT), BOTH).body, JSON) == []


def test_the_default_graph_is_asked_again_once_a_graph_has_a_name(tmp_path: Path) -> None:
    with oxigraph_of(tmp_path, []) as url, remote(url) as engine:
        assert engine.capabilities.union_default_graph is None
        assert engine.select(SELECT) == []
        engine.update(f"INSERT DATA {{ GRAPH {FIRST} {{ <urn:a> <urn:b> <urn:c> }} }}")
        assert len(engine.select(SELECT)) == 1
        assert engine.capabilities.union_default_graph is False


def test_more_graphs_than_a_query_can_name_are_told(tmp_path: Path) -> None:
    many = [Quad(FIRST, FIRST, FIRST, NamedNode(f"urn:graph:{i}")) for i in range(201)]
    with (
        oxigraph_of(tmp_path, many) as url,
        remote(url) as engine,
        pytest.raises(QueryFailed, match="more than the 200"),
    ):
        engine.select(SELECT)


def test_a_strict_default_graph_is_part_of_a_dump(tmp_path: Path) -> None:
    with oxigraph_of(tmp_path, QUADS) as url, remote(url) as engine:
        engine.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
        unnamed = Quad(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c"), DefaultGraph())
        assert set(parse(engine.dump(NQUADS).read(), RdfFormat.N_QUADS)) == {*QUADS, unnamed}
        assert engine.dump(NTRIPLES, DefaultGraph()).read() == f"{unnamed.triple} .\n".encode()


# Writes


@pytest.fixture(params=["graph-store", "updates-only"])
def writable(request: pytest.FixtureRequest, fresh: str) -> Iterator[RemoteEngine]:
    """An engine with a graph store, and one without."""
    if request.param == "graph-store":
        with remote(fresh) as engine:
            yield engine
    else:
        with (
            serving(lambda h: h.say(404, b""), fresh, lambda said: "/store" in said) as server,
            remote(server.url) as engine,
        ):
            assert not engine.capabilities.graph_store
            yield engine


def upload(path: Path, text: str, base: str | None = None) -> Upload:
    path.write_text(text, encoding="utf-8")
    return Upload(path, format_named(path.suffix[1:], Kind.GRAPH, Kind.DATASET), base)


def test_graphs_are_added_replaced_and_deleted(writable: RemoteEngine, tmp_path: Path) -> None:
    texts = [
        upload(tmp_path / "a.ttl", "@prefix e: <http://e.example/> . <x> e:has [ e:name '茶' ] ."),
        upload(tmp_path / "b.nt", "_:x <http://e.example/name> <http://e.example/b> ."),
    ]
    texts[0] = Upload(texts[0].path, texts[0].form, "http://base.example/")
    added = writable.put(texts, NEW, replace=False)
    assert added.created
    found = writable.quads(NEW)
    assert len(found) == 3
    assert NamedNode("http://base.example/x") in {quad.subject for quad in found}
    assert len({quad.subject for quad in found}) == 3

    replaced = writable.put([texts[1]], NEW, replace=True)
    assert not replaced.created
    assert replaced.edition != added.edition
    assert len(writable.quads(NEW)) == 1

    writable.delete(NEW)
    assert writable.quads(NEW) == []
    with pytest.raises(GraphNotFound):
        writable.delete(NEW)
    assert set(writable.quads()) == set(QUADS)


def test_a_dataset_is_added_in_one_request(writable: RemoteEngine, tmp_path: Path) -> None:
    text = "_:x <urn:p> 'a' <urn:g:1> .\n_:x <urn:p> 'b' <urn:g:2> .\n<urn:s> <urn:p> 'c' ."
    text = text.replace("'", '"')
    writable.put([upload(tmp_path / "d.nq", text)], None, replace=False)
    added = [quad for quad in writable.quads() if quad not in QUADS]
    assert len(added) == 3
    assert {str(quad.graph_name) for quad in added} == {"<urn:g:1>", "<urn:g:2>", "DEFAULT"}
    assert len({quad.subject for quad in added}) == 2


def test_a_bad_upload_is_told_before_anything_is_sent(fresh: str, tmp_path: Path) -> None:
    with remote(fresh) as engine:
        edition = engine.edition
        bad = upload(tmp_path / "bad.nt", "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> .")
        with pytest.raises(InvalidRdf) as caught:
            engine.put([bad], NEW, replace=True)
        assert caught.value.line == 2
        assert engine.edition == edition


def test_an_upload_that_no_update_holds_is_refused_whole(fresh: str, tmp_path: Path) -> None:
    lines = "".join(f"<http://e.example/{i}> <http://e.example/p> {i} .\n" for i in range(60_000))
    with (
        serving(lambda h: h.say(404, b""), fresh, lambda said: "/store" in said) as server,
        remote(server.url) as engine,
    ):
        with pytest.raises(UpdateFailed, match="--store-url"):
            engine.put([upload(tmp_path / "large.ttl", lines)], NEW, replace=False)
        assert engine.quads(NEW) == []


def test_a_large_upload_goes_to_the_graph_store(fresh: str, tmp_path: Path) -> None:
    lines = "".join(f"<http://e.example/{i}> <http://e.example/p> {i} .\n" for i in range(60_000))
    with remote(fresh) as engine:
        engine.put([upload(tmp_path / "large.ttl", lines)], NEW, replace=False)
        assert len(engine.quads(NEW)) == 60_000


def test_updates_say_what_is_wrong(fresh: str) -> None:
    with remote(fresh) as engine:
        with pytest.raises(InvalidQuery) as caught:
            engine.update("INSERT DATUM {}")
        assert (caught.value.line, caught.value.column) == (1, 12)
        engine.update(
            f"INSERT {{ GRAPH {NEW} {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
            QueryDataset((FIRST,), ()),
        )
        assert {q.triple for q in engine.quads(NEW)} == {q.triple for q in engine.quads(FIRST)}


@pytest.mark.parametrize(
    ("behaviour", "error", "told"),
    [
        (hang_up, EngineUnavailable, "not known.*Look before you repeat"),
        (say_nothing, EngineUnavailable, "not known.*within 1 s"),
        (lambda h: h.say(500, b"late"), EngineUnavailable, "not known.*500. late"),
        (lambda h: h.say(503, b"", {"Retry-After": "0"}), EngineUnavailable, "not known"),
        (lambda h: h.say(403, b""), EngineUnavailable, "SHUANGMA_ENGINE_TOKEN"),
        (lambda h: h.say(409, b"read only"), UpdateFailed, "409.*read only"),
    ],
    ids=["hang-up", "silence", "500", "503", "403", "409"],
)
def test_a_write_is_never_repeated(
    peer: str, behaviour: Behaviour, error: type[Exception], told: str
) -> None:
    with serving(behaviour, peer) as server:
        with remote(server.url, write_timeout_s=1.0) as engine:
            edition = engine.edition
            with pytest.raises(error, match=told):
                engine.update(f"INSERT DATA {{ <urn:a> <{MARK}> <urn:c> }}")
            assert engine.edition != edition
        assert len(server.met) == 1


# Engines of others


@pytest.mark.timeout(900)
@pytest.mark.engines
@pytest.mark.parametrize("other", PEERS.values(), ids=PEERS.keys())
def test_each_engine_is_read_and_written(other: Peer, tmp_path: Path, writer: Writer) -> None:
    if reason := other.available():
        pytest.skip(reason)
    file = tmp_path / "loaded.nq"
    file.write_text(TEXT, encoding="utf-8")
    folder = tmp_path / "engine"
    folder.mkdir()
    with other.start(folder, [file]) as running:
        engine = RemoteEngine(Endpoint(running.query_url, store=running.store_url), writer)
        assert engine.probe().update
        assert engine.capabilities.union_default_graph is True
        wanted = {quad.triple for quad in QUADS if quad.graph_name == FIRST}
        for form in formats_of(Kind.GRAPH):
            text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {FIRST} {{ ?s ?p ?o }} }}"
            assert triples(engine.answer(Query(text), Wanted(JSON, form)).body, form) == wanted
        for form in formats_of(Kind.SOLUTIONS):
            text = f"SELECT ?o WHERE {{ GRAPH {FIRST} {{ ?s <http://e.example/name> ?o }} }}"
            body = engine.answer(Query(text), Wanted(form, NTRIPLES)).body
            assert "茶" in json.dumps(solutions(body, form), ensure_ascii=False)
            truth = engine.answer(Query("ASK { ?s ?p ?o }"), Wanted(form, NTRIPLES)).body
            assert b"true" in truth
        tea = NamedNode("http://e.example/tea")
        held = engine.select("SELECT ?s WHERE { ?s <http://e.example/holds> $tea }", tea=tea)
        assert held == [{"s": NamedNode("http://e.example/cup")}]
        assert set(QUADS) <= set(engine.quads())
        with pytest.raises(InvalidQuery):
            engine.answer(Query("SELECT * WHERE {"), BOTH)

        path = tmp_path / "new.ttl"
        engine.put([upload(path, "<urn:a> <urn:b> [ <urn:c> '茶' ] .")], NEW, replace=False)
        engine.put([upload(path, "<urn:a> <urn:b> [ <urn:c> '茶' ] .")], NEW, replace=True)
        assert len(engine.quads(NEW)) == 2
        engine.update(f"INSERT DATA {{ GRAPH {NEW} {{ <urn:a> <urn:b> <urn:d> }} }}")
        assert len(engine.quads(NEW)) == 3
        engine.delete(NEW)
        assert engine.quads(NEW) == []
        engine.close()
