"""The network's part of `/api`, asked of a real service."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import networkx as nx
import pytest
from pyoxigraph import RdfFormat, parse

from tests.server.http import FORM, Answer, get, post, request
from tests.server.scratch import Scratch, serving

ID = "https://shuangma.example/id/"
MOMO, TENCENT, DINGTALK = f"{ID}Momo", f"{ID}Tencent", f"{ID}DingTalk"
EX = "http://example.org/"
FOREIGN = f"""
@prefix : <{EX}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a a :Kind ; rdfs:label "<script>alert(1)</script>" ; :to :b , :c , "text" , [ ] ; :with :c .
:b rdfs:label "{"長" * 500}" ; :to :c ; :born "1998-05-04"^^xsd:date .
:c rdfs:label "\u202eשלום" ; :born "1931"^^xsd:gYear . :d :to :c .
GRAPH :g {{ :a :to :b . :b :in :g }}
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """Somebody else's data, whose service keeps two editions."""
    folder = tmp_path_factory.mktemp("foreign")
    with serving(folder, FOREIGN, editions_kept="2") as scratch:
        yield scratch


def asked(service: str, path: str, **values: str | list[str]) -> Any:
    answer = get(f"{service}/api/{path}?{urlencode(values, doseq=True)}")
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def sent(service: str, path: str, body: object) -> Answer:
    return post(f"{service}{path}", json.dumps(body).encode(), "application/json")


def told(service: str, path: str, **body: object) -> Any:
    answer = sent(service, f"/api/{path}", body)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def test_a_things_links_are_counted_by_kind_and_fetched_in_pages(service: str) -> None:
    found = asked(service, "connections", iri=TENCENT, lang="en")
    counts = [group["count"] for group in found["groups"]]
    assert counts == sorted(counts, reverse=True) and sum(counts) == found["total"]
    assert found["label"] == "Tencent" and all(group["label"] for group in found["groups"])
    group = found["groups"][0]
    seen: list[str] = []
    places = {TENCENT: [0, 0]}
    while True:
        page = told(
            service,
            "neighbours",
            iri=TENCENT,
            predicate=group["predicate"],
            direction=group["direction"],
            limit=2,
            exclude=seen,
            places=places,
        )
        seen += [node["id"] for node in page["nodes"]]
        places |= {node["id"]: [node["x"], node["y"]] for node in page["nodes"]}
        ends = {end for edge in page["edges"] for end in (edge["from"], edge["to"])}
        assert ends <= {TENCENT, *seen} and page["order"] == "degree"
        if not page["remaining"]:
            break
    assert len(seen) == len(set(seen)) == group["count"] == page["total"]
    assert len({tuple(place) for place in places.values()}) == len(places)


def test_nodes_and_edges_are_those_of_the_network(service: str) -> None:
    network = asked(service, "network", lang="en")
    nodes = {node["id"]: node for node in network["nodes"]}
    edges = {edge["id"]: edge for edge in network["edges"]}
    assert network["total"] == {"things": len(nodes), "shown": len(nodes), "atLeast": False}
    view = told(service, "view?lang=en", things=sorted(nodes))
    assert {edge["id"]: edge for edge in view["edges"]} == edges and not view["missing"]
    moving = ("x", "y", "shown")
    for node in view["nodes"]:
        known = nodes[node["id"]]
        assert {k: v for k, v in node.items() if k not in moving} == {
            k: v for k, v in known.items() if k not in moving
        }


def test_a_view_keeps_the_places_it_is_given_and_says_what_is_missing(service: str) -> None:
    view = told(service, "view", things=[MOMO, f"{ID}No", TENCENT], places={MOMO: [3.5, -8]})
    assert [node["id"] for node in view["nodes"]] == [MOMO, TENCENT]
    assert (view["nodes"][0]["x"], view["nodes"][0]["y"]) == (3.5, -8)
    assert view["missing"] == [f"{ID}No"]
    assert told(service, "view", things=[])["nodes"] == []


