"""Search over HTTP: `/api/search` and the page `/search`, on our data and on anyone's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.conftest import Service, run, start
from tests.engines import oxigraph
from tests.server.http import get
from tests.server.scratch import Scratch, serving

ID = "https://shuangma.example/id/"
HOSTILE = "<script>alert(1)</script>"
_PATIENCE_S = 60

FOREIGN = f"""
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix e: <http://e.example/> .
e:alice a foaf:Person ; foaf:name "Alice Liddell" ; foaf:knows e:bob , e:hostile .
e:bob a foaf:Person ; foaf:name "Bob" ; rdfs:comment "Bob paints the Cheshire cat." .
e:hostile a foaf:Person ; foaf:name "{HOSTILE}" .
e:long rdfs:label "{"long " * 120}" .
e:hebrew rdfs:label "שלום עולם"@he .
e:emoji rdfs:label "🐴 horse" .
e:WhiteRabbit a e:Animal .
"""


def search(url: str, text: str, **parameters: Any) -> dict[str, Any]:
    """What `/api/search` answers once the index is there."""
    asked = urlencode({"q": text, "lang": "en"} | parameters)
    ended = time.monotonic() + _PATIENCE_S
    while True:
        answer = get(f"{url}/api/search?{asked}")
        assert answer.status == 200, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        if found["ready"] or time.monotonic() > ended:
            return found


def address(service: Service) -> str:
    """Where a service is that names another engine's address before its own."""
    ended = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ended:
        for line in service.output:
            if line.startswith("Shuangma is at "):
                return line.split()[-1].rstrip("/")
    raise AssertionError(service.output)


def page(url: str, **parameters: str) -> str:
    search(url, "a")
    answer = get(f"{url}/search?{urlencode({'lang': 'en'} | parameters)}", "text/html")
    assert answer.status == 200, answer.body
    return answer.body.decode()


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with serving(tmp_path_factory.mktemp("foreign"), FOREIGN) as scratch:
        yield scratch


def test_a_thing_is_told_with_its_class_and_the_name_that_was_found(service: str) -> None:
    found = search(service, "tengxun", limit=1)
    assert (found["total"], found["more"], found["partial"]) == (3, False, False)
    (thing,) = found["things"]
    assert thing["iri"] == f"{ID}Tencent"
    assert (thing["label"], thing["path"]) == ("Tencent", "/id/Tencent")
    assert (thing["class"]["label"], thing["kind"]) == ("Company", "Company")
    assert (thing["matched"], thing["matchedLanguage"]) == ("téng xùn", "zh-latn-pinyin")
    assert thing["degree"] > 5


@pytest.mark.parametrize(
    ("language", "label"), [("zh-Hant", "騰訊"), ("zh-Hans", "腾讯"), ("en", "Tencent")]
)
def test_names_are_in_the_readers_language(service: str, language: str, label: str) -> None:
    (thing,) = search(service, "腾讯", limit=1, lang=language)["things"]
    assert thing["label"] == label


def test_passages_are_told_with_marks_article_and_statement(service: str) -> None:
    found = search(service, "騰訊", limit=3)
    assert found["passagesTotal"] > 3
    for passage in found["passages"]:
        assert [passage["text"][start:end] for start, end in passage["marks"]] == ["騰訊"]
        assert passage["article"]["iri"].endswith("/article/ma-yun-social")
        assert passage["path"].startswith("/article/ma-yun-social#char=")
        assert "/statement/" in passage["statement"]
    assert search(service, "騰訊", passages=0)["passages"] == []


def test_one_article_and_one_class_can_be_asked(service: str) -> None:
    assert search(service, "騰訊", article="ma-yun-social")["total"] > 0
    assert search(service, "騰訊", article="no-such-article")["total"] == 0
    company = "https://shuangma.example/ontology#Company"
    found = search(service, "騰訊", **{"class": company})
    assert [thing["iri"] for thing in found["things"]] == [f"{ID}Tencent"]


def test_figures_are_found_where_they_are_asked_for(service: str) -> None:
    def kinds(**parameters: int) -> set[str]:
        return {t["kind"] for t in search(service, "騰訊", limit=50, **parameters)["things"]}

    assert "Observation" not in kinds()
    assert "Observation" in kinds(figures=1)


def test_an_answer_bears_the_mark_of_its_edition(service: str) -> None:
    search(service, "a")
    answer = get(f"{service}/api/search?q=momo&lang=en")
    edition = json.loads(answer.body)["edition"]
    assert answer.headers["ETag"]
    same = get(f"{service}/api/search?q=momo&lang=en&edition={edition}")
    assert json.loads(same.body)["things"] == json.loads(answer.body)["things"]
    assert get(f"{service}/api/search?q=momo&edition=999999").status == 404
    assert get(f"{service}/api/search?q=momo&edition=x").status == 404


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=501", f"q={'a' * 1001}"]
)
def test_what_cannot_be_asked_is_refused(service: str, asked: str) -> None:
    given = asked if asked.startswith("q=") else f"q=a&{asked}"
    assert get(f"{service}/api/search?{given}").problem["detail"]
    answer = get(f"{service}/search?{given}", "text/html")
    assert (answer.status, answer.media_type) == (400, "text/html")


