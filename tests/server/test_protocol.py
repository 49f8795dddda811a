"""The SPARQL 1.1 Protocol, rule by rule, and what the service says of itself.

https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_from_bytes, urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.query import Result

from graph.representation import Kind, formats_of
from tests.server.http import FORM, Answer, exchange, get, post, request
from tests.server.scratch import BEARER, SPARQL_QUERY, SPARQL_UPDATE, Scratch, serving

E = Namespace("http://e.example/")
ONE, TWO = str(E["graph/one"]), str(E["graph/two"])
DATA = """
PREFIX e: <http://e.example/>
e:nowhere e:p "unnamed" .
<http://e.example/graph/one> { e:a e:p "one" ; e:label "釘釘"@zh-Hant . e:a e:knows e:b }
<http://e.example/graph/two> { e:b e:p "two" ; e:n 2 ; e:when "2020-01-01"^^<http://e.example/day> }
"""
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
TERMS = """
SELECT * WHERE {
  VALUES (?iri ?plain ?tagged ?typed ?unbound) {
    (<http://e.example/é> "a\\"b,\\n<&>\\t釘" "釘釘"@zh-hant 1.50 UNDEF)
    (<urn:x> "" "" 2 "set")
  }
}
"""
TRIPLE_TERM = (
    "SELECT ?t WHERE { BIND(<<( <http://e.example/a> <http://e.example/p> 'o' )>> AS ?t) }"
)
GRAPH_PARSERS = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}


@pytest.fixture(scope="module")
def union(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service as it is when nothing is set."""
    with serving(tmp_path_factory.mktemp("union"), DATA) as scratch:
        yield scratch


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service whose default graph is the unnamed graph alone."""
    folder = tmp_path_factory.mktemp("strict")
    with serving(folder, DATA, "--default-graph", "strict") as scratch:
        yield scratch


@pytest.fixture
def writable(union: Scratch, request: pytest.FixtureRequest) -> Iterator[Scratch]:
    """The same service; what a test writes is put back."""
    yield union
    again = union.write("POST", f"{union.url}/update", b"DROP ALL", SPARQL_UPDATE)
    assert again.status == 200
    again = union.write("POST", f"{union.url}/store", DATA.encode(), "application/trig")
    assert again.status == 204, again.body


Way = Callable[[Scratch, str, list[tuple[str, str]]], Answer]


def by_get(scratch: Scratch, text: str, parameters: list[tuple[str, str]]) -> Answer:
    return get(f"{scratch.url}/sparql?{urlencode([('query', text), *parameters])}")


def by_form(scratch: Scratch, text: str, parameters: list[tuple[str, str]]) -> Answer:
    return post(f"{scratch.url}/sparql", urlencode([("query", text), *parameters]).encode(), FORM)


def directly(scratch: Scratch, text: str, parameters: list[tuple[str, str]]) -> Answer:
    url = f"{scratch.url}/sparql?{urlencode(parameters)}"
    return post(url, text.encode(), f"{SPARQL_QUERY}; charset=UTF-8")


every_way = pytest.mark.parametrize("way", [by_get, by_form, directly], ids=lambda w: w.__name__)


def number(answer: Answer) -> int:
    assert answer.status == 200, answer.body
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


# --- the query operation (2.1) --------------------------------------------------------------


@every_way
def test_a_query_is_asked_in_three_ways(union: Scratch, way: Way) -> None:
    assert number(way(union, ALL, [])) == 7


@every_way
def test_the_default_graph_of_a_request_is_its_own(union: Scratch, way: Way) -> None:
    assert number(way(union, ALL, [("default-graph-uri", ONE)])) == 3
    both = [("default-graph-uri", ONE), ("default-graph-uri", TWO)]
    assert number(way(union, ALL, both)) == 6


@every_way
def test_the_named_graphs_of_a_request_are_its_own(union: Scratch, way: Way) -> None:
    named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert number(way(union, named, [])) == 6
    assert number(way(union, named, [("named-graph-uri", TWO)])) == 3
    assert number(way(union, ALL, [("named-graph-uri", TWO)])) == 0


def test_the_graphs_of_a_request_go_before_those_of_the_query(union: Scratch) -> None:
    # SPARQL 1.1 Protocol, 2.1.4.
    query = f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> FROM NAMED <{ONE}> WHERE {{ ?s ?p ?o }}"
    assert number(by_get(union, query, [("default-graph-uri", TWO)])) == 3
    nothing = str(E["graph/none"])
    assert number(by_get(union, query, [("default-graph-uri", nothing)])) == 0


def test_from_reads_what_it_names_under_either_default(union: Scratch, strict: Scratch) -> None:
    for scratch in (union, strict):
        query = f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> WHERE {{ ?s ?p ?o }}"
        assert number(by_get(scratch, query, [])) == 3
        query = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{ONE}> WHERE {{ ?s ?p ?o }}"
        assert number(by_get(scratch, query, [])) == 0


def test_a_strict_default_graph_is_the_unnamed_graph_alone(strict: Scratch) -> None:
    assert strict.count() == 1
    assert strict.count("GRAPH ?g { ?s ?p ?o }") == 6


@pytest.mark.parametrize("where", ["?s ?p ?o", "GRAPH <http://e.example/graph/one> { ?s ?p ?o }"])
def test_a_union_default_graph_has_all_and_leaves_named_graphs_alone(
    union: Scratch, where: str
) -> None:
    assert union.count(where) == (3 if "GRAPH" in where else 7)


REFUSED_QUERIES = {
    "a broken query": ("GET", "/sparql?query=SELECT", b"", "", 400),
    "an update as a query": ("GET", "/sparql?query=CLEAR%20ALL", b"", "", 400),
    "two queries": ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", b"", "", 400),
    "two queries in a form": ("POST", "/sparql", b"query=ASK{}&query=ASK{}", FORM, 400),
    "a query in form and address": ("POST", "/sparql?query=ASK{}", b"query=ASK{}", FORM, 400),
    "a query in body and address": ("POST", "/sparql?query=ASK{}", b"ASK{}", SPARQL_QUERY, 400),
    "a query and an update": ("GET", "/sparql?query=ASK%7B%7D&update=CLEAR+ALL", b"", "", 400),
    "the same in a form": ("POST", "/sparql", b"query=ASK{}&update=CLEAR+ALL", FORM, 400),
    "an empty query": ("GET", "/sparql?query=", b"", "", 400),
    "a form without a query": ("POST", "/sparql", b"x=y", FORM, 400),
    "an empty body": ("POST", "/sparql", b"", SPARQL_QUERY, 400),
    "a body of another type": ("POST", "/sparql", b"ASK{}", "text/plain", 415),
    "a body without a type": ("POST", "/sparql", b"ASK{}", "", 415),
    "multipart": ("POST", "/sparql", b"--x--", "multipart/form-data; boundary=x", 415),
    "UTF-16": ("POST", "/sparql", "ASK{}".encode("utf-16"), f"{SPARQL_QUERY}; charset=UTF-16", 415),
    "Latin-1": ("POST", "/sparql", b"ASK{}", f'{SPARQL_QUERY}; charset="iso-8859-1"', 415),
    "a body that is no UTF-8": ("POST", "/sparql", b'ASK{<a> <b> "\xff"}', SPARQL_QUERY, 400),
    "cut UTF-8": ("POST", "/sparql", 'ASK{} #"釘'.encode()[:-1], SPARQL_QUERY, 400),
    "surrogates": ("POST", "/sparql", b'ASK{} #"\xed\xa0\x80', SPARQL_QUERY, 400),
    "a parameter that is no UTF-8": ("GET", "/sparql?query=ASK%7B%7D%23%FF", b"", "", 400),
    "percent-encoded surrogates": ("GET", "/sparql?query=ASK%7B%7D%23%ED%A0%BD", b"", "", 400),
    "overlong UTF-8": ("GET", "/sparql?query=ASK%7B%7D%23%C0%AF", b"", "", 400),
    "a form that is no UTF-8": ("POST", "/sparql", b"query=ASK{}%23%FF", FORM, 400),
    "raw bytes in a form": ("POST", "/sparql", b"query=ASK{}#\xff", FORM, 400),
    "a percent sign alone": ("GET", "/sparql?query=ASK%7B%7D%25%zz%", b"", "", 400),
    "a default graph without scheme": (
        "GET",
        "/sparql?query=ASK{}&default-graph-uri=x",
        b"",
        "",
        400,
    ),
    "a named graph of spaces": ("GET", "/sparql?query=ASK{}&named-graph-uri=a:+b", b"", "", 400),
    "an unknown format": ("GET", "/sparql?query=ASK%7B%7D&format=docx", b"", "", 400),
    "a packed body": ("POST", "/sparql", gzip.compress(b"ASK{}"), f"{SPARQL_QUERY}|gzip", 415),
    "a packed form": ("POST", "/sparql", gzip.compress(b"query=ASK{}"), f"{FORM}|gzip", 415),
}


def refused(url: str, method: str, path: str, body: bytes, told: str) -> Answer:
    content_type, _, encoding = told.partition("|")
    headers = BEARER | {"Content-Type": content_type} if content_type else dict(BEARER)
    if encoding:
        headers["Content-Encoding"] = encoding
    sent = body if method == "POST" else None
    target = path.replace("{", "%7B").replace("}", "%7D")
    return request(method, url + target, sent, headers)


@pytest.mark.parametrize("asked", REFUSED_QUERIES.values(), ids=REFUSED_QUERIES)
def test_a_request_that_is_no_query_is_told_so(
    union: Scratch, asked: tuple[str, str, bytes, str, int]
) -> None:
    *sent, status = asked
    answer = refused(union.url, *sent)
    assert (answer.status, answer.detail != "") == (status, True)


def test_a_broken_query_says_where(union: Scratch) -> None:
    problem = by_form(union, "SELECT *\nWHERE { ?s ?p }", []).problem
    assert (problem["line"], problem["column"]) == (2, 16)


TEXTS = [
    "釘釘",
    "😀 👩‍💻",
    "a+b",
    "a b",
    "100%",
    "%2B",
    "a&b=c;d#e",
    "\u00e9e\u0301",
    "\ufeff\u200f",
]


@every_way
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_text_arrives_as_it_was_sent(union: Scratch, way: Way, text: str) -> None:
    answer = way(union, f'SELECT ("{text}" AS ?x) WHERE {{}}', [])
    assert json.loads(answer.body)["results"]["bindings"][0]["x"]["value"] == text


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\\\r\n\0')))
def test_any_text_arrives_however_it_is_encoded(union: Scratch, text: str) -> None:
    query = f'SELECT ("{text}" AS ?x) WHERE {{}}'.encode()
    every_byte = "".join(f"%{byte:02x}" for byte in query)
    raw = None if set(query) & set(b"%&+") else query
    urls = [quote_from_bytes(query, safe=""), every_byte]
    answers = [get(f"{union.url}/sparql?query={encoded}") for encoded in urls]
    if raw is not None:
        answers.append(post(f"{union.url}/sparql", b"query=" + raw, FORM))
    for answer in answers:
        assert json.loads(answer.body)["results"]["bindings"][0]["x"]["value"] == text


def test_raw_utf8_in_an_address_is_read(union: Scratch) -> None:
    target = "SELECT%20(%22釘%22%20AS%20?x)%20WHERE%20%7B%7D".encode()
    sent = b"GET /sparql?query=" + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = exchange(union.url, sent)
    assert answer is not None
    assert '"釘"'.encode() in answer.body


@pytest.mark.parametrize("escape", ["\\uD83D", "\\uDE00", "\\U0000DC00"])
def test_an_escaped_surrogate_is_no_character(union: Scratch, escape: str) -> None:
    assert union.query(f'SELECT ("{escape}" AS ?x) WHERE {{}}').status == 400


def test_a_relative_iri_stands_on_the_base(union: Scratch) -> None:
    assert union.value("SELECT ?x { BIND(<id/DingTalk> AS ?x) }") == (
        "https://shuangma.example/id/DingTalk"
    )
    query = "BASE <http://e.example/x/> SELECT ?x { BIND(<../y> AS ?x) }"
    assert union.value(query) == "http://e.example/y"


# --- the update operation (2.2) -------------------------------------------------------------


def test_an_update_is_sent_in_two_ways_and_counts_what_it_did(writable: Scratch) -> None:
    insert = "INSERT DATA { <http://e.example/new> <http://e.example/p> 1, 2 }"
    form = post(f"{writable.url}/update", urlencode({"update": insert}).encode(), FORM, BEARER)
    assert (form.status, form.media_type) == (200, "application/json")
    told = json.loads(form.body)
    assert (told["added"], told["removed"]) == (2, 0)
    assert form.headers["Shuangma-Edition"] == told["edition"]
    direct = writable.update("DELETE WHERE { <http://e.example/new> ?p 2 }")
    assert json.loads(direct.body)["removed"] == 1
    assert writable.count("<http://e.example/new> ?p ?o") == 1


def test_an_update_changes_the_unnamed_graph_unless_it_says(writable: Scratch) -> None:
    nothing = json.loads(writable.update('DELETE WHERE { ?s ?p "one" }').body)
    assert (nothing["added"], nothing["removed"]) == (0, 0)
    done = writable.update(f'DELETE WHERE {{ GRAPH <{ONE}> {{ ?s ?p "one" }} }}')
    assert json.loads(done.body)["removed"] == 1


def test_an_update_without_an_operation_changes_nothing(writable: Scratch) -> None:
    before = json.loads(writable.update("").body)
    after = json.loads(writable.update("PREFIX e: <http://e.example/>").body)
    assert before == after
    assert (after["added"], after["removed"]) == (0, 0)


def test_an_update_is_whole_or_not_at_all(writable: Scratch) -> None:
    two = (
        "INSERT DATA { <http://e.example/half> <http://e.example/p> 1 } ; "
        "LOAD <http://127.0.0.1:9/none>"
    )
    assert writable.update(two).status == 403
    assert writable.count("<http://e.example/half> ?p ?o") == 0


def test_the_graphs_of_an_update_request_are_those_its_where_reads(writable: Scratch) -> None:
    move = quote("INSERT { ?s <http://e.example/seen> ?o } WHERE { ?s ?p ?o }")
    url = f"{writable.url}/update"
    using = f"{url}?using-graph-uri={quote(ONE, safe='')}"
    answer = post(using, f"update={move}".encode(), FORM, BEARER)
    assert json.loads(answer.body)["added"] == 3
    answer = post(
        f"{url}?using-named-graph-uri={quote(TWO, safe='')}",
        b"INSERT { ?s <http://e.example/seen> ?g } WHERE { GRAPH ?g { ?s ?p ?o } }",
        SPARQL_UPDATE,
        BEARER,
    )
    assert json.loads(answer.body)["added"] == 1
    assert writable.count(f"?s <http://e.example/seen> <{TWO}>") == 1
    form = urlencode({"update": "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "using-graph-uri": TWO})
    assert json.loads(post(url, form.encode(), FORM, BEARER).body)["removed"] == 0


CONFLICTS = {
    "USING": f"INSERT {{ ?s ?p 1 }} USING <{ONE}> WHERE {{ ?s ?p ?o }}",
    "USING NAMED": f"INSERT {{ ?s ?p 1 }} USING NAMED <{ONE}> WHERE {{ ?s ?p ?o }}",
    "WITH": f"WITH <{ONE}> DELETE {{ ?s ?p 1 }} WHERE {{ ?s ?p ?o }}",
}


@pytest.mark.parametrize("parameter", ["using-graph-uri", "using-named-graph-uri"])
@pytest.mark.parametrize("update", CONFLICTS.values(), ids=CONFLICTS)
def test_the_graphs_of_update_and_request_do_not_mix(
    union: Scratch, update: str, parameter: str
) -> None:
    form = urlencode({"update": update, parameter: TWO}).encode()
    answer = post(f"{union.url}/update", form, FORM, BEARER)
    assert answer.status == 400
    assert "names a graph" in answer.detail


REFUSED_UPDATES = {
    "GET": ("GET", "/update?update=CLEAR+ALL", b"", "", 405),
    "PUT": ("PUT", "/update", b"", "", 405),
    "a broken update": ("POST", "/update", b"INSERT DATA {", SPARQL_UPDATE, 400),
    "a query as an update": ("POST", "/update", b"ASK{}", SPARQL_UPDATE, 400),
    "no update": ("POST", "/update", b"x=y", FORM, 400),
    "two updates": ("POST", "/update", b"update=CLEAR+ALL&update=CLEAR+ALL", FORM, 400),
    "an update in form and address": ("POST", "/update?update=", b"update=", FORM, 400),
    "an update in body and address": ("POST", "/update?update=", b"CLEAR ALL", SPARQL_UPDATE, 400),
    "an update and a query": ("POST", "/update", b"update=CLEAR+ALL&query=ASK{}", FORM, 400),
    "a query beside a body": ("POST", "/update?query=ASK{}", b"CLEAR ALL", SPARQL_UPDATE, 400),
    "a body of another type": ("POST", "/update", b"CLEAR ALL", "text/plain", 415),
    "a body without a type": ("POST", "/update", b"CLEAR ALL", "", 415),
    "UTF-16": (
        "POST", "/update", "CLEAR ALL".encode("utf-16"), f"{SPARQL_UPDATE};charset=utf-16", 415
    ),
    "no UTF-8": ("POST", "/update", b"CLEAR ALL #\xff", SPARQL_UPDATE, 400),
    "no IRI": ("POST", "/update?using-graph-uri=x", b"CLEAR ALL", SPARQL_UPDATE, 400),
    "a packed body": ("POST", "/update", gzip.compress(b"CLEAR ALL"), f"{SPARQL_UPDATE}|gzip", 415),
}  # fmt: skip


@pytest.mark.parametrize("asked", REFUSED_UPDATES.values(), ids=REFUSED_UPDATES)
def test_a_request_that_is_no_update_is_told_so(
    union: Scratch, asked: tuple[str, str, bytes, str, int]
) -> None:
    *sent, status = asked
    answer = refused(union.url, *sent)
    assert answer.status == status
    assert answer.detail
    assert union.count() == 7


# --- methods, negotiation, validators, encodings --------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/sparql", {"GET", "HEAD", "POST"}),
        ("DELETE", "/sparql", {"GET", "HEAD", "POST"}),
        ("PATCH", "/sparql", {"GET", "HEAD", "POST"}),
        ("GET", "/update", {"POST"}),
        ("DELETE", "/update", {"POST"}),
        ("PATCH", "/store", {"GET", "HEAD", "PUT", "POST", "DELETE"}),
        ("DELETE", "/.well-known/void", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_is_not_served_names_those_that_are(
    union: Scratch, method: str, path: str, allowed: set[str]
) -> None:
    answer = request(method, union.url + path)
    assert answer.status == 405
    assert {name.strip() for name in answer.headers["Allow"].split(",")} - {"OPTIONS"} == allowed


@pytest.mark.parametrize("path", [f"/sparql?query={quote(TERMS)}", "/sparql", "/store"])
def test_head_says_what_get_would_send(union: Scratch, path: str) -> None:
    whole, head = get(union.url + path), request("HEAD", union.url + path)
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Shuangma-Edition"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("path", ["/sparql", "/update", "/store", "/store/x", "/export"])
def test_options_names_the_methods(union: Scratch, path: str) -> None:
    answer = request("OPTIONS", union.url + path)
    assert (answer.status, answer.body) == (204, b"")
    assert "OPTIONS" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/sparql", "POST", "content-type, query-id"),
        ("/update", "POST", "authorization, content-type"),
        ("/store?default", "PUT", "authorization, content-type, content-encoding"),
        ("/api/queries/00000000-0000-4000-8000-000000000000", "DELETE", ""),
    ],
)
def test_a_page_of_another_site_may_ask_what_it_may_send(
    union: Scratch, path: str, method: str, headers: str
) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    answer = request("OPTIONS", union.url + path, headers=asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(name.strip() in allowed for name in headers.split(",") if name)
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_errors_may_be_read_by_pages_of_other_sites(union: Scratch) -> None:
    answer = union.query("nonsense")
    assert answer.status == 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


SOLUTIONS, CSV = "application/sparql-results+json", "text/csv"
PREFERENCES = {
    "nothing": ("", SOLUTIONS),
    "anything": ("*/*", SOLUTIONS),
    "application/json": ("application/json", SOLUTIONS),
    "a range": ("text/*", CSV),
    "qualities": ("application/sparql-results+json;q=0.1, text/csv;q=0.5", CSV),
    "zero for one": ("application/sparql-results+json;q=0, application/json;q=0, */*", ""),
    "the particular before the range": ("*/*, text/csv", CSV),
    "capitals": ("TEXT/CSV", CSV),
    "parameters": ("text/csv; charset=utf-8; header=present", CSV),
    "nonsense beside sense": (",;q=x, text/csv", CSV),
    "data before a refused page": ("text/html;q=0, */*", SOLUTIONS),
    "XML": ("application/xml", "application/sparql-results+xml"),
}


@pytest.mark.parametrize(("accept", "given"), PREFERENCES.values(), ids=PREFERENCES)
def test_the_answer_is_in_the_type_that_is_preferred(
    union: Scratch, accept: str, given: str
) -> None:
    answer = union.query("SELECT * {}", accept)
    assert answer.status == 200
    assert "Accept" in answer.headers["Vary"]
    if given:
        assert answer.media_type == given
    else:
        assert answer.media_type not in {SOLUTIONS, "text/html"}


def test_accept_on_several_lines_is_one_list(union: Scratch) -> None:
    # RFC 9110, 5.3.
    for lines in (
        b"Accept: text/csv\r\nAccept: image/png",
        b"Accept: image/png\r\nAccept: text/csv",
    ):
        target = b"/sparql?query=SELECT%20*%7B%7D"
        sent = b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        answer = exchange(union.url, sent + lines + b"\r\n\r\n")
        assert answer is not None
        assert (answer.status, answer.media_type) == (200, "text/csv")


@pytest.mark.parametrize(
    ("query", "accept"),
    [("SELECT * {}", "text/turtle"), ("CONSTRUCT {} {}", "text/csv"), ("ASK {}", "image/png")],
)
def test_a_type_that_no_answer_of_the_kind_has_is_refused(
    union: Scratch, query: str, accept: str
) -> None:
    answer = union.query(query, accept)
    assert answer.status == 406
    assert "Use one of" in answer.detail


@pytest.mark.parametrize("name", ["format", "output"])
def test_a_parameter_goes_before_accept(union: Scratch, name: str) -> None:
    answer = union.query("SELECT * {}", "application/sparql-results+xml", **{name: "csv"})
    assert answer.media_type == CSV
    form = urlencode({"query": "SELECT * {}", name: "tsv"}).encode()
    assert post(f"{union.url}/sparql", form, FORM).media_type == "text/tab-separated-values"


@pytest.mark.parametrize("asked", ["json", "application/json", "xml", "application/xml"])
def test_json_and_xml_mean_what_the_kind_of_answer_has_of_it(union: Scratch, asked: str) -> None:
    kinds = {
        union.query(query, output=asked).media_type
        for query in ("SELECT * {}", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    }
    if "json" in asked:
        assert kinds == {SOLUTIONS, "application/ld+json"}
    else:
        assert kinds == {"application/sparql-results+xml", "application/rdf+xml"}


def test_an_answer_that_the_client_has_is_not_sent_again(writable: Scratch) -> None:
    url = f"{writable.url}/sparql?query={quote(ALL)}"
    mark = get(url).headers["ETag"]
    for given_marks in (mark, f'"x", {mark}', f"W/{mark}", "*"):
        answer = get(url, headers={"If-None-Match": given_marks})
        assert (answer.status, answer.body) == (304, b"")
        assert "Accept" in answer.headers["Vary"]
    assert get(url, headers={"If-None-Match": '"x"'}).status == 200
    assert get(url, "text/csv", {"If-None-Match": mark}).status == 200
    writable.update("INSERT DATA { <http://e.example/new> a <http://e.example/New> }")
    assert get(url, headers={"If-None-Match": mark}).status == 200


def test_posts_are_never_taken_from_a_cache(union: Scratch) -> None:
    answer = post(f"{union.url}/sparql", ALL.encode(), SPARQL_QUERY, {"If-None-Match": "*"})
    assert answer.status == 200


LARGE = "SELECT ?x WHERE { VALUES ?x { " + " ".join(f'"value {i}"' for i in range(300)) + " } }"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("GZIP", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("br, deflate", False),
        ("*;q=0", False),
    ],
)
def test_a_large_answer_is_packed_for_who_takes_it(
    union: Scratch, accepted: str, packed: bool
) -> None:
    query = f"{LARGE} # {accepted}"
    url = f"{union.url}/sparql?query={quote(query)}"
    plain = post(f"{union.url}/sparql", query.encode(), SPARQL_QUERY)
    answer = get(url, headers={"Accept-Encoding": accepted} if accepted else {})
    assert (answer.headers["Content-Encoding"] == "gzip") is packed
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain.body
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_client_gets_no_packing_that_another_asked_for(union: Scratch) -> None:
    # In this order, lest one be answered by what was kept of another.
    url = f"{union.url}/sparql?query={quote(f'{LARGE} # in turn')}"
    accepted = ["gzip", "gzip;q=0", "*", "identity", "gzip", "identity;q=1, *;q=0"]
    encodings = [
        get(url, headers={"Accept-Encoding": a}).headers["Content-Encoding"] for a in accepted
    ]
    assert encodings == ["gzip", None, "gzip", None, "gzip", None]


def test_a_packed_answer_has_a_mark_of_its_own_that_spares_it_too(union: Scratch) -> None:
    url = f"{union.url}/sparql?query={quote(LARGE)}"
    plain, packed = get(url), get(url, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["ETag"] != packed.headers["ETag"]
    again = get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status == 304


def test_a_small_answer_is_not_packed(union: Scratch) -> None:
    answer = get(f"{union.url}/sparql?query=ASK%7B%7D", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] is None


def test_a_large_query_posted_by_a_browser_reaches_its_page(union: Scratch) -> None:
    query = "SELECT ('found' AS ?x) {} #" + "x" * 300_000
    form = urlencode({"query": query}).encode()
    page = post(f"{union.url}/sparql", form, FORM, {"Accept": "text/html"})
    assert page.media_type == "text/html"
    assert b"found" in page.body


# --- formats ----------------------------------------------------------------------------------


def test_solutions_agree_in_all_formats(union: Scratch) -> None:
    variables = json.loads(union.query(TERMS).body)["head"]["vars"]
    assert sorted(variables) == ["iri", "plain", "tagged", "typed", "unbound"]
    found = {}
    for name in ("json", "xml", "tsv"):
        body = union.query(TERMS, format=name).body
        result = Result.parse(io.BytesIO(body), format=name)
        found[name] = {frozenset(row.items()) for row in result.bindings}
    assert found["json"] == found["xml"] == found["tsv"]
    rows = list(csv.DictReader(io.StringIO(union.query(TERMS, format="csv").body.decode(), "")))
    assert {row["plain"] for row in rows} == {'a"b,\n<&>\t釘', ""}
    assert {row["iri"] for row in rows} == {"http://e.example/é", "urn:x"}


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_a_truth_value_comes_in_each_format(union: Scratch, name: str, truth: bool) -> None:
    body = union.query(f"ASK {{ FILTER({str(truth).lower()}) }}", format=name).body
    if name == "json":
        assert json.loads(body)["boolean"] is truth
    elif name == "xml":
        assert Result.parse(io.BytesIO(body), format="xml").askAnswer is truth
    else:
        assert body.decode().strip() == str(truth).lower()


@pytest.mark.parametrize("form", formats_of(Kind.SOLUTIONS), ids=lambda form: form.name)
def test_solutions_say_their_media_type_and_charset(union: Scratch, form: object) -> None:
    for media_type in form.media_types:  # type: ignore[attr-defined]
        answer = union.query("SELECT * {}", media_type)
        assert answer.headers["Content-Type"] == form.content_type  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "query", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", f"DESCRIBE <{E.a}>"]
)
def test_graphs_agree_in_all_formats(union: Scratch, query: str) -> None:
    graphs = []
    for name, parser in GRAPH_PARSERS.items():
        body = union.query(query, format=name).body
        graphs.append(Graph().parse(data=body, format=parser))
    assert (E.a, E.label, Literal("釘釘", lang="zh-hant")) in graphs[0]
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


def test_blank_nodes_of_a_construct_are_new_for_each_solution(union: Scratch) -> None:
    query = "CONSTRUCT { [] <http://e.example/of> ?s } WHERE { VALUES ?s { 1 2 } }"
    graph = Graph().parse(data=union.query(query, format="turtle").body, format="turtle")
    assert len(set(graph.subjects())) == 2


UNWRITABLE = {
    "a predicate without a name": "CONSTRUCT { <http://e.example/s> <http://e.example/1> 1 } {}",
    "a character that XML lacks": (
        r'CONSTRUCT { <http://e.example/s> <http://e.example/p> "\u0001" } {}'
    ),
}


@pytest.mark.parametrize("query", UNWRITABLE.values(), ids=UNWRITABLE)
def test_rdf_xml_is_well_formed_or_refused(union: Scratch, query: str) -> None:
    answer = union.query(query, format="rdfxml")
    if answer.status == 200:
        ElementTree.fromstring(answer.body)
    else:
        assert answer.status == 406
        assert "RDF/XML" in answer.detail


def test_xml_solutions_are_well_formed_or_refused(union: Scratch) -> None:
    answer = union.query(r'SELECT ("\u0001" AS ?x) {}', format="xml")
    if answer.status == 200:
        ElementTree.fromstring(answer.body)
    else:
        assert answer.status == 406


# --- SPARQL 1.2 and RDF 1.2 -------------------------------------------------------------------


def test_a_triple_term_is_a_term_of_a_solution(union: Scratch) -> None:
    (row,) = union.select(TRIPLE_TERM)
    assert row["t"]["type"] == "triple"
    assert row["t"]["value"]["object"]["value"] == "o"
    assert b"<triple>" in union.query(TRIPLE_TERM, format="xml").body
    assert b"<<(" in union.query(TRIPLE_TERM, format="tsv").body
    assert union.query(TRIPLE_TERM, format="csv").status == 200


def test_triple_terms_are_taken_apart(union: Scratch) -> None:
    query = f"SELECT (STR(PREDICATE(?t)) AS ?x) WHERE {{ {{ {TRIPLE_TERM} }} }}"
    assert union.value(query) == str(E.p)


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml"])
def test_triple_terms_come_in_formats_that_have_them(union: Scratch, name: str) -> None:
    query = f"CONSTRUCT {{ <{E.x}> <{E.says}> ?t }} WHERE {{ {{ {TRIPLE_TERM} }} }}"
    answer = union.query(query, format=name)
    assert answer.status == 200
    mark = b'rdf:parseType="Triple"' if name == "rdfxml" else b"<<("
    assert mark in answer.body


def test_a_format_without_triple_terms_is_refused_for_them(union: Scratch) -> None:
    query = f"CONSTRUCT {{ <{E.x}> <{E.says}> ?t }} WHERE {{ {{ {TRIPLE_TERM} }} }}"
    answer = union.query(query, format="jsonld")
    assert answer.status == 406
    assert "JSON-LD" in answer.detail


def test_reifiers_are_stored_and_asked(writable: Scratch) -> None:
    stated = writable.update(
        "PREFIX e: <http://e.example/> INSERT DATA { e:a e:p 'x' ~ e:claim {| e:by e:someone |} }"
    )
    assert stated.status == 200, stated.body
    query = (
        "PREFIX e: <http://e.example/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
        "SELECT ?who WHERE { ?r rdf:reifies <<( e:a e:p 'x' )>> ; e:by ?who }"
    )
    assert writable.value(query) == str(E.someone)


def test_a_text_has_a_direction(union: Scratch) -> None:
    assert union.value('SELECT (LANGDIR("x"@ar--rtl) AS ?x) {}') == "rtl"
    (row,) = union.select('SELECT (STRLANGDIR("x", "ar", "rtl") AS ?x) {}')
    assert (row["x"]["xml:lang"], row["x"]["its:dir"]) == ("ar", "rtl")


# --- what the service says of itself ----------------------------------------------------------

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
W3 = Namespace("http://www.w3.org/ns/formats/")


@pytest.mark.parametrize("name", GRAPH_PARSERS)
def test_the_service_describes_itself_in_each_format(union: Scratch, name: str) -> None:
    answer = get(f"{union.url}/sparql?format={name}")
    described = Graph().parse(data=answer.body, format=GRAPH_PARSERS[name])
    endpoint = URIRef(f"{union.url}/sparql")
    assert described.value(predicate=SD.endpoint, object=endpoint) == endpoint
    assert (endpoint, RDF.type, SD.Service) in described
    assert (endpoint, SD.supportedLanguage, SD.SPARQL11Query) in described
    assert (URIRef(f"{union.url}/update"), SD.supportedLanguage, SD.SPARQL11Update) in described
    assert {W3.SPARQL_Results_JSON, W3.Turtle, W3["JSON-LD"]} <= set(
        described.objects(endpoint, SD.resultFormat)
    )
    dataset = described.value(endpoint, SD.defaultDataset)
    names = {
        str(described.value(named, SD.name)) for named in described.objects(dataset, SD.namedGraph)
    }
    assert names == {ONE, TWO}
    assert described.value(dataset, SD.defaultGraph) is not None


def test_the_description_says_which_default_graph_rules(union: Scratch, strict: Scratch) -> None:
    for scratch, said in ((union, True), (strict, False)):
        described = Graph().parse(data=get(f"{scratch.url}/sparql").body, format="turtle")
        assert ((None, SD.feature, SD.UnionDefaultGraph) in described) is said


def test_the_description_follows_the_dataset(writable: Scratch) -> None:
    writable.update(
        "INSERT DATA { GRAPH <http://e.example/graph/new> { <http://e.example/x> a 1 } }"
    )
    described = Graph().parse(data=get(f"{writable.url}/sparql").body, format="turtle")
    assert (None, SD.name, E["graph/new"]) in described


def test_browsers_get_a_page_where_machines_get_the_description(union: Scratch) -> None:
    page = get(f"{union.url}/sparql", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.media_type == "text/html"
    assert get(f"{union.url}/sparql", "text/html;q=0.5, text/turtle").media_type == "text/turtle"


@pytest.mark.parametrize("name", GRAPH_PARSERS)
def test_the_dataset_is_described_in_void(union: Scratch, name: str) -> None:
    answer = get(f"{union.url}/.well-known/void?format={name}")
    described = Graph().parse(data=answer.body, format=GRAPH_PARSERS[name])
    dataset = described.value(predicate=RDF.type, object=VOID.Dataset)
    assert described.value(dataset, VOID.sparqlEndpoint) == URIRef(f"{union.url}/sparql")
    assert described.value(dataset, VOID.triples) == Literal(7)
    for dump in described.objects(dataset, VOID.dataDump):
        assert get(str(dump)).status == 200
    counted = {
        described.value(part, VOID.property): described.value(part, VOID.triples)
        for part in described.objects(dataset, VOID.propertyPartition)
    }
    assert counted[E.p] == Literal(3)


def test_a_host_that_is_no_host_is_a_bad_request(union: Scratch) -> None:
    for host in (b"a b", b"<x>", b"[", b"[::1", b"x:y"):
        for path in (b"/sparql", b"/.well-known/void", b"/", b"/healthz", b"/store/x"):
            head = b"GET " + path + b" HTTP/1.1\r\nHost: " + host
            answer = exchange(union.url, head + b"\r\nConnection: close\r\n\r\n")
            assert answer is not None
            assert answer.status in {200, 400, 404}, (host, path, answer.body)


def test_the_whole_dataset_is_one_download(union: Scratch) -> None:
    dataset = Dataset()
    dataset.parse(data=get(f"{union.url}/store", "application/trig").body, format="trig")
    assert {str(quad[3]) for quad in dataset.quads() if quad[3]} >= {ONE, TWO}
