"""The network page, as a person uses it, in headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import hypot
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import run

BASE = "https://shuangma.example/"
DINGTALK = f"{BASE}id/DingTalk"


class Watched:
    """A page with all that it logged and all that it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", lambda m: self.complaints.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("request", lambda r: self.hosts.add(urlsplit(r.url).netloc))

    def is_quiet(self, service: str) -> bool:
        return not self.complaints and self.hosts <= {urlsplit(service).netloc, ""}


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Watched(context.new_page())
    context.close()


def explore(page: Page, service: str, language: str = "en", state: str = "") -> None:
    page.goto(f"{service}/explore?lang={language}{state}")
    page.locator("main[data-ready=true]").wait_for()


def test_the_story_is_in_view_at_once_and_still(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    things = page.get_by_role("list", name="Things in view")
    for name in ("Ma Yun (Jack Ma)", "Ma Huateng (Pony Ma)", "DingTalk", "WeChat", "first attempt"):
        expect(things.get_by_role("button", name=name, exact=True)).to_be_attached()
    canvas = page.locator("[role=application] canvas")
    before = canvas.screenshot()
    page.wait_for_timeout(600)
    assert canvas.screenshot() == before
    assert watched.is_quiet(service), (watched.complaints, watched.hosts)


def test_a_click_on_a_thing_opens_its_facts_and_a_citation_its_passage(
    watched: Watched, service: str
) -> None:
    page = watched.page
    explore(page, service, "zh-Hant")
    page.get_by_role("list", name="圖中項目").get_by_role("button", name="釘釘", exact=True).click()
    panel = page.get_by_role("complementary", name="事實")
    expect(panel.get_by_role("heading", name="釘釘")).to_be_visible()
    cite = panel.locator("button.cite[data-statement$='/dingtalk-developer']")
    cite.click()
    expect(cite).to_have_attribute("aria-expanded", "true")
    words = panel.locator(".cited mark, .cited q, .cited blockquote").first.inner_text()
    marked = page.locator("article mark.chosen, article mark.strong, article mark").filter(
        has_text="2014年5月"
    )
    expect(marked.first).to_be_visible()
    expect(marked.first).to_be_in_viewport()
    assert "2014年5月" in words
    assert watched.is_quiet(service), (watched.complaints, watched.hosts)


def test_a_word_of_the_vocabulary_tells_what_it_means(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    things = page.get_by_role("list", name="Things in view")
    things.get_by_role("button", name="Momo", exact=True).click()
    panel = page.get_by_role("complementary", name="Facts")
    word = panel.get_by_role("heading", name="investee").get_by_role("button")
    meaning = panel.get_by_text("The company whose shares were bought or sold.")
    expect(word).to_have_attribute("aria-expanded", "false")
    expect(meaning).to_be_hidden()
    word.press("Enter")
    expect(meaning).to_be_visible()
    word.click()
    expect(meaning).to_be_hidden()
    panel.get_by_role("button", name="Company", exact=True).click()
    expect(panel.get_by_text("A business that trades for profit.")).to_be_visible()
    assert watched.is_quiet(service), (watched.complaints, watched.hosts)


def test_a_line_tells_what_its_word_means(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    line: str = page.evaluate(
        """async () => (await (await fetch("/api/network?lang=en")).json()).edges
          .find((edge) => edge.label === "replaced").id"""
    )
    page.evaluate("(line) => { location.hash = `edge=${encodeURIComponent(line)}`; }", line)
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.locator(".meaning")).to_contain_text("“replaced”: ")


def test_other_facts_begin_at_their_head(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service, "en", f"#select={quote(DINGTALK, safe='')}")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.locator("button.cite").first).to_be_visible()
    scroll = page.locator(".pane.facts .scroll")
    scroll.evaluate("(pane) => { pane.scrollTop = 800; }")
    assert scroll.evaluate("(pane) => pane.scrollTop") > 0
    page.locator("article [data-start]").first.click()
    expect(panel).to_contain_text("The passage")
    assert scroll.evaluate("(pane) => pane.scrollTop") == 0


def test_a_click_on_the_canvas_opens_things_and_lines(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    box = page.locator("[role=application] canvas").bounding_box()
    assert box is not None
    opened: set[str] = set()
    points = [(column / 40, row / 34) for row in range(5, 30) for column in range(5, 36)]
    for across, down in points:
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        state = page.evaluate("location.hash.slice(1).split('=')[0]")
        if state and state not in opened:
            opened.add(state)
            panel = page.get_by_role("complementary", name="Facts")
            expect(panel.locator("button.cite").first).to_be_visible()
        if opened >= {"select", "edge"}:
            break
    assert opened >= {"select", "edge"}
    assert watched.is_quiet(service), (watched.complaints, watched.hosts)


def test_a_link_opens_the_same_view(watched: Watched, service: str) -> None:
    page = watched.page
    state = f"#select={quote(DINGTALK, safe='')}"
    explore(page, service, "en", state)
    expect(
        page.get_by_role("complementary", name="Facts").get_by_role("heading", name="DingTalk")
    ).to_be_visible()


def test_a_selection_made_before_the_text_has_come_is_kept(watched: Watched, service: str) -> None:
    page = watched.page

    held: list[Route] = []
    page.route("**/api/article/**", lambda route: held.append(route))
    page.goto(f"{service}/explore?lang=en")
    things = page.get_by_role("list", name="Things in view")
    things.get_by_role("button", name="DingTalk", exact=True).click()
    expect(page).to_have_url(re.compile("DingTalk"))
    for route in held:
        route.continue_()
    page.locator("main[data-ready=true]").wait_for()
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.get_by_role("heading", name="DingTalk")).to_be_visible()
    expect(page.locator("article .of-thing").first).to_be_attached()
    assert watched.is_quiet(service), (watched.complaints, watched.hosts)


def test_the_legend_filters_by_class(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    things = page.get_by_role("list", name="Things in view")
    expect(things.get_by_role("button", name="first attempt", exact=True)).to_be_attached()
    legend = page.locator(".legend")
    legend.get_by_role("checkbox", name=re.compile("^Attempt")).uncheck()
    expect(things.get_by_role("button", name="first attempt", exact=True)).to_have_count(0)
    legend.get_by_text(re.compile("^More kinds")).first.click()
    legend.get_by_role("checkbox", name=re.compile("^Investment")).check()
    expect(
        things.get_by_role("button", name=re.compile("Momo.*round B|round B.*"))
    ).to_be_attached()


def test_the_keyboard_alone_opens_facts_and_escape_closes_them(
    watched: Watched, service: str
) -> None:
    page = watched.page
    explore(page, service)
    thing = page.get_by_role("list", name="Things in view").get_by_role(
        "button", name="WeChat Work", exact=True
    )
    thing.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.get_by_role("heading", name="WeChat Work")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel.get_by_role("heading", name="WeChat Work")).to_have_count(0)


def test_an_opinion_is_marked_with_whose_it_is(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service, "en", f"#select={quote(f'{BASE}id/MaYun', safe='')}")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.get_by_text("opinion, by Lao Yang Accounting").first).to_be_visible()


