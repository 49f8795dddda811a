"""The pages about things in Chromium: ours, and those of a dataset that knows nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyshacl
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.browser.accessibility import violations
from tests.conftest import run, start

SM = "https://shuangma.example/ontology#"
SH = "http://www.w3.org/ns/shacl#"
ASSETS = Path(pyshacl.__file__).parent / "assets"
HOSTILE = "https://hostile.example/it?a=<b>".replace("<", "%3C").replace(">", "%3E")


def about(iri: str, **more: str) -> str:
    """The address of the page about any IRI."""
    asked = "".join(f"&{name}={quote(value, safe='')}" for name, value in more.items())
    return f"/resource?iri={quote(iri, safe='')}{asked}"


OURS = {
    "thing": "/page/id/DingTalk",
    "metric": "/page/id/Revenue",
    "facts of one predicate": f"/page/id/DingTalk?predicate={quote(SM + 'object', safe='')}",
    "statement": "/page/statement/ma-yun-social/laiwang-developer",
    "figure": "/page/observation/ma-yun-social/tencent-revenue",
    "class": about(f"{SM}Attempt"),
    "property": about(f"{SM}developer"),
    "named graph": "/page/graph/ma-yun-social",
    "original": "/page/article/ma-yun-social/original",
    "article": "/article/ma-yun-social",
    "vocabulary": "/ontology",
    "shapes": "/ontology/shapes",
    "nothing": "/page/id/Dingtalk",
}
ANYONES = {
    "class": about(f"{SH}Parameter"),
    "property": about(f"{SH}path"),
    "vocabulary": about(SH),
    "term": about(f"{SH}NodeShape"),
    "hub": about("http://www.w3.org/2000/01/rdf-schema#Class"),
    "facts of one predicate": about(
        SH, predicate="http://www.w3.org/2000/01/rdf-schema#isDefinedBy"
    ),
    "hostile": about(HOSTILE),
    "nothing": about("https://nobody.example/"),
}
# Every kind of page, wide and light and narrow and dark. Another language changes its words
# and its fonts, not what it is made of: there, a few pages stand for all.
_LOOKS = {"zh-Hant": (360, "dark"), "zh-Hans": (1440, "dark"), "en": (1440, "light")}
_FEW = {"zh-Hans": {"thing", "article", "original", "term", "hostile", "nothing"}}

# The data of a vocabulary that is not ours, and labels that nobody should have.
_HOSTILE_DATA = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<{HOSTILE}> rdfs:label "<script>alert(1)</script><img src=x onerror=alert(2)>" ;
  rdfs:comment "</script></title>{"長" * 500}" ;
  rdfs:seeAlso <https://hostile.example/long>, <https://hostile.example/right>, <urn:x:none> ;
  <https://hostile.example/{"p" * 200}> "😀🍵", "\\u202eevil", [ rdfs:label "inside" ] .
<https://hostile.example/long> rdfs:label "{"word" * 120}" .
<https://hostile.example/right> rdfs:label "שלום עולם"@he .
<urn:x:none> rdfs:seeAlso <javascript:alert(3)> .
"""


@pytest.fixture(scope="module")
def anyones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service over the vocabularies of SHACL, which pySHACL ships."""
    folder = tmp_path_factory.mktemp("anyones")
    (folder / "hostile.ttl").write_text(_HOSTILE_DATA, encoding="utf-8")
    files = [ASSETS / "shacl.ttl", ASSETS / "dash.ttl", folder / "hostile.ttl"]
    loaded = run("load", *files, "--store", folder / "store")
    assert loaded.returncode == 0, loaded.stderr
    running = start("--store", folder / "store", "--port", "0")
    yield running.url
    running.stop()


@pytest.fixture
def english(browser: Browser) -> Iterator[BrowserContext]:
    """A wide window under the pages' own policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context
    context.close()


