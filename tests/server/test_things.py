"""Every IRI that the dataset mints leads to a page and to data; what is gone says so."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib.compare import isomorphic

from graph.retirement import Register
from graph.store import EditionStore
from server.application import create_app
from server.backend import InProcess
from server.configuration import Configuration
from server.state import state_over
from tests.conftest import run
from tests.server.http import TIMEOUT_S, Answer, get
from tests.server.scratch import Scratch, serving

BASE = "https://shuangma.example/"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SM = f"{BASE}ontology#"
_SELECTORS = ("position=", "quote=")
_THROUGH_THE_SERVICE = 20  # one document in so many
Ask = Callable[[str, str], Answer]


class Follower:
    """Follows the redirections that linked data has, by whatever asks for a path."""

    def __init__(self, ask: Ask, url: str) -> None:
        self._ask, self._url = ask, url

    def __call__(self, path: str, accept: str) -> Answer:
        for _ in range(3):
            answer = self._ask(path, accept)
            if answer.status != 303:
                break
            path = answer.headers["Location"].removeprefix(self._url)
        return answer


@pytest.fixture(scope="module")
def follow(service: str) -> Iterator[Follower]:
    """Asks the service, over one connection."""
    connection = HTTPConnection(urlsplit(service).netloc, timeout=TIMEOUT_S)

    def ask(path: str, accept: str) -> Answer:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    yield Follower(ask, service)
    connection.close()


@pytest.fixture(scope="module")
def follow_within(store: Path) -> Follower:
    """Asks the application in this process: thousands of requests, at half the price."""
    engine = EditionStore(store).engine()
    app = create_app(state_over(Configuration(store=str(store)), InProcess(engine)))
    client = app.test_client()

    def ask(path: str, accept: str) -> Answer:
        response = client.get(path, headers={"Accept": accept})
        headers = Message()
        for name, value in response.headers:
            headers[name] = value
        return Answer(response.status_code, headers, response.data)

    return Follower(ask, "http://localhost")


def minted(store: Path) -> dict[str, set[str]]:
    """The documents of all IRIs below the base that any quad has, with their fragments."""
    found: dict[str, set[str]] = defaultdict(set)
    with EditionStore(store).open() as edition:
        for quad in edition.database:
            for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
                if isinstance(term, NamedNode) and term.value.startswith(BASE):
                    document, _, fragment = term.value.partition("#")
                    found[document].add(fragment)
    return found


def complaints(follow: Follower, document: str, fragments: set[str]) -> list[str]:
    """What is wrong with how a document and its fragments are served."""
    path = quote("/" + document.removeprefix(BASE), safe="/")
    page = follow(path, HTML)
    turtle = follow(path, "text/turtle")
    json_ld = follow(path, "application/ld+json")
    kinds = [(a.status, a.media_type) for a in (page, turtle, json_ld)]
    if kinds != [(200, "text/html"), (200, "text/turtle"), (200, "application/ld+json")]:
        return [f"{document}: {kinds}"]
    # The build mints no blank node: graphs that are isomorphic are equal.
    triples = {q.triple for q in parse(turtle.body, RdfFormat.TURTLE)}
    if triples != {q.triple for q in parse(json_ld.body, RdfFormat.JSON_LD)}:
        return [f"{document}: its Turtle and its JSON-LD differ"]
    told = {term.value for t in triples for term in t if isinstance(term, NamedNode)}
    anchors = set(re.findall(r'\bid="([^"]*)"', page.body.decode()))
    found = []
    for fragment in fragments - {""}:
        if f"{document}#{fragment}" not in told:
            found.append(f"{document}#{fragment}: no data")
        if fragment not in anchors and not fragment.startswith(_SELECTORS):
            found.append(f"{document}#{fragment}: no anchor")
    return found


@pytest.mark.timeout(600)  # half a minute on an idle core; a busy machine may take its time
def test_every_iri_that_is_minted_leads_to_a_page_and_to_data(
    follow_within: Follower, follow: Follower, store: Path
) -> None:
    documents = sorted(minted(store).items())
    assert len(documents) > 1000
    assert sum(len(fragments) for _, fragments in documents) > 2500
    assert [each for one in documents for each in complaints(follow_within, *one)] == []
    some = documents[::_THROUGH_THE_SERVICE]
    assert [each for one in some for each in complaints(follow, *one)] == []


@pytest.mark.parametrize(
    "local", ["id/DingTalk", "article/ma-yun-social", "graph/inferred", "ontology"]
)
def test_turtle_and_json_ld_are_isomorphic_to_rdflib_too(follow: Follower, local: str) -> None:
    turtle = follow(f"/{local}", "text/turtle")
    json_ld = follow(f"/{local}", "application/ld+json")
    one = rdflib.Graph().parse(data=turtle.body, format="turtle")
    other = rdflib.Graph().parse(data=json_ld.body, format="json-ld")
    assert len(one) > 20
    assert isomorphic(one, other)


def test_a_page_names_its_data_in_its_headers_and_in_its_head(service: str) -> None:
    page = get(f"{service}/page/id/DingTalk?lang=en", HTML)
    links = "\n".join(page.headers.get_all("Link"))
    text = page.body.decode()
    for suffix, media_type in (
        ("ttl", "text/turtle"),
        ("jsonld", "application/ld+json"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
    ):
        assert f'</id/DingTalk.{suffix}>; rel="alternate"; type="{media_type}"' in links
        assert f'<link rel="alternate" type="{media_type}" href="/id/DingTalk.{suffix}">' in text
    assert '</page/id/DingTalk>; rel="canonical"' in links
    assert {"Accept", "Accept-Language"} <= set(re.split(r",\s*", page.headers["Vary"]))
    data = get(f"{service}/data/id/DingTalk", "text/turtle")
    assert 'rel="alternate"; type="text/html"' in "\n".join(data.headers.get_all("Link"))


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/page/id/Tencent?lang=en", "Organization", "Tencent"),
        ("/article/ma-yun-social/en", "NewsArticle", None),
        ("/page/statement/ma-yun-social/laiwang-developer", "Claim", None),
        ("/page/observation/ma-yun-social/tencent-revenue", "Observation", None),
        ("/ontology", "DefinedTermSet", None),
    ],
    ids=["thing", "article", "statement", "figure", "vocabulary"],
)
def test_search_engines_read_what_a_page_is_about(
    service: str, path: str, kind: str, name: str | None
) -> None:
    text = get(service + path, HTML).body.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    told = json.loads(block)
    assert told["@context"].startswith("https://schema.org")
    assert told["@type"] == kind
    assert name is None or told["name"] == name


@pytest.mark.parametrize(
    ("language", "value", "date"),
    [
        ("zh-Hant", "972億人民幣元", "2019年7月"),
        ("zh-Hans", "972亿人民币元", "2019年7月"),
        ("en", "97.2 billion renminbi yuan", "July 2019"),
    ],
)
def test_figures_and_dates_are_written_as_the_reader_does(
    service: str, language: str, value: str, date: str
) -> None:
    path = f"/page/observation/ma-yun-social/tencent-revenue?lang={language}"
    text = get(service + path, HTML).body.decode()
    assert value in text
    assert date in text


def test_the_words_of_a_passage_stand_under_the_fact_that_they_bear_out(service: str) -> None:
    text = get(f"{service}/page/id/Laiwang?lang=zh-Hant", HTML).body.decode()
    assert '<a href="/article/ma-yun-social#char=' in text
    assert re.search(r'<blockquote lang="zh-Hant"><mark>[^<]+</mark></blockquote>', text)


@pytest.mark.parametrize(("attempt", "known"), [("Attempt1", False), ("Attempt4", True)])
def test_an_attempt_without_a_start_says_that_none_is_given(
    service: str, attempt: str, known: bool
) -> None:
    page = get(f"{service}/page/id/{attempt}?lang=en", accept=HTML).body.decode()
    assert ("the articles give none" in page) is not known


def test_shapes_are_told_in_words(service: str) -> None:
    text = get(f"{service}/ontology?lang=en", HTML).body.decode()
    section = text[text.index('id="section-shapes"') :]
    assert "exactly one" in section
    assert 'id="shape-Attempt"' in section
    assert get(f"{service}/ontology/shapes", "text/turtle").media_type == "text/turtle"


# Sitemaps


def test_the_sitemap_lists_pages_that_answer(service: str) -> None:
    robots = get(f"{service}/robots.txt").body.decode()
    assert f"Sitemap: {service}/sitemap.xml" in robots
    assert "Disallow: /sparql?" in robots
    root = ElementTree.fromstring(get(f"{service}/sitemap.xml").body)
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{name}urlset"
    addresses = [loc.text or "" for loc in root.iter(f"{name}loc")]
    assert f"{service}/page/id/DingTalk" in addresses
    assert f"{service}/article/ma-yun-social" in addresses
    assert len(addresses) == len(set(addresses)) > 1000
    for address in addresses[:: len(addresses) // 12]:
        assert get(address, HTML).status in {200, 303}, address


def test_a_host_that_a_client_makes_up_stays_with_it(service: str) -> None:
    told = get(f"{service}/sitemap.xml", headers={"Host": "made-up.example"}).body
    assert b"http://made-up.example/" in told
    assert b"made-up.example" not in get(f"{service}/sitemap.xml").body


# Errors in the reader's language


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/page/id/Nobody", 404, "這份資料沒有提到"),
        ("/resource?iri=nowhere", 400, "不是完整的 IRI"),
        ("/ontology.docx", 400, "沒有「docx」這種格式"),
        ("/no-such-page", 404, "網址裡的名字可能打錯了"),
    ],
    ids=["no thing", "no IRI", "no format", "no page"],
)
def test_an_error_is_told_in_chinese_on_a_chinese_page(
    service: str, path: str, status: int, words: str
) -> None:
    answer = get(f"{service}{path}{'&' if '?' in path else '?'}lang=zh-Hant", HTML)
    assert answer.status == status
    assert words in answer.body.decode()


# What was retired


def quads(*names: str) -> str:
    lines = "\n".join(f'<{BASE}id/{n}> <{SM}x> "{n}" .' for n in names)
    return f"GRAPH <{BASE}graph/some> {{ {lines} }}"


@pytest.fixture(scope="module")
def retiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service of a dataset from which one thing after the other is taken away."""
    with serving(tmp_path_factory.mktemp("retiring"), quads("Kept", "Gone", "Back")) as scratch:
        yield scratch


