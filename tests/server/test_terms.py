"""What the query page asks while a query is written: terms, names, evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.server.http import Answer, get, post
from tests.server.scratch import Scratch, serving

SM = "https://shuangma.example/ontology#"
BASE = "https://shuangma.example/"
HOSTILE = "<script>alert(1)</script>"
FOREIGN = f"""
PREFIX t: <http://tea.example/words#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
<http://tea.example/leaf/1> a t:Leaf ; foaf:name "{HOSTILE}" .
<http://tea.example/leaf/2> a t:Leaf ; t:grownBy <http://tea.example/who/ann> .
<http://tea.example/who/ann> a foaf:Person .
t:Leaf rdfs:label "Leaf"@en , "茶葉"@zh-hant ; rdfs:comment "What tea is made of."@en ;
  <http://www.w3.org/2004/02/skos/core#altLabel> "Foliage"@en , "葉子"@zh-hant , "Foliage" .
"""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with serving(tmp_path_factory.mktemp("terms"), FOREIGN, tokens=False) as running:
        yield running


def terms(service: str, **parameters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    answer = get(f"{service}/api/terms?{query}")
    assert answer.status == 200, answer.body
    document: dict[str, Any] = json.loads(answer.body)
    return document


def send(service: str, path: str, body: object, language: str = "en") -> Answer:
    return post(f"{service}{path}?lang={language}", json.dumps(body).encode(), "application/json")


def test_classes_in_use_have_names_in_three_languages(service: str) -> None:
    found = {each["name"]: each for each in terms(service, lang="zh-Hans")["classes"]}
    attempt = found["sm:Attempt"]
    assert attempt["count"] == 5
    assert attempt["labels"]["zh-Hant"] == "嘗試"
    assert attempt["label"] == attempt["labels"]["zh-Hans"] == "尝试"
    assert attempt["labels"]["en"].lower() == "attempt"
    assert attempt["definition"]


def test_terms_come_with_their_other_names(foreign: Scratch) -> None:
    found = {each["label"]: each for each in terms(foreign.url, lang="en")["classes"]}
    assert found["Leaf"]["synonyms"] == ["Foliage", "葉子"]
    assert found["Person"]["synonyms"] == []


def test_the_predicates_of_a_class_come_with_how_many_have_them(service: str) -> None:
    found = terms(service, **{"class": f"{SM}Attempt"})["predicates"]
    assert {each["name"]: each["count"] for each in found}["sm:outcome"] == 5


def test_the_usual_objects_of_a_predicate_are_told(service: str) -> None:
    found = terms(service, predicate=f"{SM}outcome", lang="en")["objects"]
    assert "sm:LeaderInNiche" in {each["name"] for each in found}


def test_a_dataset_of_others_gets_prefixes_of_its_own(foreign: Scratch) -> None:
    found = terms(foreign.url, lang="zh-Hant")
    assert found["prefixes"]["words"] == "http://tea.example/words#"
    assert found["prefixes"]["foaf"] == "http://xmlns.com/foaf/0.1/"
    (leaf,) = (each for each in found["classes"] if each["name"] == "words:Leaf")
    assert (leaf["label"], leaf["count"]) == ("茶葉", 2)
    assert terms(foreign.url, lang="en")["edition"] == found["edition"]


@pytest.mark.parametrize("query", ["class=x", "predicate=%3C%3E", "class="])
def test_what_is_no_iri_gets_a_problem_document(service: str, query: str) -> None:
    assert get(f"{service}/api/terms?{query}").problem["status"] == 400


def test_things_are_named_in_bulk(service: str, foreign: Scratch) -> None:
    iris = [f"{BASE}id/DingTalk", "http://nobody.example/x#Y%20Z", "not an iri"]
    answer = json.loads(send(service, "/api/labels", {"iris": iris}).body)
    assert answer["labels"][iris[0]] == {
        "label": "DingTalk",
        "path": "/id/DingTalk",
        "kind": "SoftwareApplication",
    }
    assert answer["labels"][iris[1]]["label"] == "Y Z"
    assert iris[2] not in answer["labels"]
    leaf = "http://tea.example/leaf/1"
    named = json.loads(send(foreign.url, "/api/labels", {"iris": [leaf]}).body)["labels"][leaf]
    assert named["label"] == HOSTILE
    assert named["path"].startswith("/resource?iri=")


def test_more_names_than_are_told_at_once_are_refused(service: str) -> None:
    iris = [f"http://e.example/{n}" for n in range(2001)]
    assert send(service, "/api/labels", {"iris": iris}).status == 400


def term(value: str, language: str | None = None) -> dict[str, Any]:
    if value.startswith("http"):
        return {"type": "uri", "value": value}
    return {"type": "literal", "value": value} | ({"xml:lang": language} if language else {})


def test_a_row_of_subject_and_object_finds_its_statement(service: str) -> None:
    row = [term(f"{BASE}id/Attempt4"), term(f"{SM}GoalMissed")]
    found = json.loads(send(service, "/api/evidence", {"terms": row}).body)
    assert found["total"] == 1
    (statement,) = found["statements"]
    assert statement["iri"] == f"{BASE}statement/ma-yun-social/attempt4-outcome"
    assert statement["passages"][0]["path"].startswith("/article/ma-yun-social")
    assert "#char=" in statement["passages"][0]["path"]


def test_a_row_that_names_its_statement_needs_nothing_else(service: str) -> None:
    iri = f"{BASE}statement/ma-yun-social/attempt4-outcome"
    found = json.loads(send(service, "/api/evidence", {"terms": [term(iri)]}).body)
    assert [each["iri"] for each in found["statements"]] == [iri]


def test_data_without_statements_have_no_evidence(foreign: Scratch) -> None:
    row = [term("http://tea.example/leaf/1"), term(HOSTILE), {"type": "bnode", "value": "b0"}]
    answer = json.loads(send(foreign.url, "/api/evidence", {"terms": row}).body)
    assert (answer["statements"], answer["total"]) == ([], 0)


@pytest.mark.parametrize(
    "body",
    [{}, {"terms": [{"type": "uri", "value": "x y"}]}, {"terms": [{"type": "z"}]}, []],
    ids=["nothing", "no IRI", "no type", "a list"],
)
def test_a_row_that_is_none_gets_a_problem_document(service: str, body: object) -> None:
    assert send(service, "/api/evidence", body).problem["status"] == 400
