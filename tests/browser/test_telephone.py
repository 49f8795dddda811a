"""The network page on a telephone, upright and held sideways, with a finger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_explore import Watched

# Where each word was last drawn, in pixels of the page.
WORDS = """
window.words = {};
const { fillText: write, clearRect: wipe } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  if (this.canvas.isConnected) window.words = {};
  return wipe.apply(this, box);
};
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  if (this.canvas.isConnected) {
    const at = this.getTransform().transformPoint({ x, y });
    const box = this.canvas.getBoundingClientRect();
    const ratio = this.canvas.width / box.width;
    window.words[text] = [box.x + at.x / ratio, box.y + at.y / ratio];
  }
  return write.apply(this, arguments);
};
"""
UPRIGHT, SIDEWAYS = (390, 844), (844, 390)
Open = Callable[..., Page]


@pytest.fixture
def telephone(browser: Browser, service: str) -> Iterator[Open]:
    """Opens the network page on a telephone; at the end nothing may have complained."""
    opened = []

    def open_page(size: tuple[int, int] = UPRIGHT, *, tour: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, is_mobile=True, has_touch=True
        )
        watched = Watched(context.new_page())
        opened.append((context, watched))
        watched.page.add_init_script(WORDS)
        watched.page.goto(f"{service}/explore?lang=en")
        watched.page.locator("main[data-ready=true]").wait_for()
        if not tour:
            watched.page.get_by_role("button", name="End the tour").tap()
        return watched.page

    yield open_page
    for context, watched in opened:
        assert not watched.complaints, watched.complaints
        context.close()


def test_a_name_is_pressed_like_its_shape(telephone: Open) -> None:
    page = telephone()
    page.wait_for_function("words['Tencent'] && words['first attempt']")
    for name in ("Tencent", "first attempt", "DingTalk"):
        page.wait_for_timeout(400)  # else two presses are a double one
        page.touchscreen.tap(*page.evaluate("(name) => words[name]", name))
        expect(page.locator(".facts .subject")).to_have_text(name)
        page.get_by_role("tab", name="Graph").tap()


def test_what_changes_the_picture_leads_back_to_it(telephone: Open) -> None:
    page = telephone()
    graph, facts = (partial(page.get_by_role, "tab", name=name) for name in ("Graph", "Facts"))
    page.locator(".index button").filter(has_text="DingTalk").tap()
    expect(facts()).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Expand").tap()
    page.get_by_role("dialog").get_by_role("button", name="Of every kind").tap()
    expect(graph()).to_have_attribute("aria-selected", "true")
    for act in ("Collapse", "Hide"):
        facts().tap()
        page.get_by_role("button", name=act, exact=True).tap()
        expect(graph()).to_have_attribute("aria-selected", "true")
    expect(page.locator(".index button").filter(has_text="DingTalk")).to_have_count(0)


def test_the_tour_points_at_what_is_to_be_seen(telephone: Open) -> None:
    page = telephone(tour=True)
    marked = page.locator(".in-tour")
    for number in range(6):
        expect(marked).to_be_in_viewport(ratio=0.3)
        if number == 4:
            expect(page.locator(".tour")).to_contain_text("Expand")
        page.locator(".tour .next").tap()
    expect(page.locator(".tour")).to_be_hidden()


@pytest.mark.parametrize("tour", [True, False])
def test_a_telephone_held_sideways_shows_everything_without_scrolling(
    telephone: Open, tour: bool
) -> None:
    page = telephone(SIDEWAYS, tour=tour)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    canvas = page.locator(".canvas").bounding_box()
    assert canvas is not None
    assert canvas["height"] > 150
    for seen in (".canvas", ".tour .next" if tour else ".index button", "#find", "#tab-facts"):
        expect(page.locator(seen).first).to_be_in_viewport(ratio=0.9)


def test_turning_the_screen_frames_the_picture_anew(telephone: Open) -> None:
    page = telephone()
    page.get_by_role("button", name="Zoom in").tap()  # as a person has put it
    page.set_viewport_size({"width": SIDEWAYS[0], "height": SIDEWAYS[1]})
    page.wait_for_timeout(500)
    page.set_viewport_size({"width": UPRIGHT[0], "height": UPRIGHT[1]})
    page.wait_for_function("words['Tencent']")
    page.wait_for_timeout(300)
    places = page.evaluate("Object.values(words)")
    assert len(places) > 30
    assert all(0 < x < UPRIGHT[0] for x, _ in places)


def test_looking_at_the_facts_leaves_the_picture_as_a_person_has_put_it(telephone: Open) -> None:
    page = telephone()
    page.get_by_role("button", name="Zoom in").tap()
    page.wait_for_timeout(300)
    before = page.evaluate("words['Tencent']")
    page.get_by_role("tab", name="Facts").tap()
    page.wait_for_timeout(300)
    page.get_by_role("tab", name="Graph").tap()
    page.wait_for_timeout(300)
    assert page.evaluate("words['Tencent']") == before


def test_a_path_is_in_the_picture_that_one_comes_back_to(telephone: Open) -> None:
    page = telephone()
    for name in ("DingTalk", "Tencent"):
        page.locator(".index button").filter(has_text=re.compile(f"^{name}$")).tap()
        expect(page.locator(".facts .subject")).to_have_text(name)
        page.get_by_role("button", name="Compare").tap()
        page.get_by_role("tab", name="Graph").tap()
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").tap()
    frame = page.locator(".canvas").bounding_box()
    assert frame is not None

    def seen(name: str) -> bool:
        page.wait_for_timeout(300)
        x, y = page.evaluate("(name) => words[name] ?? [0, 0]", name)
        across = frame["x"] < x < frame["x"] + frame["width"]
        return bool(across and frame["y"] < y < frame["y"] + frame["height"])

    assert not (seen("DingTalk") and seen("Tencent"))
    page.get_by_role("tab", name="Facts").tap()
    page.get_by_role("button", name="Paths between", exact=True).tap()
    expect(page.locator(".paths > li").first).to_be_visible()
    page.get_by_role("tab", name="Graph").tap()
    assert seen("DingTalk")
    assert seen("Tencent")


def test_camps_count_what_switching_them_takes_away(telephone: Open) -> None:
    page = telephone()
    camp = page.locator(".legend .camps li").first
    counted = int(camp.locator(".count").inner_text())
    shown = page.locator(".index li").count()
    camp.get_by_role("checkbox").uncheck()
    expect(page.locator(".index li")).to_have_count(shown - counted)


def test_a_retelling_says_that_it_is_one(telephone: Open) -> None:
    page = telephone()
    page.get_by_role("tab", name="Article").tap()
    expect(page.locator(".story .headline + .retold")).to_contain_text("not the wording")