@pytest.mark.parametrize(
    "text", ["", " ", '"', "'", "*", "(", "^a", "a AND b", "a OR", "NEAR(", "\0", "%00", "😀", "ـ"]
)
def test_any_text_can_be_asked(service: str, text: str) -> None:
    assert search(service, text)["query"] == text
    assert get(f"{service}/search?q={quote(text)}", "text/html").status == 200


def test_the_page_tells_things_kinds_and_passages_without_script(service: str) -> None:
    html = page(service, q="DingTalk")
    assert '<h3><a href="/id/DingTalk"><bdi>DingTalk</bdi></a></h3>' in html
    assert "<mark>DingTalk</mark>" in html
    assert 'value="DingTalk"' in html
    assert "/search?q=DingTalk&amp;class=" in html
    narrowed = page(service, q="DingTalk", **{"class": "https://schema.org/SoftwareApplication"})
    assert 'aria-current="true"' in narrowed.partition('class="facets"')[2]


def test_the_page_says_that_nothing_is_called_so(service: str) -> None:
    assert "Nothing is called “zzzzzz”" in page(service, q="zzzzzz")


def test_the_page_turns_its_pages(service: str) -> None:
    first = page(service, q="a")
    assert 'rel="next" href="/search?q=a&amp;offset=20"' in first
    second = page(service, q="a", offset="20")
    assert 'rel="prev" href="/search?q=a"' in second
    assert '<ol class="hits" start="21">' in second
    passages = page(service, q="a", show="passages")
    assert 'id="things"' not in passages


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_each_page_has_a_search_box_in_its_language(service: str, language: str) -> None:
    words = {"zh-Hant": "搜尋", "zh-Hans": "搜索", "en": "Search"}
    for path in ("/", "/search", "/ontology", "/export", "/page/id/Momo", "/article/ma-yun-social"):
        html = get(f"{service}{path}?lang={language}", "text/html").body.decode()
        assert html.count('role="search"') == 1, path
        assert f">{words[language]}</label>" in html


# --- anyone's RDF ------------------------------------------------------------------------


def test_anyones_things_are_found(foreign: Scratch) -> None:
    met = {"liddell": "alice", "BOB": "bob", "rabbit": "WhiteRabbit", "עולם": "hebrew"}
    met |= {"🐴": "emoji", "alcie": "alice", "long long": "long"}
    for text, thing in met.items():
        found = search(foreign.url, text)["things"]
        assert [each["iri"] for each in found] == [f"http://e.example/{thing}"], text
    (alice,) = search(foreign.url, "alice")["things"]
    assert alice["path"] == "/resource?iri=http%3A%2F%2Fe.example%2Falice"
    assert (alice["class"]["label"], alice["degree"]) == ("Person", 2)
    (passage,) = search(foreign.url, "cheshire")["passages"]
    assert passage["path"] == "/resource?iri=http%3A%2F%2Fe.example%2Fbob"


def test_hostile_names_stay_text(foreign: Scratch) -> None:
    html = page(foreign.url, q="script alert")
    assert HOSTILE not in html
    assert HOSTILE in unescape(html)
    assert len(page(foreign.url, q="long")) < 20_000
    assert HOSTILE not in page(foreign.url, q=HOSTILE)


def test_the_index_follows_a_write(foreign: Scratch) -> None:
    before = search(foreign.url, "dormouse")
    assert before["total"] == 0
    named = 'INSERT DATA { <http://e.example/d> <http://schema.org/name> "Dormouse" }'
    assert foreign.update(named).status == 200
    after = search(foreign.url, "dormouse")
    assert [thing["iri"] for thing in after["things"]] == ["http://e.example/d"]
    assert after["edition"] > before["edition"]
    old = search(foreign.url, "dormouse", edition=before["edition"])
    assert (old["total"], old["edition"]) == (0, before["edition"])


# --- another engine ------------------------------------------------------------------------


def test_behind_another_engine_names_are_compared_and_it_is_said(
    store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "story.nq"
    exported = run("export", "--format", "nquads", "--output", file, "--store", store)
    assert exported.returncode == 0, exported.stderr
    (tmp_path / "engine").mkdir()
    with oxigraph.start(tmp_path / "engine", [file]) as engine:
        service = start("--store", engine.query_url, "--port", "0")
        try:
            url = address(service)
            found = search(url, "腾讯")
            assert (found["ready"], found["partial"]) == (True, True)
            assert f"{ID}Tencent" in [thing["iri"] for thing in found["things"]]
            assert found["passages"]
            assert "Another engine holds these data" in page(url, q="Tencent")
        finally:
            service.stop()
