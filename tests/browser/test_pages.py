"""Every page in Chromium: no violation found by axe, no complaint, no foreign request."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import violations
from tests.browser.dialogs import dialogs_of
from tests.conftest import run, start

QUERY = quote("SELECT ?a ?n WHERE { ?a <https://shuangma.example/ontology#attemptNumber> ?n }")
PAGES = {
    "home": "/",
    "explore": "/explore",
    "reader": "/article/ma-yun-social",
    "reader in English": "/article/ma-yun-social/en",
    "query": "/sparql",
    "answer": f"/sparql?query={QUERY}&format=html",
    "ontology": "/ontology",
    "downloads": "/export",
    "interface": "/api",
    "thing": "/page/id/DingTalk",
    "statement": "/page/statement/ma-yun-social/laiwang-developer",
    "figure": "/page/observation/ma-yun-social/tencent-revenue",
    "class": "/resource?iri=https%3A%2F%2Fschema.org%2FPerson",
}
# tests/browser/test_things.py looks at these in as many ways, and in more languages.
_ELSEWHERE = {"reader", "ontology", "thing", "statement", "figure"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [name for name in PAGES if name not in _ELSEWHERE])
def test_a_page_is_accessible_and_keeps_to_itself(
    browser: Browser, service: str, name: str, scheme: str
) -> None:
    # A policy would refuse axe itself, so the check runs in a context that sets it aside.
    narrow = scheme == "dark"
    context = browser.new_context(
        viewport={"width": 360 if narrow else 1440, "height": 780},
        color_scheme="dark" if narrow else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("request", lambda r: hosts.add(urlsplit(r.url).netloc))
    page.goto(service + PAGES[name])
    if name == "explore":
        page.locator("main[data-ready=true]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = violations(page)
    context.close()
    assert found == []
    assert complaints == []
    assert hosts <= {urlsplit(service).netloc}


@pytest.mark.parametrize("name", ["reader", "thing", "answer"])
def test_a_page_reads_without_script(browser: Browser, service: str, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service}{PAGES[name]}{'&' if '?' in PAGES[name] else '?'}lang=en")
    expect(page.get_by_role("main")).to_be_visible()
    if name == "thing":
        expect(page.get_by_role("link", name="Alibaba Group").first).to_be_visible()
    if name == "answer":
        expect(page.get_by_role("cell").first).to_be_visible()
    context.close()


def test_an_example_question_is_asked_with_one_click(browser: Browser, service: str) -> None:
    page = browser.new_page()
    page.goto(f"{service}/sparql?lang=en")
    page.get_by_text("When did", exact=False).first.click()
    page.wait_for_timeout(300)
    assert "SELECT" in page.locator("textarea").input_value() or page.get_by_role("table").count()
    page.close()


def test_a_broken_query_says_where(browser: Browser, service: str) -> None:
    page = browser.new_page()
    page.goto(f"{service}/sparql?lang=en&query={quote('SELECT ?s WHERE { ?s ?p }')}&format=html")
    expect(page.get_by_text("26", exact=False).first).to_be_visible()
    assert page.locator("textarea").input_value() == "SELECT ?s WHERE { ?s ?p }"
    page.close()


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_hostile_labels_stay_text(browser: Browser, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    assert run("new", "hostile", "--articles", articles).returncode == 0
    for name in ("entities.yaml", "text.en.md", "statements.yaml", "article.yaml"):
        path = articles / "hostile" / name
        text = path.read_text("utf-8")
        text = text.replace("en: Some Company", f'en: "{HOSTILE}"')
        text = text.replace("en: Some Product", f'en: "{"長" * 500}"')
        text = text.replace("en: A new article", f'en: "</title>{HOSTILE}"')
        text = text.replace("Some Company launched", f"{HOSTILE} launched")
        path.write_text(text, "utf-8")
    running = start("--articles", articles, "--store", tmp_path / "store", "--port", "0")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    dialogs = dialogs_of(page)
    try:
        for page_path in ("/", "/explore", "/article/hostile", "/page/id/SomeCompany", "/export"):
            page.goto(f"{running.url}{page_path}?lang=en")
            page.wait_for_timeout(300)
            assert page.locator("img[src=x]").count() == 0
        page.goto(f"{running.url}/explore?lang=en")
        page.locator("main[data-ready=true]").wait_for()
        page.get_by_role("list", name="Things in view").get_by_role("button").first.click()
        expect(
            page.get_by_role("complementary", name="Facts").get_by_role("heading").first
        ).to_be_visible()
        assert dialogs == []
    finally:
        context.close()
        running.stop()