def test_paths_come_shortest_first_with_the_statements_of_each_step(service: str) -> None:
    values = {"from": MOMO, "to": TENCENT, "lang": "en"}
    found = asked(service, "paths", **values)
    lengths = [len(path["things"]) for path in found["paths"]]
    assert lengths == sorted(lengths) and len(lengths) == 3 and found["more"]
    edges = {edge["id"]: edge for edge in found["edges"]}
    for path in found["paths"]:
        assert (path["things"][0], path["things"][-1]) == (MOMO, TENCENT)
        assert len(path["edges"]) == len(path["things"]) - 1
        assert all(edges[edge]["statements"] for edge in path["edges"])
        assert {node["id"] for node in found["nodes"]} >= set(path["things"])
    rest = asked(service, "paths", **values, offset="3", limit="2")
    assert not {str(path["things"]) for path in rest["paths"]} & {
        str(path["things"]) for path in found["paths"]
    }


def test_what_connects_several_is_linked_to_two_of_them(service: str) -> None:
    found = asked(service, "connecting", iri=[MOMO, TENCENT, DINGTALK], lang="en")
    assert found["total"] == len(found["things"]) > 0
    assert all(len(thing["linked"]) > 1 for thing in found["things"])
    assert {node["id"] for node in found["nodes"]} == {
        MOMO,
        TENCENT,
        DINGTALK,
        *(thing["iri"] for thing in found["things"]),
    }


def test_events_come_by_date_at_their_precision_with_their_statements(service: str) -> None:
    events = asked(service, "timeline", lang="en")["events"]
    assert [event["start"] for event in events] == sorted(event["start"] for event in events)
    lengths = {"year": 4, "month": 7, "day": 10}
    assert {event["precision"] for event in events} == set(lengths)
    for event in events:
        assert len(event["start"]) == lengths[event["precision"]]
        assert event["label"] and event["statements"]
    attempts = [event["number"] for event in events if event["kind"] == "Attempt"]
    assert sorted(attempts) == [2, 3, 4, 5], "of the first it is not said when it began"
    assert asked(service, "timeline", article="ma-yun-social")["events"]


def test_measures_cover_what_the_network_draws(service: str) -> None:
    network = asked(service, "network")
    found = asked(service, "measures")
    assert found["ready"] and found["scope"]["complete"]
    for name in ("degree", "betweenness", "pagerank", "community"):
        assert set(found["measures"][name]) == {node["id"] for node in network["nodes"]}
    degrees = {node["id"]: node["degree"] for node in network["nodes"]}
    assert found["measures"]["degree"] == degrees
    assert sum(found["measures"]["pagerank"].values()) == pytest.approx(1, abs=1e-4)
    assert get(f"{service}/api/measures?article=no-such").status == 404


VIEW = {"things": [MOMO, f"{ID}Attempt4", TENCENT], "language": "en"}


@pytest.mark.parametrize("form", [RdfFormat.N_TRIPLES, RdfFormat.TURTLE, RdfFormat.TRIG])
def test_the_query_of_a_view_yields_the_triples_of_its_export(
    service: str, form: RdfFormat
) -> None:
    suffix = {"N-Triples": "nt", "Turtle": "ttl", "TriG": "trig"}[form.name]
    query = sent(service, "/export/view.rq", VIEW)
    assert query.media_type == "application/sparql-query"
    answer = post(
        f"{service}/sparql",
        query.body,
        "application/sparql-query",
        {"Accept": "application/n-triples"},
    )
    expected = {quad.triple for quad in parse(answer.body, RdfFormat.N_TRIPLES)}
    exported = sent(service, f"/export/view.{suffix}", VIEW)
    found = list(parse(exported.body, form))
    assert {quad.triple for quad in found} == expected and len(expected) > 50
    predicates = {triple.predicate.value.rpartition("#")[2] for triple in expected}
    assert {"means", "subject", "exact", "prefLabel", "type"} <= predicates
    if form is RdfFormat.TRIG:
        assert len({quad.graph_name for quad in found}) > 1