def watched(page: Page) -> list[str]:
    """What a page complains of, and what it asks of other hosts, as it comes."""
    found: list[str] = []
    own: list[str] = []

    def requested(url: str) -> None:
        host = urlsplit(url).netloc
        own.append(host)
        if host != own[0]:
            found.append(f"asks {host}")

    def dismissed(dialog: Dialog) -> None:
        found.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", lambda m: found.append(f"{m.type}: {m.text}") if m.type != "log" else None)
    page.on("pageerror", lambda e: found.append(str(e)))
    page.on("dialog", dismissed)
    page.on("request", lambda r: requested(r.url))
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", _LOOKS)
@pytest.mark.parametrize("whose", ["ours", "anyones"])
def test_a_page_about_a_thing_is_accessible_and_keeps_to_itself(
    browser: Browser, service: str, request: pytest.FixtureRequest, whose: str, language: str
) -> None:
    pages = OURS if whose == "ours" else ANYONES
    url = service if whose == "ours" else request.getfixturevalue("anyones")
    width, scheme = _LOOKS[language]
    context = browser.new_context(
        viewport={"width": width, "height": 780},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # a policy would refuse axe itself
    )
    found = {}
    page = context.new_page()  # one for all: a new one would have axe compiled again
    complaints = watched(page)
    for name, path in pages.items():
        if name not in _FEW.get(language, pages):
            continue
        page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={language}")
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            complaints.append("wider than the window")
        if page.locator("img[src=x]").count():
            complaints.append("data became markup")
        complaints += violations(page)
        expected = "404 (Not Found)" if name == "nothing" else None
        found[name] = [each for each in complaints if not expected or expected not in each]
        complaints.clear()
    context.close()
    assert {name: each for name, each in found.items() if each} == {}


def test_the_block_for_search_engines_is_let_by_the_policy(
    english: BrowserContext, service: str, anyones: str
) -> None:
    page = english.new_page()
    complaints = watched(page)
    page.goto(f"{service}/page/id/DingTalk?lang=en")
    block = page.locator('script[type="application/ld+json"]')
    told = json.loads(block.text_content() or "")
    assert told["name"] == "DingTalk"
    assert complaints == []
    page.close()
    page = english.new_page()
    complaints = watched(page)
    page.goto(f"{anyones}{ANYONES['hostile']}")
    block = page.locator('script[type="application/ld+json"]')
    assert json.loads(block.text_content() or "")["name"].startswith("<script>")
    assert complaints == []


def test_a_fact_shows_the_words_that_say_so_and_leads_to_them_in_the_text(
    english: BrowserContext, service: str
) -> None:
    page = english.new_page()
    page.goto(f"{service}/page/id/Laiwang?lang=en")
    fact = page.locator(".fact", has=page.get_by_role("link", name="Alibaba Group")).first
    expect(fact.locator("blockquote")).to_be_hidden()
    fact.get_by_text("Says who?").click()
    expect(fact.locator("blockquote").first).to_be_visible()
    fact.get_by_role("link", name="See it in the text").click()
    page.wait_for_url("**/article/ma-yun-social/en#char=*")
    expect(page.locator(".passage.chosen, .passage:target").first).to_be_in_viewport()


def test_each_neighbour_in_the_small_network_is_a_link(
    english: BrowserContext, service: str
) -> None:
    page = english.new_page()
    page.goto(f"{service}/page/id/DingTalk?lang=en")
    picture = page.get_by_role("group", name="DingTalk and what is linked to it")
    links = picture.get_by_role("link")
    assert links.count() > 5
    links.filter(has_text="Alibaba Group").click()
    page.wait_for_url("**/id/AlibabaGroup")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alibaba Group")


def test_many_facts_are_paged(english: BrowserContext, anyones: str) -> None:
    page = english.new_page()
    page.goto(f"{anyones}{ANYONES['vocabulary']}&lang=en")
    page.get_by_role("link", name="All of them").first.click()
    expect(page.get_by_text("1 to 50 of", exact=False)).to_be_visible()
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text("51 to 100 of", exact=False)).to_be_visible()


def test_a_class_in_the_picture_leads_to_its_term(english: BrowserContext, service: str) -> None:
    page = english.new_page()
    page.goto(f"{service}/ontology?lang=en")
    page.locator(".class-picture a").filter(has_text="Attempt").click()
    expect(page.locator("#Attempt")).to_be_in_viewport()
    page.locator("#Attempt").get_by_role("link", name="See it in the data").click()
    expect(page.get_by_role("heading", name="Things of this class")).to_be_visible()


def test_a_page_about_a_thing_reads_without_script(browser: Browser, anyones: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{anyones}{ANYONES['term']}&lang=en")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("No evidence is recorded for these facts.")).to_be_visible()
    expect(page.get_by_role("link", name="Turtle")).to_be_visible()
    context.close()