def test_what_was_retired_is_gone_until_it_returns(retiring: Scratch) -> None:
    assert get(f"{retiring.url}/data/id/Gone", "text/turtle").status == 200
    for name in ("Gone", "Back"):
        assert retiring.update(f"DELETE WHERE {{ GRAPH ?g {{ <{BASE}id/{name}> ?p ?o }} }}").status
    answer = get(f"{retiring.url}/data/id/Gone", "text/turtle")
    assert answer.status == 410
    assert answer.problem["lastEdition"] == "000001"
    assert answer.problem["lastEditionIsKept"] is True
    copy = get(retiring.url + answer.problem["lastCopy"])
    assert copy.status == 200
    assert b'"Gone"' in copy.body
    page = get(f"{retiring.url}/page/id/Gone?lang=en", HTML)
    assert page.status == 410
    assert "Edition 000001, which is kept, still has it." in page.body.decode()
    assert get(f"{retiring.url}/data/id/Never", "text/turtle").status == 404
    assert retiring.update(f'INSERT DATA {{ <{BASE}id/Back> <{SM}x> "again" }}').status == 200
    assert get(f"{retiring.url}/data/id/Back", "text/turtle").status == 200


def test_what_was_retired_is_remembered_beyond_the_editions_that_had_it(
    retiring: Scratch,
) -> None:
    retiring.update(f"DELETE WHERE {{ GRAPH ?g {{ <{BASE}id/Gone> ?p ?o }} }}")
    for number in range(40):
        assert retiring.update(f"INSERT DATA {{ <urn:a> <urn:b> {number} }}").status == 200
        if number > 5:
            if "000001" not in EditionStore(retiring.store).names():
                break
            time.sleep(0.5)  # a reader that is idle soon lets go of what it has open
    assert "000001" not in EditionStore(retiring.store).names()
    answer = get(f"{retiring.url}/data/id/Gone", "text/turtle")
    assert answer.status == 410
    assert answer.problem["lastEditionIsKept"] is False