def test_an_export_holds_the_edges_that_are_drawn_and_no_other(service: str) -> None:
    edges = told(service, "view", things=VIEW["things"])["edges"]
    drawn = {**VIEW, "edges": [edges[0]["id"]]}
    network = nx.read_graphml(io.BytesIO(sent(service, "/export/view.graphml", drawn).body))
    assert set(network) == set(VIEW["things"]) and network.number_of_edges() == 1
    assert network.nodes[TENCENT]["label"] == "Tencent"
    archive = zipfile.ZipFile(io.BytesIO(sent(service, "/export/view.csv", VIEW).body))
    assert {"nodes.csv", "edges.csv"} <= set(archive.namelist())
    assert len(archive.read("edges.csv").splitlines()) == 1 + len(edges)
    assert sent(service, "/export/view.gexf", VIEW).status == 200
    answer = sent(service, "/export/view.docx", VIEW)
    assert answer.status == 400 and "graphml" in answer.detail


def test_a_plain_form_downloads_a_view(service: str) -> None:
    body = urlencode({"view": json.dumps(VIEW)}).encode()
    answer = post(f"{service}/export/view.jsonld", body, FORM)
    assert answer.status == 200
    assert "filename=view.jsonld" in answer.headers["Content-Disposition"]
    assert post(f"{service}/export/view.ttl", b"view=%7B", FORM).status == 400


NOWHERE = f"{ID}NoSuchThing"


@pytest.mark.parametrize(
    "path",
    [
        f"connections?iri={quote(NOWHERE)}",
        f"paths?from={quote(NOWHERE)}&to={quote(MOMO)}",
        f"connecting?iri={quote(NOWHERE)}&iri={quote(MOMO)}",
        "timeline?article=no-such",
        "editions/mine",
        "editions/999999",
        "network?edition=old",
        "network?edition=999999",
    ],
)
def test_what_is_not_here_is_told_as_such(service: str, path: str) -> None:
    answer = get(f"{service}/api/{path}")
    assert answer.status == 404 and answer.detail
    assert sent(service, "/api/neighbours", {"iri": NOWHERE}).status == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("neighbours", {}, "iri"),
        ("neighbours", {"iri": "no iri"}, "iri"),
        ("neighbours", {"iri": MOMO, "limit": 201}, "limit"),
        ("neighbours", {"iri": MOMO, "limit": 0}, "limit"),
        ("neighbours", {"iri": MOMO, "order": "taste"}, "order"),
        ("neighbours", {"iri": MOMO, "direction": "up"}, "direction"),
        ("neighbours", {"iri": MOMO, "places": {MOMO: [1e300, 0]}}, "places"),
        ("neighbours", {"iri": MOMO, "places": {MOMO: [None, 0]}}, "places"),
        ("neighbours", {"iri": MOMO, "exclude": [MOMO] * 2001}, "exclude"),
        ("neighbours", {"iri": MOMO, "predicate": "> } DELETE"}, "predicate"),
        ("view", {"things": "all"}, "things"),
        ("view", {"things": [MOMO] * 2001}, "things"),
        ("view", [], ""),
    ],
)
def test_a_body_that_cannot_be_is_refused_by_the_name_of_its_field(
    service: str, path: str, body: object, field: str
) -> None:
    answer = sent(service, f"/api/{path}", body)
    assert answer.status == 400 and field in answer.detail


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("connections", "iri"),
        ("connections?iri=x", "iri"),
        (f"paths?from={MOMO}", "to"),
        (f"paths?from={MOMO}&to={TENCENT}&limit=99", "limit"),
        (f"paths?from={MOMO}&to={TENCENT}&offset=-1", "offset"),
        (f"connecting?iri={MOMO}", "iri"),
    ],
)
def test_an_address_that_cannot_be_is_refused_by_the_name_of_its_parameter(
    service: str, path: str, field: str
) -> None:
    answer = get(f"{service}/api/{path}")
    assert answer.status == 400 and field in answer.detail


