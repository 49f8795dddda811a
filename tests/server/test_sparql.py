"""`/sparql` over HTTP: forms of request, formats, errors."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote, unquote_plus, urlencode

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from tests.server.http import get, post, request
from tests.server.scratch import CROSS_PRODUCT

ATTEMPTS = """
PREFIX sm: <https://shuangma.example/ontology#>
SELECT ?attempt ?number WHERE { ?attempt sm:attemptNumber ?number } ORDER BY ?number
"""
CONSTRUCT = """
PREFIX sm: <https://shuangma.example/ontology#>
CONSTRUCT { ?attempt sm:outcome ?outcome } WHERE { ?attempt sm:outcome ?outcome }
"""


def numbers(body: bytes) -> list[str]:
    return [row["number"]["value"] for row in json.loads(body)["results"]["bindings"]]


def test_query_by_get_answers_json(service: str) -> None:
    answer = get(f"{service}/sparql?query={quote(ATTEMPTS)}")
    assert answer.status == 200
    assert answer.media_type == "application/sparql-results+json"
    assert numbers(answer.body) == ["1", "2", "3", "4", "5"]


def test_query_by_posted_form_answers(service: str) -> None:
    body = urlencode({"query": ATTEMPTS}).encode()
    answer = post(f"{service}/sparql", body, "application/x-www-form-urlencoded")
    assert numbers(answer.body) == ["1", "2", "3", "4", "5"]


def test_query_posted_directly_answers(service: str) -> None:
    answer = post(f"{service}/sparql", ATTEMPTS.encode(), "application/sparql-query")
    assert numbers(answer.body) == ["1", "2", "3", "4", "5"]


def test_chinese_in_a_posted_query_is_understood(service: str) -> None:
    query = 'SELECT ?s WHERE { ?s ?p ?o FILTER(STR(?o) = "釘釘") }'
    answer = post(f"{service}/sparql", query.encode(), "application/sparql-query")
    found = {row["s"]["value"] for row in json.loads(answer.body)["results"]["bindings"]}
    assert "https://shuangma.example/id/DingTalk" in found


@pytest.mark.parametrize(
    ("asked", "media_type", "start"),
    [
        ("json", "application/sparql-results+json", b'{"head"'),
        ("xml", "application/sparql-results+xml", b"<?xml"),
        ("csv", "text/csv", b"attempt,number"),
        ("tsv", "text/tab-separated-values", b"?attempt\t?number"),
    ],
)
@pytest.mark.parametrize("way", ["format", "accept"])
def test_solutions_come_in_each_format(
    service: str, asked: str, media_type: str, start: bytes, way: str
) -> None:
    url = f"{service}/sparql?query={quote(ATTEMPTS)}"
    answer = get(f"{url}&format={asked}") if way == "format" else get(url, accept=media_type)
    assert answer.status == 200
    assert answer.media_type == media_type
    assert answer.body.startswith(start)


@pytest.mark.parametrize(
    ("asked", "media_type", "parser"),
    [
        ("turtle", "text/turtle", "turtle"),
        ("ttl", "text/turtle", "turtle"),
        ("ntriples", "application/n-triples", "nt"),
        ("jsonld", "application/ld+json", "json-ld"),
        ("rdfxml", "application/rdf+xml", "xml"),
    ],
)
def test_graphs_come_in_each_format(service: str, asked: str, media_type: str, parser: str) -> None:
    url = f"{service}/sparql?query={quote(CONSTRUCT)}"
    named, negotiated = get(f"{url}&format={asked}"), get(url, accept=media_type)
    assert named.media_type == negotiated.media_type == media_type
    first = Graph().parse(data=named.body, format=parser)
    assert len(first) == 5
    assert isomorphic(first, Graph().parse(data=negotiated.body, format=parser))


def test_turtle_of_a_construct_uses_the_prefixes_of_the_dataset(service: str) -> None:
    answer = get(f"{service}/sparql?query={quote(CONSTRUCT)}&format=turtle")
    assert b"id:Attempt4 sm:outcome sm:GoalMissed" in answer.body


def test_quality_values_are_honoured(service: str) -> None:
    accept = "application/sparql-results+json;q=0.2, text/csv;q=0.9, */*;q=0.1"
    answer = get(f"{service}/sparql?query={quote(ATTEMPTS)}", accept=accept)
    assert answer.media_type == "text/csv"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT ?s WHERE { ?s ?p }", 1, 26),
        ("SELECT ?s\nWHERE { ?s ?p ?o }\nLIMIT many", 3, 7),
    ],
    ids=["one line", "third line"],
)
def test_a_broken_query_names_line_and_column(
    service: str, query: str, line: int, column: int
) -> None:
    answer = get(f"{service}/sparql?query={quote(query)}")
    assert answer.status == 400
    assert answer.media_type == "application/problem+json"
    problem = json.loads(answer.body)
    assert (problem["line"], problem["column"]) == (line, column)
    assert problem["status"] == 400
    assert problem["detail"].startswith(f"Line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "*/*", 400),
        ("/sparql?query=ASK%7B%7D&format=docx", "*/*", 400),
        ("/sparql?query=ASK%7B%7D", "image/png", 406),
    ],
    ids=["two queries", "unknown format", "nothing acceptable"],
)
def test_a_request_that_cannot_be_answered_gets_a_problem(
    service: str, path: str, accept: str, status: int
) -> None:
    answer = get(service + path, accept=accept)
    assert answer.status == status
    assert answer.media_type == "application/problem+json"
    assert json.loads(answer.body)["detail"]


def test_another_media_type_is_refused(service: str) -> None:
    assert post(f"{service}/sparql", b"ASK{}", "text/plain").status == 415


def test_a_query_beyond_the_size_limit_is_refused(service: str) -> None:
    body = b"ASK {} #" + b"x" * 1024 * 1024
    assert post(f"{service}/sparql", body, "application/sparql-query").status == 413


def test_updates_are_not_queries(service: str) -> None:
    body = b"INSERT DATA { <http://a/a> <http://a/b> 1 }"
    assert post(f"{service}/sparql", body, "application/sparql-query").status == 400


def test_pages_of_other_sites_may_read_answers(service: str) -> None:
    answer = get(f"{service}/sparql?query=ASK%7B%7D")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unchanged_answer_is_not_sent_again(service: str) -> None:
    url = f"{service}/sparql?query={quote(ATTEMPTS)}"
    mark = get(url).headers["ETag"]
    again = get(url, headers={"If-None-Match": mark})
    assert (again.status, again.body) == (304, b"")


def test_two_formats_of_an_answer_have_two_marks(service: str) -> None:
    url = f"{service}/sparql?query={quote(ATTEMPTS)}"
    marks = {get(url, accept=t).headers["ETag"] for t in ("text/csv", "application/json")}
    assert len(marks) == 2


def test_a_query_that_reaches_out_is_refused(service: str) -> None:
    query = f"SELECT * WHERE {{ SERVICE <{service}/sparql> {{ ?s ?p ?o }} }}"
    answer = get(f"{service}/sparql?query={quote(query)}")
    assert answer.status == 403
    assert "SERVICE" in json.loads(answer.body)["detail"]


def count(service: str, where: str, graphs: str = "") -> int:
    query = quote(f"SELECT (COUNT(*) AS ?number) WHERE {{ {where} }}")
    return int(numbers(get(f"{service}/sparql?query={query}{graphs}").body)[0])


def test_the_graphs_of_the_request_are_those_that_are_read(service: str) -> None:
    inferred = quote("https://shuangma.example/graph/inferred", safe="")
    article = quote("https://shuangma.example/graph/ma-yun-social", safe="")
    everything = count(service, "?s ?p ?o")
    one = count(service, "?s ?p ?o", f"&default-graph-uri={inferred}")
    other = count(service, "?s ?p ?o", f"&default-graph-uri={article}")
    assert 0 < one < other < everything
    both = f"&default-graph-uri={inferred}&default-graph-uri={article}"
    assert count(service, "?s ?p ?o", both) > other
    assert count(service, "?s ?p ?o", f"&named-graph-uri={inferred}") == 0
    assert count(service, "GRAPH ?g { ?s ?p ?o }", f"&named-graph-uri={inferred}") == one


@pytest.mark.parametrize("path", ["/", "/sparql"])
def test_examples_ask_for_passages_in_the_readers_language(service: str, path: str) -> None:
    asked = {
        language: unquote_plus(get(f"{service}{path}?lang={language}", "text/html").body.decode())
        for language in ("en", "zh-Hant", "zh-Hans")
    }
    assert "sm:translatedPassage/oa:hasSelector/oa:exact" in asked["en"]
    assert "sm:passage/oa:hasSelector/oa:exact" not in asked["en"]
    for language in ("zh-Hant", "zh-Hans"):
        assert "sm:passage/oa:hasSelector/oa:exact" in asked[language]
        assert "translatedPassage" not in asked[language]


def test_a_page_writes_the_graphs_of_its_address_into_the_query(service: str) -> None:
    query = "SELECT (COUNT(*) AS ?number) FROM <http://e/other> WHERE { ?s ?p ?o }"
    inferred = "https://shuangma.example/graph/inferred"
    url = f"{service}/sparql?query={quote(query)}&default-graph-uri={quote(inferred, safe='')}"
    number = numbers(get(url).body)[0]
    for destination in ("document", "empty"):
        told = {"Accept": "text/html", "Sec-Fetch-Dest": destination}
        page = request("GET", url, None, told).body.decode()
        assert "http://e/other" not in page
        assert f"FROM &lt;{inferred}&gt; WHERE" in page
        assert (f">{number}<" in page.replace(",", "")) == (destination == "empty")
    told = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
    refused = request("GET", f"{service}/sparql?query=ASK%7B%7D&named-graph-uri=x", None, told)
    assert refused.status == 400
    assert "“x” is not an absolute IRI" in refused.body.decode()


def test_a_graph_that_is_no_iri_is_refused(service: str) -> None:
    assert get(f"{service}/sparql?query=ASK%7B%7D&default-graph-uri=x").status == 400


def test_head_answers_as_get_without_a_body(service: str) -> None:
    answer = request("HEAD", f"{service}/sparql?query=ASK%7B%7D")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.media_type == "application/sparql-results+json"


def test_from_says_which_graphs_are_read(service: str) -> None:
    graph = "https://shuangma.example/graph/inferred"
    query = quote(f"SELECT (COUNT(*) AS ?number) FROM <{graph}> WHERE {{ ?s ?p ?o }}")
    narrowed = int(numbers(get(f"{service}/sparql?query={query}").body)[0])
    assert narrowed == count(service, f"GRAPH <{graph}> {{ ?s ?p ?o }}")
    assert narrowed < count(service, "?s ?p ?o")


def test_an_undeclared_prefix_is_named(service: str) -> None:
    query = quote("PREFIX sm: <http://e/> SELECT ?s WHERE { ?s sm:a ?o ; skos:prefLabel 'x:y' }")
    problem = json.loads(get(f"{service}/sparql?query={query}").body)
    assert "“skos:” is not declared" in problem["detail"]


@pytest.mark.parametrize("name", ["rdf+xml", "n3", "json-ld", "rdfxml"])
def test_the_names_that_clients_use_are_understood(service: str, name: str) -> None:
    answer = get(f"{service}/sparql?query={quote(CONSTRUCT)}&format={quote(name, safe='')}")
    assert answer.status == 200


def test_a_browser_that_runs_scripts_lets_them_ask(service: str) -> None:
    """The page comes without waiting for an answer, which its script asks for."""
    asked = urlencode({"query": CROSS_PRODUCT, "lang": "en"})
    told = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
    answer = request("GET", f"{service}/sparql?{asked}", None, told)
    assert answer.status == 200
    assert "Sec-Fetch-Dest" in answer.headers["Vary"]


def test_a_browser_without_scripts_is_sent_to_the_answer(service: str) -> None:
    asked = urlencode({"query": ATTEMPTS, "lang": "en"})
    told = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
    page = request("GET", f"{service}/sparql?{asked}", None, told).body.decode()
    assert "<td" not in page
    again = re.search(r'<noscript><meta http-equiv="refresh" content="0; url=([^"]+)">', page)
    assert again is not None
    answer = request("GET", service + html.unescape(again[1]), None, told).body.decode()
    assert answer.count("<tr>") == 6  # a heading, and the five attempts