def test_on_a_narrow_screen_one_pane_shows_at_a_time(browser: Browser, service: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    explore(page, service)
    expect(page.get_by_role("tab", name="Graph")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Article").click()
    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.locator("[role=application]")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.fixture(scope="module")
def saved(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pictures") / "story.html"
    done = run("picture", "--store", store, "--output", target, "--language", "en")
    assert done.returncode == 0, done.stderr
    return target


def test_the_saved_picture_works_offline_with_its_evidence(browser: Browser, saved: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    watched = Watched(context.new_page())
    page = watched.page
    page.goto(saved.as_uri())
    page.locator("main[data-ready=true]").wait_for()
    page.get_by_role("list", name="Things in view").get_by_role(
        "button", name="DingTalk", exact=True
    ).click()
    panel = page.get_by_role("complementary", name="Facts")
    panel.locator("button.cite[data-statement$='/dingtalk-developer']").click()
    expect(page.locator("article mark").filter(has_text="May 2014").first).to_be_in_viewport()
    assert not watched.complaints
    assert watched.hosts <= {""}
    context.close()


def test_how_an_attempt_ended_comes_first_on_both_pages(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service, "en", f"#select={quote(f'{BASE}id/Attempt4', safe='')}")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.get_by_role("heading", name="fourth attempt")).to_be_visible()
    first = ["outcome", "start", "attempt number"]
    assert panel.locator("h4").all_inner_texts()[:3] == first
    expect(panel.get_by_text("profitable, goal missed").first).to_be_in_viewport()
    panel.get_by_role("link", name="Its own page").click()
    expect(page.get_by_role("heading", name="fourth attempt").first).to_be_visible()
    titles = page.get_by_role("main").get_by_role("heading", level=3).all_inner_texts()
    places = [titles.index(name) for name in (*first, "against", "aims at")]
    assert places == sorted(places)


def test_an_attempt_without_a_date_says_so(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    things = page.get_by_role("list", name="Things in view")
    panel = page.get_by_role("complementary", name="Facts")
    things.get_by_role("button", name="first attempt", exact=True).click()
    expect(panel.locator(".no-start")).to_have_text(re.compile("start.*the articles give none"))
    things.get_by_role("button", name="fourth attempt", exact=True).click()
    expect(panel.get_by_role("heading", name="fourth attempt")).to_be_visible()
    expect(panel.locator(".no-start")).to_have_count(0)


def test_the_text_goes_to_where_most_is_said_of_a_thing(watched: Watched, service: str) -> None:
    page = watched.page
    for language, name, heading in (
        ("en", "fourth attempt", "Fourth: a stake in Momo"),
        ("zh-Hant", "第四次嘗試", "第四次：投資陌陌"),
    ):
        explore(page, service, language)
        title = page.get_by_role("article").get_by_role("heading").filter(has_text=heading)
        expect(title).not_to_be_in_viewport()
        page.locator(".index").get_by_role("button", name=name, exact=True).click()
        expect(title).to_be_in_viewport()


def test_a_line_shows_the_figures_of_both_its_ends(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    edge = page.evaluate(
        """async () => {
          const { edges } = await (await fetch("/api/network?lang=en")).json();
          const outdid = edges.filter((edge) => edge.predicate.endsWith("#outdid"));
          return outdid.find((edge) => edge.to.endsWith("/WeChatWork")).id;
        }"""
    )
    explore(page, service, "en", f"#edge={quote(edge, safe='')}")
    panel = page.get_by_role("complementary", name="Facts")
    expect(panel.get_by_role("heading", name="Figures of both")).to_be_visible()
    group = panel.locator(".group").filter(has=page.get_by_role("heading", name="installs"))
    expect(group.locator(".figure-of")).to_have_text(["DingTalk", "WeChat Work"])
    expect(group.locator(".figure-value")).to_have_text(["1,000,000,000", "300,000,000"])
    expect(group.locator(".figure-notes").first).to_contain_text("printed as “10億”")
    group.locator("button.cite").last.click()
    expect(group.locator("blockquote")).to_be_visible()


def test_things_of_one_name_are_told_apart_by_their_class(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service, "zh-Hant")
    things = page.get_by_role("list", name="圖中項目")
    both = things.get_by_role("listitem").filter(
        has=page.get_by_role("button", name="陌陌", exact=True)
    )
    expect(both).to_have_count(2)
    classes = both.locator(".kind:not(.hidden-text)").all_inner_texts()
    assert sorted(each.strip() for each in classes) == ["公司", "產品"]


def test_a_line_keeps_clear_of_a_third_thing(watched: Watched, service: str) -> None:
    page = watched.page
    explore(page, service)
    answer = page.request.get(f"{service}/api/network?lang=en").json()
    at = {node["label"]: (node["x"], node["y"]) for node in answer["nodes"]}
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG").click()
    drawn = Path(download.value.path()).read_text("utf-8")
    number = r"(-?[\d.]+)"
    lines = re.findall(rf'"M{number} {number}(?:Q{number} {number} |L){number} {number}"', drawn)
    begin, end, beside = at["fourth attempt"], at["Tencent"], at["Momo"]
    [line] = [
        (float(cx), float(cy), float(tx), float(ty))
        for x, y, cx, cy, tx, ty in lines
        if cx
        and hypot(float(x) - begin[0], float(y) - begin[1]) < 2
        and hypot(float(tx) - end[0], float(ty) - end[1]) < 40
    ]
    for step in range(1, 20):
        t = step / 20
        x, y = (
            (1 - t) ** 2 * begin[i] + 2 * t * (1 - t) * line[i] + t * t * line[i + 2]
            for i in (0, 1)
        )
        assert hypot(x - beside[0], y - beside[1]) > 14