def test_bodies_are_bounded_and_pages_of_others_may_ask(service: str) -> None:
    host = urlsplit(service).netloc
    with closing(HTTPConnection(host, timeout=20)) as connection:
        # It is refused by its length, before any of it is taken.
        connection.putrequest("POST", "/api/view")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(2 << 20))
        connection.endheaders()
        assert connection.getresponse().status == 413
    assert post(f"{service}/api/view", b"{", "application/json").status == 400
    asking = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for path in ("/api/view", "/api/neighbours", "/export/view.ttl"):
        allowed = request("OPTIONS", f"{service}{path}", headers=asking)
        assert "POST" in allowed.headers["Access-Control-Allow-Methods"]


def test_somebody_elses_data_are_explored_just_so(foreign: Scratch) -> None:
    url = foreign.url
    found = asked(url, "connections", iri=f"{EX}a")
    assert {(g["predicate"], g["direction"], g["count"]) for g in found["groups"]} == {
        (f"{EX}to", "out", 2),
        (f"{EX}with", "out", 1),
    }
    page = told(url, "neighbours", iri=f"{EX}a")
    assert {node["id"] for node in page["nodes"]} == {f"{EX}b", f"{EX}c"}
    assert {edge["modality"] for edge in page["edges"]} == {"asserted"}
    assert max(len(node["label"]) for node in page["nodes"]) == 32
    network = asked(url, "network")
    assert "<script>alert(1)</script>" in {node["label"] for node in network["nodes"]}
    (path,) = asked(url, "paths", **{"from": f"{EX}a", "to": f"{EX}d"}, limit="1")["paths"]
    assert path["things"] == [f"{EX}a", f"{EX}c", f"{EX}d"]
    events = asked(url, "timeline")["events"]
    assert [(e["start"], e["precision"]) for e in events] == [
        ("1931", "year"),
        ("1998-05-04", "day"),
    ]
    assert asked(url, "measures")["scope"]["things"] == len(network["nodes"])
    answer = sent(url, "/export/view.nt", {"things": [f"{EX}a", f"{EX}b"]})
    triples = {str(quad.triple) for quad in parse(answer.body, RdfFormat.N_TRIPLES)}
    assert f"<{EX}a> <{EX}to> <{EX}b>" in triples
    assert not any(f"<{EX}c>" in triple for triple in triples)


def test_a_kept_edition_answers_as_it_did_and_one_that_is_gone_says_so(foreign: Scratch) -> None:
    old = asked(foreign.url, "network")["edition"]
    assert foreign.update(f"INSERT DATA {{ <{EX}d> <{EX}to> <{EX}new> }}").status == 200
    groups = {"old": 1, "new": 2}
    for edition, count in (({"edition": old}, groups["old"]), ({}, groups["new"])):
        found = asked(foreign.url, "connections", iri=f"{EX}d", **edition)
        assert found["total"] == count
    assert asked(foreign.url, f"editions/{old}")["kept"]
    assert sent(foreign.url, f"/api/neighbours?edition={old}", {"iri": f"{EX}new"}).status == 404


def test_an_edition_that_is_gone_says_so(foreign: Scratch) -> None:
    # What a reader has open stays: these editions nobody asks before they are gone.
    written = [foreign.update(f"INSERT DATA {{ <{EX}d> <{EX}n> {n} }}") for n in range(5)]
    old = json.loads(written[1].body)["edition"]
    gone = get(f"{foreign.url}/api/network?edition={old}")
    assert gone.status == 410 and old in gone.detail
    assert sent(foreign.url, f"/api/view?edition={old}", {"things": []}).status == 410
    state = asked(foreign.url, f"editions/{old}")
    assert not state["kept"] and state["current"] > old
    page = get(f"{foreign.url}/api/network?edition={old}", "text/html")
    assert page.status == 410 and old in page.body.decode()
