"""The network page on data that knows nothing of our vocabulary, and on names meant to do harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.conftest import run, start

_ASSETS = Path(pyshacl.__file__).parent / "assets"
_EVIL = "https://hostile.example/"
_HOSTILE = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix ex: <{_EVIL}> .
ex:script rdfs:label "<script>document.title='run'</script>" ; ex:to ex:image, ex:long, ex:none .
ex:image rdfs:label "<img src=x onerror=document.title='run'>" ; ex:to ex:right .
ex:long rdfs:label "{"word" * 125}" .
ex:right rdfs:label "\\u202eשלום עולם"@he ; ex:to ex:emoji .
ex:emoji rdfs:label "😀🍵👩‍👩‍👧" ; ex:to ex:none .
ex:none ex:to ex:script .
ex:figure a schema:Observation ; schema:observationAbout ex:emoji ; schema:value 4711 .
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SHACL's own vocabulary beside hostile names, and nothing of ours."""
    folder = tmp_path_factory.mktemp("foreign")
    hostile = folder / "hostile.ttl"
    hostile.write_text(_HOSTILE, "utf-8")
    files = [*sorted(_ASSETS.glob("*.ttl")), hostile]
    loaded = run("load", *files, "--store", folder / "store")
    assert loaded.returncode == 0, loaded.stderr
    running = start("--store", folder / "store", "--port", "0")
    yield running.url
    running.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    yield page
    context.close()
    assert not complaints


def explore(page: Page, service: str, language: str = "en") -> None:
    page.goto(f"{service}/explore?lang={language}")
    page.locator("main[data-ready=true]").wait_for()


def find(page: Page, typed: str, option: str) -> None:
    page.locator("#find").fill(typed)
    page.get_by_role("option").filter(has_text=option).first.click(timeout=15_000)


def test_a_vocabulary_of_others_is_explored(page: Page, service: str) -> None:
    explore(page, service)
    things = page.get_by_role("list", name="Things in view").get_by_role("button")
    expect(things.nth(20)).to_be_attached()
    expect(page.get_by_role("complementary", name="Facts")).to_contain_text("the data say")
    find(page, "node shape", "Node shape")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.locator(".subject")).to_contain_text(re.compile("node shape", re.IGNORECASE))
    before = things.count()
    panel.get_by_role("button", name=re.compile("^Expand")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("list").get_by_role("button").first.click()
    expect(dialog).not_to_be_visible()
    expect(things.nth(before)).to_be_attached()
    page.get_by_role("button", name="Undo").click()
    expect(things).to_have_count(before)


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_hostile_names_are_text_and_the_page_stays_accessible(
    page: Page, service: str, language: str
) -> None:
    explore(page, service, language)
    title = page.title()
    find(page, "document.title", "<script>")
    expect(page.locator(".facts .subject")).to_have_text("<script>document.title='run'</script>")
    page.locator(".facts .actions button").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("list").get_by_role("button").first.click()
    expect(dialog).not_to_be_visible()
    for name in ("none", "<img", "wordword"):
        expect(page.locator(".index").get_by_role("button").filter(has_text=name)).to_be_attached()
    assert violations(page) == []
    assert page.title() == title
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_figure_that_says_not_what_was_measured_is_shown(page: Page, service: str) -> None:
    explore(page, service)
    find(page, "🍵", "🍵")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.get_by_text("4,711")).to_be_visible()
    expect(panel.locator(".problem")).to_have_count(0)


def test_paths_among_hostile_names_are_found(page: Page, service: str) -> None:
    explore(page, service)
    for typed, option in (("document.title", "<script>"), ("🍵", "🍵")):
        find(page, typed, option)
        expect(page.locator(".facts .subject")).to_contain_text(option)
        page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="Paths between").click()
    expect(page.locator(".paths > li").first).to_be_visible()
