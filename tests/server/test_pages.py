"""Pages, linked data and downloads over HTTP."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.compare import isomorphic

from tests.server.http import get, request

BASE = "https://shuangma.example/"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = [
    "/",
    "/explore",
    "/article/ma-yun-social",
    "/article/ma-yun-social/en",
    "/sparql",
    "/ontology",
    "/export",
    "/page/id/DingTalk",
    "/page/statement/ma-yun-social/laiwang-developer",
    "/page/observation/ma-yun-social/tencent-revenue",
    "/resource?iri=https%3A%2F%2Fschema.org%2FPerson",
]


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_each_page_comes_in_each_language(service: str, path: str, language: str) -> None:
    sep = "&" if "?" in path else "?"
    answer = get(f"{service}{path}{sep}lang={language}", accept=HTML)
    assert answer.status == 200
    assert answer.media_type == "text/html"
    assert f'<html lang="{language}">'.encode() in answer.body
    assert "{{" not in answer.body.decode()


@pytest.mark.parametrize("path", [*PAGES, "/nothing-here"])
def test_each_page_carries_a_strict_policy(service: str, path: str) -> None:
    headers = get(service + path, accept=HTML).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_language_is_that_of_the_browser(service: str) -> None:
    page = get(f"{service}/", headers={"Accept": HTML, "Accept-Language": "zh-CN,zh;q=0.9"})
    assert b'<html lang="zh-Hans">' in page.body
    assert "Accept-Language" in page.headers["Vary"]


def test_a_chosen_language_is_remembered(service: str) -> None:
    cookie = get(f"{service}/?lang=en", accept=HTML).headers["Set-Cookie"].split(";")[0]
    page = get(f"{service}/", headers={"Accept": HTML, "Cookie": cookie})
    assert b'<html lang="en">' in page.body


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (HTML, "/page/id/DingTalk"),
        ("text/turtle", "/data/id/DingTalk"),
        ("application/ld+json", "/data/id/DingTalk"),
        ("*/*", "/data/id/DingTalk"),
        ("text/turtle;q=0.4, text/html;q=0.8", "/page/id/DingTalk"),
    ],
)
def test_a_thing_sends_to_its_page_or_its_data(service: str, accept: str, target: str) -> None:
    answer = get(f"{service}/id/DingTalk", accept=accept)
    assert answer.status == 303
    assert answer.headers["Location"].endswith(target)
    assert "Accept" in answer.headers["Vary"]


FORMATS = {
    "ttl": ("text/turtle", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
    "nt": ("application/n-triples", "nt"),
    "rdf": ("application/rdf+xml", "xml"),
}


@pytest.mark.parametrize("local", ["id/DingTalk", "statement/ma-yun-social/laiwang-developer"])
def test_the_data_of_a_thing_agree_in_all_formats(service: str, local: str) -> None:
    graphs = []
    for suffix, (media_type, parser) in FORMATS.items():
        answer = get(f"{service}/{local}.{suffix}")
        assert answer.media_type == media_type
        graphs.append(Graph().parse(data=answer.body, format=parser))
    assert (URIRef(BASE + local), None, None) in graphs[0]
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


def test_the_data_of_a_thing_hold_its_evidence(service: str) -> None:
    data = Graph().parse(data=get(f"{service}/id/Laiwang.ttl").body, format="turtle")
    statement = URIRef(f"{BASE}statement/ma-yun-social/laiwang-developer")
    passage = data.value(statement, URIRef(f"{BASE}ontology#passage"))
    assert passage is not None
    oa = "http://www.w3.org/ns/oa#"
    selectors = data.objects(passage, URIRef(f"{oa}hasSelector"))
    words = [data.value(selector, URIRef(f"{oa}exact")) for selector in selectors]
    assert any(words)


def test_a_misspelt_thing_gets_near_names(service: str) -> None:
    answer = get(f"{service}/data/id/Dingtalk", accept="text/turtle")
    assert answer.status == 404
    assert answer.media_type == "application/problem+json"
    near = [each["iri"] for each in json.loads(answer.body)["suggestions"]]
    assert near[0] == f"{BASE}id/DingTalk"
    page = get(f"{service}/page/id/Dingtalk", accept=HTML)
    assert page.status == 404
    assert b"/id/DingTalk" in page.body


def test_one_article_is_downloaded_by_itself(service: str) -> None:
    answer = get(f"{service}/export/article/ma-yun-social.trig")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=ma-yun-social")
    dataset = Dataset()
    dataset.parse(data=answer.body, format="trig")
    named = {str(quad[3]) for quad in dataset.quads()}
    assert named == {f"{BASE}graph/ma-yun-social"}


@pytest.mark.parametrize(
    "path",
    ["/export/dataset.docx", "/export/article/none.ttl", "/export/id/None.ttl", "/article/none"],
)
def test_what_is_not_here_is_not_found(service: str, path: str) -> None:
    assert get(service + path).status == 404


def test_a_method_that_is_not_served_says_which_are(service: str) -> None:
    answer = request("DELETE", f"{service}/explore")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json"])
def test_the_vocabulary_comes_as_data(service: str, accept: str) -> None:
    answer = get(f"{service}/ontology", accept=accept)
    assert answer.media_type == accept
    form = {"text/turtle": "turtle", "application/ld+json": "json-ld"}[accept]
    graph = Graph().parse(data=answer.body, format=form)
    assert (URIRef(f"{BASE}ontology#Attempt"), None, None) in graph


@pytest.mark.parametrize(
    "iri", ["", "x", "https://a b/", "javascript:alert(1)<", "https://shuangma.example/>"]
)
def test_what_is_no_iri_is_refused(service: str, iri: str) -> None:
    for path in ("/resource", "/api/facts"):
        answer = get(f"{service}{path}?iri={quote(iri, safe='')}")
        assert answer.status == 400
        assert "IRI" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/%00",
        "/id/%FF%FE",
        "/id/..%2f..%2fetc%2fpasswd",
        "/page/id/%E9%87%98",
        "/id/" + "x" * 4000,
        "/article/%00",
        "/article/a/%00",
        "/export/id/%00.ttl",
    ],
    ids=["nul", "no UTF-8", "parent folders", "Chinese", "long", "article", "part", "export"],
)
def test_a_hostile_path_is_answered_plainly(service: str, path: str) -> None:
    for accept in (HTML, "text/turtle"):
        answer = get(service + path, accept=accept)
        if answer.status == 303:
            answer = get(service + answer.headers["Location"], accept=accept)
        assert answer.status in {400, 404, 414}


def test_the_network_names_its_edges_and_things(service: str) -> None:
    network = json.loads(get(f"{service}/api/network?lang=en").body)
    labels = {node["label"] for node in network["nodes"] if node["shown"]}
    assert {"DingTalk", "WeChat", "Tencent", "fifth attempt"} <= labels
    assert all(edge["label"] for edge in network["edges"])
    assert all(edge["statements"] for edge in network["edges"])
    assert network["options"]["physics"]["enabled"] is False


def test_the_network_of_two_services_is_the_same(service: str) -> None:
    first = get(f"{service}/api/network?lang=en&a=1").body
    second = get(f"{service}/api/network?lang=en&a=2").body
    assert first == second


@pytest.mark.parametrize("shape", ["wide", "tall"])
def test_no_two_labels_in_view_overlap(service: str, shape: str) -> None:
    network = json.loads(get(f"{service}/api/network?lang=zh-Hant&shape={shape}").body)
    shown = [node for node in network["nodes"] if node["shown"]]
    across, down = (max(n[a] for n in shown) - min(n[a] for n in shown) for a in "xy")
    assert (across < down) == (shape == "tall")
    attempts = sorted((n for n in shown if n["number"]), key=lambda n: n["number"])
    assert [n["y"] for n in attempts] == sorted(n["y"] for n in attempts)
    for one in shown:
        for other in shown:
            if one["id"] < other["id"]:
                apart = abs(one["x"] - other["x"]) > 28 or abs(one["y"] - other["y"]) > 28
                assert apart, (one["label"], other["label"])


def test_the_questions_that_tell_the_story_come_first(service: str) -> None:
    home = get(f"{service}/?lang=en", "text/html").body.decode()
    places = [home.find(words) for words in ("How did each attempt end", "Which attempts failed")]
    assert 0 < places[0] < places[1]
    assert "Is the annual figure four times" not in home