def test_what_a_build_leaves_out_is_gone(tmp_path: Path) -> None:
    articles, store = tmp_path / "articles", tmp_path / "store"
    assert run("new", "one", "--articles", articles).returncode == 0
    assert run("build", "--articles", articles, "--store", store).returncode == 0
    path = articles / "one" / "entities.yaml"
    path.write_text(path.read_text("utf-8").replace("SomeProduct", "OtherProduct"), "utf-8")
    path = articles / "one" / "statements.yaml"
    path.write_text(path.read_text("utf-8").replace("SomeProduct", "OtherProduct"), "utf-8")
    assert run("build", "--articles", articles, "--store", store).returncode == 0
    gone = Register(store).find(f"{BASE}id/SomeProduct")
    assert gone is not None
    assert gone.last_edition == "000001"
    assert Register(store).find(f"{BASE}id/OtherProduct") is None


# Anyone's RDF

HUB = "https://other.example/hub"
ANYONES = f"""
@prefix e: <https://other.example/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
{{
  <{HUB}> rdfs:label "The <b>hub</b>" ;
    foaf:made [ rdfs:label "unnamed inside" ; e:depth [ e:n 2 ] ] .
  e:a a e:Thing ; foaf:knows <{HUB}> ; e:when "1999-12"^^xsd:gYearMonth .
  [] a rdfs:Statement ; e:about <{HUB}> .
}}
"""


