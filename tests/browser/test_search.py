"""Search as a person uses it: the boxes of the pages, and the page of what was found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from graph.index.shelf import hold_lock
from tests.browser.accessibility import violations
from tests.browser.dialogs import dialogs_of
from tests.server.scratch import Scratch, serving
from tests.server.test_search import FOREIGN, HOSTILE, search


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with serving(tmp_path_factory.mktemp("foreign"), FOREIGN) as scratch:
        yield scratch


@pytest.fixture
def page(browser: Browser, service: str) -> Iterator[Page]:
    search(service, "a")  # the index is there
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_what_is_typed_is_completed_and_a_choice_leads_to_the_thing(
    page: Page, service: str
) -> None:
    page.goto(f"{service}/?lang=zh-Hant")
    box = page.get_by_role("combobox", name="搜尋")
    box.press_sequentially("tengx")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("騰訊")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    chosen = first.get_attribute("id")
    assert chosen
    expect(box).to_have_attribute("aria-activedescendant", chosen)
    box.press("Enter")
    page.wait_for_url("**/page/id/Tencent*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("騰訊")


def test_keys_move_close_and_clear(page: Page, service: str) -> None:
    page.goto(f"{service}/search?lang=en")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    box.press_sequentially("ding")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    count = options.count()
    assert count > 2
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    box.press("PageDown")
    expect(options.nth(4)).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("ding")
    box.press("Alt+ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    box.press("Escape")
    expect(box).to_have_value("")
    expect(options).to_have_count(0)


def test_a_press_chooses_and_leaving_closes(page: Page, service: str) -> None:
    page.goto(f"{service}/search?lang=en")
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("momo")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.click()
    page.get_by_role("option").first.click()
    page.wait_for_url("**/page/id/Momo*")


def test_enter_without_a_choice_asks_for_the_page(page: Page, service: str) -> None:
    page.goto(f"{service}/export?lang=en")
    box = page.get_by_role("combobox", name="Search")
    box.fill("WeChat")
    box.press("Enter")
    page.wait_for_url("**/search?q=WeChat")
    things = page.get_by_role("region", name="Names")
    expect(things.get_by_role("link", name="WeChat", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="In the texts").locator("mark").first).to_have_text(
        "WeChat"
    )


def test_an_answer_that_comes_late_is_not_shown(page: Page, service: str) -> None:
    page.goto(f"{service}/search?lang=en")
    page.route("**/api/search?q=d&*", lambda _route: None)  # it is never answered
    box = page.get_by_role("combobox", name="Search")
    with page.expect_request("**/api/search?q=d&*"):
        box.press_sequentially("d")
    box.press_sequentially("ingtalk")
    expect(page.get_by_role("option").first).to_contain_text("DingTalk")
    page.unroute_all(behavior="ignoreErrors")


def test_completions_that_fail_are_said_and_the_box_goes_on(page: Page, service: str) -> None:
    page.goto(f"{service}/search?lang=en")
    page.route("**/api/search?*", lambda route: route.abort())
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("mo")
    expect(page.get_by_role("status").last).to_have_text("Suggestions are not available just now")
    page.unroute_all()
    box.press_sequentially("mo")
    expect(page.get_by_role("option").first).to_contain_text("Momo")


def test_what_was_found_is_narrowed_down_and_widened_again(page: Page, service: str) -> None:
    page.goto(f"{service}/search?lang=en&q=m")
    kinds = page.get_by_role("complementary", name="Narrow down")
    kinds.get_by_role("link", name="Person 2").click()
    things = page.get_by_role("region", name="Names")
    expect(things.get_by_role("listitem")).to_have_count(2)
    expect(things).to_contain_text("Ma Huateng")
    kinds.get_by_role("link", name="Person 2").click()
    page.wait_for_url(lambda url: "class" not in url)
    assert things.get_by_role("listitem").count() > 2


def test_a_passage_leads_to_its_place_in_the_text(page: Page, service: str) -> None:
    page.goto(f"{service}/search?lang=zh-Hans&q=腾讯&show=passages")
    page.locator("blockquote a").first.click()
    page.wait_for_url("**/article/ma-yun-social#char=*")
    target = page.evaluate(
        "document.getElementById(decodeURIComponent(location.hash.slice(1)))?.id"
    )
    assert target


def test_who_searched_too_early_is_told_when_the_index_is_there(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path, FOREIGN) as scratch:
        lock = hold_lock(scratch.store / "index")  # as somebody who makes an index does
        assert lock is not None
        page = browser.new_page()
        page.goto(f"{scratch.url}/search?lang=en&q=alcie")  # a slip, which the index forgives
        note = page.get_by_role("status").filter(has_text="index")
        expect(note).to_contain_text("still being made")
        os.close(lock)
        expect(note).to_contain_text("is ready now", timeout=20_000)
        note.get_by_role("link", name="Search again").click()
        expect(page.get_by_role("link", name="Alice Liddell")).to_be_visible()
        expect(page.get_by_text("still being made")).to_have_count(0)
        page.close()


def test_search_works_without_script(browser: Browser, service: str) -> None:
    search(service, "a")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service}/ontology?lang=en")
    page.get_by_label("Search", exact=True).first.fill("釘釘")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="DingTalk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("DingTalk")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/search?q=ma", "/search?q=zzzzz", "/search", "/ontology"])
def test_pages_with_an_open_list_are_accessible_and_keep_to_themselves(
    browser: Browser, service: str, path: str, scheme: str
) -> None:
    search(service, "a")
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
    page.goto(f"{service}{path}{'&' if '?' in path else '?'}lang=en")
    box = page.get_by_role("combobox", name="Search")
    box.fill("")
    box.press_sequentially("tence")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    edge = page.get_by_role("listbox").bounding_box()
    assert edge and edge["x"] >= 0 and edge["x"] + edge["width"] <= (360 if narrow else 1440)
    assert violations(page) == []
    assert complaints == []
    assert hosts <= {urlsplit(service).netloc}
    context.close()


def test_hostile_names_are_only_text(browser: Browser, foreign: Scratch) -> None:
    search(foreign.url, "a")
    context = browser.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    dialogs = dialogs_of(page)
    page.goto(f"{foreign.url}/search?lang=en&q=long")
    box = page.get_by_role("combobox", name="Search")
    for text, shown in (("script", HOSTILE), ("long", "long long"), ("שלום", "שלום עולם")):
        box.fill("")
        box.press_sequentially(text)
        expect(page.get_by_role("option").first).to_contain_text(shown)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert dialogs == []
    context.close()
