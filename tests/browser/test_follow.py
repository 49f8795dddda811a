"""Following things on the network page: search, expand, take back, paths, and the link."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

SVG = "{http://www.w3.org/2000/svg}"
ENDS = ("Momo (Company)", "DingTalk (Product)")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def explore(page: Page, service: str, language: str = "en", state: str = "") -> None:
    page.goto(f"{service}/explore?lang={language}{state}")
    page.locator("main[data-ready=true]").wait_for()


def things(page: Page) -> Locator:
    return page.get_by_role("list", name=re.compile("^(Things in view|圖中項目|图中项目)$"))


def in_view(page: Page) -> int:
    return things(page).get_by_role("button").count()


def thing(page: Page, name: str) -> Locator:
    return things(page).get_by_role("button", name=name, exact=True)


def facts(page: Page) -> Locator:
    return page.get_by_role("complementary", name=re.compile("^(Facts|事實|事实)$"))


@pytest.mark.parametrize(
    ("language", "typed", "name"),
    [
        ("en", "ding", "DingTalk"),
        ("en", "dingtlak", "DingTalk"),
        ("zh-Hant", "釘釘", "釘釘"),
        ("zh-Hant", "钉钉", "釘釘"),
        ("zh-Hant", "dingding", "釘釘"),
        ("zh-Hans", "dd", "钉钉"),
    ],
)
def test_search_finds_a_thing_in_every_script(
    page: Page, service: str, language: str, typed: str, name: str
) -> None:
    explore(page, service, language)
    finder = page.locator("#find")
    expect(finder).to_have_role("combobox")
    finder.fill(typed)
    option = page.get_by_role("option").filter(has_text=name).first
    expect(option).to_be_visible(timeout=15_000)  # the index may still be in the making
    option.click()
    expect(facts(page).get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_a_thing_is_expanded_by_kind_and_all_of_it_taken_back(page: Page, service: str) -> None:
    explore(page, service)
    before = in_view(page)
    thing(page, "DingTalk").click()
    thing(page, "DingTalk").press("Enter")
    dialog = page.get_by_role("dialog", name="Follow DingTalk")
    expect(dialog).to_be_visible()
    kinds = dialog.get_by_role("list", name="Kinds of link").get_by_role("button")
    expect(kinds.nth(3)).to_be_attached()
    dialog.get_by_label("At most").select_option("5")
    kinds.first.click()
    expect(dialog).not_to_be_visible()
    expect(things(page).get_by_role("button").nth(before)).to_be_attached()
    after = in_view(page)
    assert before < after <= before + 5
    page.get_by_role("button", name="Undo").click()
    expect(things(page).get_by_role("button")).to_have_count(before)
    page.keyboard.press("Control+y")
    expect(things(page).get_by_role("button")).to_have_count(after)
    page.keyboard.press("Control+z")
    expect(things(page).get_by_role("button")).to_have_count(before)


def test_what_is_taken_back_is_framed_as_it_was(page: Page, service: str) -> None:
    explore(page, service)
    thing(page, "WeChat Work").click()
    expect(facts(page).get_by_role("heading", name="WeChat Work")).to_be_visible()
    picture = page.locator("[role=application] canvas")
    page.mouse.move(5, 5)
    before, count = picture.screenshot(), in_view(page)
    thing(page, "WeChat Work").press("Enter")
    dialog = page.get_by_role("dialog", name="Follow WeChat Work")
    dialog.get_by_role("button", name=re.compile("^Of every kind")).click()
    expect(things(page).get_by_role("button").nth(count)).to_be_attached()
    page.wait_for_timeout(300)
    assert picture.screenshot() != before
    page.get_by_role("button", name="Undo").click()
    expect(things(page).get_by_role("button")).to_have_count(count)
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    assert picture.screenshot() == before


def test_a_double_click_on_the_picture_asks_what_to_follow(page: Page, service: str) -> None:
    explore(page, service)
    box = page.locator("[role=application] canvas").bounding_box()
    assert box is not None
    points = [(column / 20, row / 17) for row in range(3, 15) for column in range(3, 18)]
    for across, down in points:
        x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
        page.mouse.click(x, y)
        if "#select=" in page.evaluate("location.hash"):
            page.mouse.dblclick(x, y)
            break
    expect(page.get_by_role("dialog", name=re.compile("^Follow "))).to_be_visible()


def test_a_thing_is_hidden_pinned_and_collapsed(page: Page, service: str) -> None:
    explore(page, service)
    before = in_view(page)
    thing(page, "WeChat").click()
    facts(page).get_by_role("button", name="Hide").click()
    expect(thing(page, "WeChat")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(thing(page, "WeChat")).to_have_count(1)
    thing(page, "DingTalk").click()
    facts(page).get_by_role("button", name="Pin").click()
    expect(facts(page).get_by_role("button", name="Pin")).to_have_attribute("aria-pressed", "true")
    checked = page.locator(".legend .classes input:checked")
    while checked.count():
        checked.first.uncheck()
    expect(thing(page, "DingTalk")).to_have_count(1)
    page.wait_for_timeout(500)  # the address follows a pause
    page.reload()
    page.locator("main[data-ready=true]").wait_for()
    expect(thing(page, "DingTalk")).to_have_count(1)
    assert in_view(page) < before


def test_what_a_thing_brought_is_collapsed_though_others_link_to_it(
    page: Page, service: str
) -> None:
    explore(page, service)
    before = in_view(page)
    thing(page, "DingTalk").click()
    thing(page, "DingTalk").press("Enter")
    dialog = page.get_by_role("dialog", name="Follow DingTalk")
    dialog.get_by_role("button", name=re.compile("^Of every kind")).click()
    expect(things(page).get_by_role("button").nth(before)).to_be_attached()
    facts(page).get_by_role("button", name="Collapse").click()
    expect(things(page).get_by_role("button")).to_have_count(before)
    expect(facts(page).get_by_role("heading", name="DingTalk", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(things(page).get_by_role("button").nth(before)).to_be_attached()


def test_choosing_what_is_in_view_leaves_nothing_to_undo(page: Page, service: str) -> None:
    explore(page, service)
    box = page.get_by_role("combobox", name="Search")
    box.fill("DingTalk")
    page.get_by_role("option", name=re.compile("^DingTalk")).first.click()
    expect(facts(page).get_by_role("heading", name="DingTalk", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_lines_of_one_kind_are_switched_off(page: Page, service: str) -> None:
    explore(page, service)
    page.locator(".legend .lines summary").click()
    first = page.locator(".legend .lines input").first
    first.uncheck()
    expect(page).to_have_url(re.compile("view="))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".legend .lines input").first).to_be_checked()


def pixels(page: Page) -> bytes:
    """What is drawn, four bytes a pixel."""
    drawn = page.evaluate(
        """() => {
          const canvas = document.querySelector("[role=application] canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let text = "";
          for (let at = 0; at < data.length; at += 8192) {
            text += String.fromCharCode(...data.subarray(at, at + 8192));
          }
          return btoa(text);
        }"""
    )
    return base64.b64decode(drawn)


def gather(page: Page, *names: str) -> None:
    for name in names:
        page.locator("#find").fill(name)
        page.get_by_role("option", name=re.compile(f"^{name}\\b")).first.click()
        expect(facts(page).get_by_role("heading", name=name, exact=True)).to_be_visible()
        facts(page).get_by_role("button", name="Compare").click()


def test_paths_between_two_things_are_read_with_their_passages(page: Page, service: str) -> None:
    explore(page, service)
    gather(page, "Momo", "Tencent")
    page.get_by_role("button", name="Paths between").click()
    expect(facts(page).get_by_role("heading", name="From Momo to Tencent")).to_be_visible()
    paths = facts(page).locator(".paths > li")
    expect(paths.first).to_be_visible()
    lengths = [int(text.split()[0]) for text in paths.locator("p.muted").all_inner_texts()]
    assert lengths == sorted(lengths)
    paths.first.locator("button.cite").first.click()
    expect(facts(page).locator(".cited blockquote, .cited .evidence").first).to_be_visible()
    more = facts(page).get_by_role("button", name="Next paths")
    count = paths.count()
    of_paths = page.get_by_role("article").locator(".of-thing")
    cited = of_paths.count()
    assert cited
    more.click()
    expect(paths.nth(count)).to_be_attached()
    expect(of_paths).not_to_have_count(cited)  # the passages of these paths are marked too


def test_a_path_is_framed_for_who_has_looked_elsewhere(page: Page, service: str) -> None:
    explore(page, service)
    gather(page, "Momo", "DingTalk")
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()
    before = scale_and_ends(page, *ENDS)
    assert not all(before[1])
    page.get_by_role("button", name="Paths between").click()
    expect(facts(page).locator(".paths > li").first).to_be_visible()
    after = scale_and_ends(page, *ENDS)
    assert all(after[1])
    assert after[0] < before[0]


def test_a_link_to_a_path_shows_what_its_sender_saw(page: Page, service: str) -> None:
    explore(page, service)
    gather(page, "Momo", "DingTalk")
    page.get_by_role("button", name="Paths between").click()
    expect(facts(page).locator(".paths > li").first).to_be_visible()
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()
    seen = scale_and_ends(page, *ENDS)
    assert not all(seen[1])
    page.wait_for_url("**view=*")
    page.wait_for_timeout(500)  # the address follows a pause
    page.goto("about:blank")
    page.go_back()
    page.locator("main[data-ready=true]").wait_for()
    expect(facts(page).locator(".paths > li").first).to_be_visible()
    assert scale_and_ends(page, *ENDS) == seen


def scale_and_ends(page: Page, *names: str) -> tuple[float, list[bool]]:
    """How large the picture is drawn, and which of some things are in its frame."""
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as download:
        page.locator("dialog.take").get_by_role("button", name="SVG").click()
    page.locator("dialog.take").get_by_role("button", name="Close").click()
    drawn = ElementTree.fromstring(download.value.path().read_bytes())
    left, top, width, height = map(float, drawn.attrib["viewBox"].split())
    found = []
    for name in names:
        (shape,) = [
            group for group in drawn.iter(f"{SVG}g") if group.findtext(f"{SVG}title") == name
        ]
        x, y = map(float, re.findall(r"-?[\d.]+", shape.attrib["transform"]))
        found.append(left < x < left + width and top < y < top + height)
    return round(float(drawn.attrib["width"]) / width, 3), found


def test_what_connects_several_things_is_listed(page: Page, service: str) -> None:
    explore(page, service)
    gather(page, "Momo", "DingTalk", "Laiwang")
    page.get_by_role("button", name="What connects these").click()
    expect(facts(page).locator(".connecting > li").first).to_be_visible()
    expect(facts(page).locator(".connecting button.cite").first).to_be_visible()


def test_a_link_gives_the_same_picture_in_another_browser(
    page: Page, service: str, browser: Browser
) -> None:
    explore(page, service)
    thing(page, "DingTalk").click()
    thing(page, "DingTalk").press("Enter")
    page.get_by_role("dialog").get_by_role("list").get_by_role("button").first.click()
    page.get_by_role("button", name="Zoom in").click()
    page.locator(".legend .camps input").nth(2).uncheck()
    expect(page).to_have_url(re.compile("view="))
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    page.wait_for_timeout(500)  # the address follows a pause
    url = page.url
    assert len(url) < 2000
    page.mouse.move(5, 5)
    page.get_by_role("article").click(position={"x": 2, "y": 2})
    picture = pixels(page)
    listed = things(page).inner_text()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    other = context.new_page()
    other.goto(url)
    other.locator("main[data-ready=true]").wait_for()
    expect(facts(other).get_by_role("heading", name="DingTalk")).to_be_visible()
    assert things(other).inner_text() == listed
    seen = pixels(other)
    assert len(seen) == len(picture)
    # Rounding in the canvas may shade the edge of a letter otherwise.
    otherwise = sum(abs(a - b) > 2 for a, b in zip(seen, picture, strict=True))
    assert otherwise < len(picture) / 10_000
    other.get_by_role("link", name="繁體中文").click()
    other.locator("main[data-ready=true]").wait_for()
    expect(things(other).get_by_role("button")).to_have_count(in_view(page))
    context.close()


def test_a_link_to_an_edition_that_is_gone_says_so(page: Page, service: str) -> None:
    explore(page, service)
    packed = page.evaluate(
        """async () => {
          const bytes = new TextEncoder().encode(JSON.stringify({edition: "999999", changes: {}}));
          const packed = new CompressionStream("deflate-raw");
          const stream = new Blob([bytes]).stream().pipeThrough(packed);
          const all = new Uint8Array(await new Response(stream).arrayBuffer());
          return btoa(String.fromCharCode(...all))
            .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
        }"""
    )
    page.goto("about:blank")
    explore(page, service, state=f"#view={packed}")
    expect(page.locator(".notice")).to_contain_text("no longer kept")
    assert in_view(page) > 10


@pytest.mark.parametrize("packed", ["x", "AAAA", quote("<script>"), "eA" * 400])
def test_a_view_that_cannot_be_read_is_the_first_view(
    page: Page, service: str, packed: str
) -> None:
    explore(page, service, state=f"#view={packed}")
    assert in_view(page) > 10


def test_the_thing_chosen_after_the_first_is_offered_as_the_second(
    page: Page, service: str
) -> None:
    explore(page, service)
    thing(page, "DingTalk").click()
    facts(page).get_by_role("button", name="Compare").click()
    expect(facts(page).get_by_text("Choose one more")).to_be_visible()
    thing(page, "Tencent").click()
    facts(page).get_by_role(
        "button", name="See what lies between DingTalk and Tencent", exact=True
    ).click()
    expect(facts(page).get_by_role("heading", name="From DingTalk to Tencent")).to_be_visible()
    expect(facts(page).locator(".gathered li")).to_have_count(2)
    thing(page, "WeChat").click()
    expect(facts(page).get_by_role("heading", name="WeChat", exact=True)).to_be_visible()
    expect(facts(page).locator(".gathered .between")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "typed", "asked"),
    [
        ("en", "Momo Tencent", "What connects Momo and Tencent?"),
        ("en", "Tencent and Alibaba Group", "What connects Tencent and Alibaba Group?"),
        ("zh-Hant", "陌陌 騰訊", "什麼連起了陌陌和騰訊？"),
    ],
)
def test_two_names_in_the_search_ask_what_connects_them(
    page: Page, service: str, language: str, typed: str, asked: str
) -> None:
    explore(page, service, language)
    page.locator("#find").fill(typed)
    page.get_by_role("option", name=asked).click(timeout=15_000)
    expect(facts(page).locator(".connecting > li").first).to_be_visible()
    expect(facts(page).locator(".gathered li")).to_have_count(2)


def test_a_search_that_finds_nothing_says_so_to_all(page: Page, service: str) -> None:
    explore(page, service)
    finder = page.locator("#find")
    finder.fill("zzqqxx wwvv")
    told = page.get_by_role("status").filter(has_text="Nothing of that name")
    expect(told).to_be_in_viewport(ratio=1, timeout=15_000)
    box = told.bounding_box()
    assert box is not None and box["height"] > 20
    finder.press("Escape")
    expect(page.locator(".combobox-none")).to_have_count(0)
    finder.fill("ding")
    expect(page.get_by_role("option").first).to_be_visible(timeout=15_000)


def test_what_connects_marks_its_own_words_in_the_text(page: Page, service: str) -> None:
    explore(page, service)
    gather(page, "Momo", "DingTalk", "Laiwang")
    marks = page.locator("article .of-thing")
    of_one = marks.all_inner_texts()
    page.get_by_role("button", name="What connects these").click()
    expect(facts(page).locator(".connecting > li").first).to_be_visible()
    expect(marks.first).to_be_attached()
    assert marks.all_inner_texts() != of_one