@pytest.fixture(scope="module")
def anyones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service of RDF that knows nothing of our ontology, with a hub of 30,000 links."""
    links = "\n".join(
        f"<https://other.example/n{i}> <https://other.example/near> <{HUB}> ."
        for i in range(30_000)
    )
    with serving(tmp_path_factory.mktemp("anyones"), f"{ANYONES}\n{{ {links} }}") as scratch:
        yield scratch


def page_about(scratch: Scratch, iri: str, more: str = "") -> str:
    answer = get(f"{scratch.url}/resource?iri={quote(iri, safe='')}&lang=en{more}", HTML)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def test_a_hub_is_told_in_parts(anyones: Scratch) -> None:
    text = page_about(anyones, HUB)
    assert "All of them (30,000)" in text
    assert len(text) < 200_000
    near = quote("https://other.example/near", safe="")
    page = page_about(anyones, HUB, f"&predicate={near}&direction=in&offset=50")
    assert "51 to 100 of 30,000" in page
    assert page.count('class="fact') == 50
    assert 'rel="next"' in page
    assert 'rel="prev"' in page


def test_unnamed_things_are_told_by_what_is_said_of_them(anyones: Scratch) -> None:
    text = page_about(anyones, HUB)
    assert "unnamed inside" in text
    assert "_:" not in re.sub(r"<[^>]*>", "", text)
    assert "The &lt;b&gt;hub&lt;/b&gt;" in text
    assert "<b>hub" not in text


def test_without_statements_a_page_says_that_no_evidence_is_recorded(anyones: Scratch) -> None:
    text = page_about(anyones, "https://other.example/a")
    assert "No evidence is recorded for these facts." in text
    assert "December 1999" in text


@pytest.mark.parametrize(
    ("iri", "told"),
    [
        ("https://other.example/Thing", "Things of this class"),
        ("http://xmlns.com/foaf/0.1/knows", "Where it is used"),
    ],
    ids=["class", "property"],
)
def test_a_class_and_a_property_of_anyones_have_pages(
    anyones: Scratch, iri: str, told: str
) -> None:
    assert told in page_about(anyones, iri)


def test_a_sitemap_lists_anyones_things(anyones: Scratch) -> None:
    told = get(f"{anyones.url}/sitemap.xml").body
    assert b"/resource?iri=https%3A%2F%2Fother.example%2Fa</loc>" in told
