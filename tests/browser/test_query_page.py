"""The query page, as a person uses it, in headless Chromium."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.accessibility import violations
from tests.browser.dialogs import dialogs_of
from tests.browser.lateness import late
from tests.server.http import get, request
from tests.server.scratch import CROSS_PRODUCT, Scratch, serving

PREFIXES = "PREFIX sm: <https://shuangma.example/ontology#>\nPREFIX schema: <https://schema.org/>\n"
OUTCOMES = PREFIXES + "SELECT ?attempt ?outcome WHERE { ?attempt sm:outcome ?outcome }"
EVENTS = PREFIXES + "SELECT ?event ?date WHERE { ?event a sm:Event ; schema:startDate ?date }"
DEVELOPERS = PREFIXES + "CONSTRUCT WHERE { ?product sm:developer ?company }"
BARS = PREFIXES + (
    "SELECT ?company (COUNT(*) AS ?products) WHERE { ?product sm:developer ?company }"
    " GROUP BY ?company"
)
SCATTER = "SELECT ?x ?y WHERE { VALUES (?x ?y) { (1 2) (2 4) (3 9) (4 16) } }"
LINE = (
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?day ?value WHERE { VALUES (?day"
    ' ?value) { ("2020-01-01"^^xsd:date 1) ("2020-02-01"^^xsd:date 5) } }'
)
expect.set_options(timeout=20_000)  # two busy cores
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FOREIGN = f"""
PREFIX t: <http://tea.example/words#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
<http://tea.example/leaf/1> a t:Leaf ; t:grownBy <http://tea.example/who/ann> ;
  t:picked "2020-05-01"^^xsd:date ; rdfs:label "{HOSTILE}" .
<http://tea.example/leaf/2> a t:Leaf ; t:grownBy <http://tea.example/who/bo> ;
  t:picked "2021-05-01"^^xsd:date ; rdfs:label "{"長" * 500}"@zh .
<http://tea.example/leaf/3> a t:Leaf ; t:grownBy <http://tea.example/who/ann> ;
  t:picked "2022-05-01"^^xsd:date ; rdfs:label "שלום 🍵"@he .
t:Leaf rdfs:label "{HOSTILE}" .
"""


class Workbench:
    """The query page of a service, what it logged and whom it asked."""

    def __init__(self, context: BrowserContext, service: str) -> None:
        self.page: Page = context.new_page()
        self.service = service
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.dialogs = dialogs_of(self.page)
        self.page.on("console", lambda m: self.complaints.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("request", lambda r: self.hosts.add(urlsplit(r.url).netloc))

    def open(self, query: str = "", view: str = "", language: str = "en") -> Page:
        asked = f"#query={quote(query)}" + (f"&view={view}" if view else "") if query else ""
        # A fragment alone would not load the page anew.
        self.page.goto("about:blank")
        self.page.goto(f"{self.service}/sparql?lang={language}{asked}")
        self.page.locator("main[data-ready=true]").wait_for()
        return self.page

    @property
    def status(self) -> str:
        return self.page.locator(".query-status").inner_text()

    def clear(self) -> None:
        self.page.get_by_role("textbox", name="SPARQL").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")

    def choose(self, typed: str, wanted: str) -> None:
        """Type, and take the completion of these words, which stands first."""
        for letter in typed:
            self.page.keyboard.insert_text(letter) if ord(
                letter
            ) > 127 else self.page.keyboard.type(letter)
        first = self.page.get_by_role("option").first
        expect(first).to_contain_text(wanted)
        expect(first).to_have_attribute("aria-selected", "true")
        self._let_settle()
        expect(first).to_contain_text(wanted)
        self.page.keyboard.press("Enter")

    def _let_settle(self) -> None:
        """Wait until the list stays as it is: what was just drawn cannot be taken.

        That is CodeMirror's own rule, and each letter has the list drawn anew.
        """
        drawn, since = "", time.monotonic()
        while time.monotonic() < since + 0.3:
            self.page.wait_for_timeout(50)
            now = self.page.get_by_role("listbox").first.inner_html()
            if now != drawn:
                drawn, since = now, time.monotonic()

    def is_quiet(self) -> bool:
        return not self.complaints and self.hosts <= {urlsplit(self.service).netloc, ""}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield made
    made.close()


@pytest.fixture
def bench(context: BrowserContext, service: str) -> Workbench:
    return Workbench(context, service)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A dataset that knows nothing of our ontology, where queries are given a second."""
    folder = tmp_path_factory.mktemp("foreign")
    with serving(folder, FOREIGN, "--query-timeout", "1", tokens=False) as running:
        yield running


# --- writing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "attempt", "outcome", "passage"),
    [
        ("zh-Hant", ("嘗試", "sm:Attempt"), ("結果", "sm:outcome"), ("誰說", "?words")),
        ("zh-Hans", ("尝试", "sm:Attempt"), ("结果", "sm:outcome"), ("出处", "?words")),
        ("en", ("attem", "sm:Attempt"), ("outc", "sm:outcome"), ("passage", "?words")),
    ],
    ids=["zh-Hant", "zh-Hans", "en"],
)
def test_who_is_new_asks_for_outcomes_and_passages_by_completion_alone(
    bench: Workbench,
    language: str,
    attempt: tuple[str, str],
    outcome: tuple[str, str],
    passage: tuple[str, str],
) -> None:
    page = bench.open(language=language)
    bench.clear()
    bench.choose("sel", "SELECT * WHERE { }")
    page.keyboard.type("?attempt a ")
    bench.choose(*attempt)
    page.keyboard.type("; ")
    bench.choose(*outcome)
    bench.choose("", "?outcome")
    bench.choose(*passage)
    page.keyboard.press("Control+Enter")
    table = page.get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(5)
    heads = [text.strip() for text in table.get_by_role("columnheader").all_inner_texts()]
    assert heads[1:-1] == ["attempt", "outcome", "statement", "words"]
    told = {"zh-Hant": "細分領域第一", "zh-Hans": "细分领域第一", "en": "niche"}[language]
    expect(table.get_by_role("link", name=re.compile(told))).to_be_visible()
    said = " ".join(table.locator("tbody td:nth-child(5)").all_inner_texts())
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (language != "en")
    assert bench.is_quiet(), bench.complaints


def test_a_prefix_is_declared_when_its_colon_is_typed(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("ASK { ?s sm:")
    page.keyboard.press("Escape")
    editor = page.get_by_role("textbox", name="SPARQL")
    expect(editor).to_contain_text("PREFIX sm: <https://shuangma.example/ontology#>")


@pytest.mark.parametrize("typed", ["釘釘", "dingt"])
def test_things_are_completed_by_any_of_their_names(bench: Workbench, typed: str) -> None:
    page = bench.open()
    bench.clear()
    bench.choose("sel", "SELECT * WHERE { }")
    bench.choose(typed, "DingTalk" if typed == "dingt" else "")
    editor = page.get_by_role("textbox", name="SPARQL")
    expect(editor).to_contain_text("PREFIX id: <https://shuangma.example/id/>")
    expect(editor).to_contain_text("id:DingTalk")


def test_what_is_selected_and_has_no_value_yet_is_offered_first(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("SELECT ?x ?o WHERE { ?x a sm:Attempt ; sm:outcome ")
    expect(page.get_by_role("option").nth(1)).to_contain_text("?outcome")
    bench.choose("", "?oselected, no value yet")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(5)
    expect(page.locator(".query-status")).not_to_contain_text("nothing in the query")
    page.get_by_role("textbox", name="SPARQL").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type(". ?")
    expect(page.get_by_role("option")).to_have_text(["?xvariable", "?ovariable"])
    bench.clear()
    page.keyboard.type("SELECT ?x ?z WHERE { ?x sm:outcome ?")
    expect(page.get_by_role("option").first).to_contain_text("?zselected")
    expect(page.get_by_role("option").nth(1)).to_contain_text("?outcome")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "?o is selected, but nothing in the query gives it a value."),
        ("zh-Hant", "選了 ?o，但查詢裡沒有地方給它值。"),
        ("zh-Hans", "选了 ?o，但查询里没有地方给它值。"),
    ],
)
def test_what_is_selected_without_a_value_is_told(
    bench: Workbench, language: str, told: str
) -> None:
    mentions = "# ?o\n FILTER('?o' != <http://e.example/?o>)"
    page = bench.open(OUTCOMES.replace("?outcome W", "?o W")[:-1] + mentions + "}", "", language)
    expect(page.locator(".query-status").get_by_text(told)).to_be_visible()
    given = "SELECT ?a ?b (1 AS ?c) ?n WHERE { { SELECT ?a WHERE { ?a ?p 1 } } } VALUES (?b ?n) {}"
    page = bench.open(given, "", language)
    expect(page.locator(".query-status")).to_contain_text(re.compile("0 (rows|列|行)"))
    expect(page.locator(".query-status").get_by_text("?")).to_have_count(0)
    if language == "en":
        bench.open("SELECT ?a ?b ?c { ?a ?p 1 FILTER EXISTS { ?a ?q 2 } } ORDER BY ?c")
        expect(page.locator(".query-status")).to_contain_text("?b and ?c are selected")


def test_a_passage_joins_the_columns_that_are_written_out(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("SELECT ?x WHERE { ?x a sm:Attempt ; sm:outcome ?o ")
    bench.choose("passage", "?words")
    editor = page.get_by_role("textbox", name="SPARQL")
    expect(editor).to_contain_text("SELECT ?x ?words WHERE")
    expect(editor).to_contain_text("rdf:object ?o")
    page.keyboard.press("Control+z")
    expect(editor).to_contain_text("SELECT ?x WHERE")
    expect(editor).not_to_contain_text("?words")
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+Enter")
    heads = page.get_by_role("columnheader")
    expect(heads.filter(has_text=re.compile("^words$"))).to_be_visible()
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(5)


def test_a_passage_joins_no_columns_that_are_grouped(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("SELECT (COUNT(?o) AS ?n) WHERE { ?x sm:outcome ?o ")
    bench.choose("passage", "?words")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("cell", name="5", exact=True)).to_be_visible()


@pytest.mark.parametrize("between", [". ?x ", "; "], ids=["subject", "semicolon"])
def test_passage_after_a_subject_is_the_passage_that_says_so(
    bench: Workbench, between: str
) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type(f"SELECT * WHERE {{ ?x a sm:Attempt ; sm:outcome ?outcome {between}")
    bench.choose("pass", "the passage that says so")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(5)
    editor = page.get_by_role("textbox", name="SPARQL")
    assert editor.inner_text().count("?x") == 2


def test_a_class_that_has_passages_is_offered_them_before_its_statement(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("SELECT * WHERE { ?s a rdf:Statement . ?s pass")
    expect(page.get_by_role("option").first).to_contain_text("sm:passage")
    expect(page.get_by_role("option", name="the passage that says so")).to_be_visible()


def test_the_list_opens_where_a_pattern_was_finished(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("SELECT ?x ?o WHERE { ?x a sm:Attempt . ")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("the passage that says so")
    expect(page.get_by_role("option").nth(1)).to_contain_text("?o")


@pytest.mark.parametrize(
    ("typed", "wanted"), [("resul", "sm:outcome"), ("動機", "sm:motive"), ("目的", "sm:motive")]
)
def test_a_term_is_found_by_its_other_names(bench: Workbench, typed: str, wanted: str) -> None:
    bench.open()
    bench.clear()
    bench.page.keyboard.type("SELECT * WHERE { ?x a sm:Attempt ; ")
    bench.choose(typed, wanted)


def test_a_definition_finds_a_term_that_no_name_does(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("SELECT * WHERE { ?x a sm:Attempt ; ")
    bench.choose("ended", "sm:outcome")
    expect(page.get_by_role("textbox", name="SPARQL")).to_contain_text("sm:outcome")


def test_typing_over_a_selection_breaks_no_policy(bench: Workbench) -> None:
    page = bench.open()
    editor = page.get_by_role("textbox", name="SPARQL")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK { ?s ?p ?o ")
    expect(editor).to_contain_text("ASK { ?s ?p ?o }")
    editor.get_by_text("ASK").dblclick()
    page.keyboard.type("SELECT * ")
    expect(editor).to_contain_text(re.compile(r"^SELECT \*  ?{ \?s \?p \?o }"))
    page.keyboard.press("Control+a")
    page.keyboard.type("(")
    expect(editor).to_contain_text(re.compile(r"^\(SELECT .*\)$"))
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("問")
    expect(editor).to_have_text("問")
    assert bench.is_quiet(), bench.complaints


def test_a_mistake_is_shown_at_its_line(bench: Workbench) -> None:
    page = bench.open("SELECT * WHERE {\n  ?s ?p\n}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This query cannot be read")
    expect(alert).to_contain_text("Line 3, column 2")
    expect(page.locator(".cm-gutter-lint .cm-lint-marker-error")).to_be_visible()
    page.get_by_role("textbox", name="SPARQL").click()
    page.keyboard.press("Control+Home")
    bench.clear()
    page.keyboard.type("ASK {}")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_have_count(0)


def test_tabs_keep_their_queries_over_visits(bench: Workbench) -> None:
    page = bench.open()
    bench.clear()
    page.keyboard.type("ASK { 1 2 3 }")
    page.get_by_role("button", name="New tab").click()
    bench.clear()
    page.keyboard.type("ASK {}")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name of the tab").fill("truth")
    page.keyboard.press("Enter")
    bench.open()
    tabs = page.get_by_role("tablist", name="Query tabs").get_by_role("tab")
    assert tabs.all_inner_texts() == ["Query 1", "truth"]
    expect(page.get_by_role("textbox", name="SPARQL")).to_contain_text("ASK {}")
    tabs.first.click()
    expect(page.get_by_role("textbox", name="SPARQL")).to_contain_text("ASK { 1 2 3 }")
    page.get_by_role("button", name="Close “Query 1”").click()
    assert tabs.all_inner_texts() == ["truth"]


def test_a_browser_that_keeps_nothing_still_asks(context: BrowserContext, service: str) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    bench = Workbench(context, service)
    page = bench.open("ASK {}")
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    page.get_by_role("button", name="New tab").click()
    assert bench.complaints == []


def test_an_example_is_found_and_asked_with_one_click(bench: Workbench) -> None:
    page = bench.open()
    page.get_by_role("searchbox", name="Search the examples").fill("outcome date")
    links = page.locator(".gallery-list a:visible")
    expect(links).to_have_count(1)
    links.click()
    expect(page.get_by_role("table").locator("tbody tr").first).to_be_visible()
    assert "rows" in bench.status


def test_a_rewritten_example_is_called_so_no_more(bench: Workbench) -> None:
    page = bench.open()
    page.get_by_role("searchbox", name="Search the examples").fill("outcome date")
    expect(page.locator(".gallery-count")).to_have_text("1 example")
    link = page.locator(".gallery-list a:visible")
    name = link.inner_text()
    link.click()
    chosen = page.get_by_role("tablist", name="Query tabs").get_by_role("tab", selected=True)
    expect(chosen).to_have_text(name)
    page.get_by_role("textbox", name="SPARQL").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("LIMIT 3")
    expect(chosen).to_have_text("Query 1")
    page.keyboard.press("Control+z")
    expect(chosen).to_have_text(name)
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name of the tab").fill("mine")
    page.keyboard.press("Enter")
    bench.clear()
    page.keyboard.type("ASK {}")
    expect(chosen).to_have_text("mine")


# --- sharing ------------------------------------------------------------------------------


def test_a_link_shows_another_the_same(bench: Workbench, browser: Browser) -> None:
    page = bench.open(BARS, "chart")
    page.locator("canvas[data-kind]").wait_for()
    page.get_by_role("button", name="Share").click()
    long = page.get_by_label("Full link").input_value()
    page.get_by_role("button", name="Make a short link").click()
    short = page.get_by_label("Short link").input_value()
    assert len(short) < len(long)
    context = browser.new_context()
    other = context.new_page()
    for link in (long, short):
        other.goto("about:blank")
        other.goto(link)
        expect(other.locator("canvas[data-kind=bar]")).to_be_visible()
        expect(other.locator(".cm-content")).to_contain_text("COUNT(*) AS ?products")
    context.close()


def test_code_is_offered_in_each_language(bench: Workbench) -> None:
    page = bench.open(OUTCOMES)
    page.get_by_role("button", name="Code").click()
    box = page.get_by_role("dialog")
    expect(box.get_by_role("option")).to_have_count(6)
    names = box.get_by_role("option").all_inner_texts()
    assert [name.rpartition(" ")[2] for name in names] == [
        "curl", "rdflib", "SPARQLWrapper", "pandas", "R", "JavaScript",
    ]  # fmt: skip
    box.get_by_role("combobox").select_option("pandas")
    expect(box.locator("pre")).to_contain_text("pandas.read_csv")


@pytest.mark.parametrize("suffix", ["srj", "csv", "ttl"])
def test_an_answer_is_taken_away(bench: Workbench, suffix: str) -> None:
    query, label = (
        (DEVELOPERS, "Turtle")
        if suffix == "ttl"
        else (OUTCOMES, {"srj": "JSON"}.get(suffix, "CSV"))
    )
    page = bench.open(query)
    with page.expect_download() as taken:
        page.locator(".downloads-of-answer").get_by_text(label, exact=True).click()
    assert taken.value.suggested_filename == f"answer.{suffix}"
    text = Path(taken.value.path()).read_text("utf-8")
    assert "developer" in text if suffix == "ttl" else "attempt" in text


# --- running ------------------------------------------------------------------------------


def test_a_running_query_is_stopped_on_the_server_too(bench: Workbench) -> None:
    page = bench.page
    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/sparql")) as sent:
        bench.open(CROSS_PRODUCT)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.locator(".query-status")).to_contain_text(re.compile(r"Running, \d s"))
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".query-status")).to_contain_text("ended on the server too")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    identifier = sent.value.headers["query-id"]
    address = f"{bench.service}/api/queries/{identifier}"
    deadline = time.monotonic() + 5  # it is ended at the keeper's next look, 50 ms later at most
    while (status := request("DELETE", address).status) == 204 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert status == 404


def test_time_rows_edition_and_rules_are_always_in_sight(bench: Workbench) -> None:
    bench.open(OUTCOMES)
    expect(bench.page.get_by_role("table")).to_be_visible()
    edition = get(f"{bench.service}/healthz").body.decode().split()[1]
    assert re.search(r"[\d.]+ s\s+5 rows\s+Edition " + edition, bench.status), bench.status
    assert "Default graph: union of all" in bench.status


def test_a_link_that_names_its_graphs_reads_those_alone(bench: Workbench) -> None:
    inferred = "https://shuangma.example/graph/inferred"
    query = "SELECT DISTINCT ?g WHERE { ?s ?p ?o . OPTIONAL { GRAPH ?g { ?s ?p ?o } } }"
    asked = urlencode({"query": query, "default-graph-uri": inferred, "named-graph-uri": inferred})
    bench.page.goto(f"{bench.service}/sparql?lang=en&{asked}")
    expect(bench.page.locator(".query-status")).to_contain_text("1 row")
    assert "Default graph: as FROM says" in bench.status
    expect(bench.page.locator(".query-editor")).to_contain_text(f"FROM NAMED <{inferred}>")
    expect(bench.page.get_by_role("cell", name="inferred", exact=True)).to_be_visible()
    assert bench.is_quiet(), (bench.complaints, bench.hosts)


def test_a_limit_that_cut_is_told(bench: Workbench) -> None:
    bench.open("SELECT * WHERE { ?s ?p ?o } LIMIT 7")
    expect(bench.page.get_by_text("Cut at LIMIT 7: there may be more.")).to_be_visible()
    bench.open("SELECT * WHERE { { SELECT * WHERE { ?s ?p ?o } LIMIT 7 } } LIMIT 9")
    expect(bench.page.locator(".query-status")).to_contain_text("7 rows")
    expect(bench.page.locator(".query-status")).not_to_contain_text("Cut at")


def test_a_deadline_is_explained(context: BrowserContext, foreign: Scratch) -> None:
    page = Workbench(context, foreign.url).open(CROSS_PRODUCT)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Out of time")
    expect(alert).to_contain_text("add LIMIT")


# --- the answer ---------------------------------------------------------------------------


def test_a_large_answer_is_paged_sorted_and_searched(bench: Workbench) -> None:
    page = bench.open("SELECT * WHERE { ?s ?p ?o } LIMIT 15000")
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(50)
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert [head.strip() for head in heads[1:4]] == ["s", "p", "o"]
    expect(page.get_by_text("Rows 1–50 of 15,000")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Rows 51–100 of 15,000")).to_be_visible()
    page.get_by_role("button", name="p", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("p")
    expect(page.get_by_text("Rows 1–50 of 15,000")).to_be_visible()
    page.get_by_role("searchbox", name="Find in the rows").fill("Attempt4")
    expect(page.get_by_text("of 15,000")).to_have_count(0)
    assert 0 < rows.count() <= 50


def test_names_stand_for_iris_and_lead_to_things(bench: Workbench) -> None:
    page = bench.open(OUTCOMES, language="zh-Hant")
    expect(page.get_by_role("link", name="第四次嘗試")).to_have_attribute("href", "/id/Attempt4")
    page.get_by_role("checkbox", name="顯示名稱").uncheck()
    expect(page.get_by_role("table").get_by_text("sm:GoalMissed")).to_be_visible()


def test_a_rows_passage_is_one_click_away(bench: Workbench) -> None:
    page = bench.open(OUTCOMES)
    row = page.get_by_role("row", name=re.compile("fourth attempt"))
    row.get_by_role("button", name=re.compile("says who")).click()
    passage = page.get_by_role("dialog").locator("blockquote a").first
    passage.click()
    page.wait_for_url(re.compile(r"/article/ma-yun-social.*#char=\d+,\d+"))


def test_a_row_is_found_in_the_raw_answer(bench: Workbench) -> None:
    page = bench.open(OUTCOMES)
    expect(page.get_by_role("table")).to_be_visible()
    third = page.get_by_role("table").locator("tbody tr").nth(2)
    iri = third.locator("a").first.get_attribute("title")
    page.get_by_role("button", name="Row 3 in the raw answer").click()
    marked = page.locator(".raw [aria-current=true]")
    binding = json.loads(marked.locator("code").inner_text())
    assert binding["attempt"]["value"] == iri
    marked.get_by_role("button", name="Row 3 in the table").click()
    row = page.get_by_role("table").locator("tr[aria-current=true] a").first
    expect(row).to_have_attribute("title", iri or "")


def test_a_graph_and_rows_of_things_are_drawn_as_a_network(bench: Workbench) -> None:
    for query, words in ((DEVELOPERS, "15 things|lines"), (OUTCOMES, "things")):
        page = bench.open(query, "network")
        page.locator(".network-canvas[data-ready=true]").wait_for()
        name = page.locator(".network-canvas").get_attribute("aria-label") or ""
        assert re.search(words, name)
    page.get_by_role("button", name="Zoom in").click()
    assert bench.is_quiet(), bench.complaints


def test_dated_rows_stand_on_a_timeline(bench: Workbench) -> None:
    page = bench.open(EVENTS, "timeline")
    line = page.locator(".timeline-canvas")
    expect(line.get_by_text("launch of Laiwang")).to_be_visible()
    expect(line.get_by_text("2013-09")).to_be_visible()
    line.get_by_text("launch of Laiwang").click()
    expect(page.locator("tr[aria-current=true]")).to_contain_text("2013-09")
    assert bench.is_quiet(), bench.complaints


@pytest.mark.parametrize(
    ("query", "kind"),
    [(BARS, "bar"), (SCATTER, "scatter"), (LINE, "line")],
    ids=["bar", "scatter", "line"],
)
def test_numbers_get_the_chart_that_suits_them(bench: Workbench, query: str, kind: str) -> None:
    page = bench.open(query)
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator(f"canvas[data-kind={kind}]")).to_be_visible()
    page.get_by_label("Kind").select_option("bar")
    expect(page.locator("canvas[data-kind=bar]")).to_be_visible()
    assert bench.is_quiet(), bench.complaints


def test_one_row_without_a_date_is_one(bench: Workbench) -> None:
    dates = '"2020-01-01"^^xsd:date "2020-02-01"^^xsd:date "2020-03-01"^^xsd:date'
    days = LINE[: LINE.index("SELECT")] + (
        f'SELECT ?day WHERE {{ VALUES ?day {{ {dates} "2020-04-01"^^xsd:date "one" }} }}'
    )
    page = bench.open(days, "timeline")
    expect(page.get_by_text("1 row has no date and is not on the timeline.")).to_be_visible()
    page = bench.open(days.replace('"one"', '"one" UNDEF').replace(dates, dates * 2), "timeline")
    expect(page.get_by_text("2 rows have no date and are not on the timeline.")).to_be_visible()


def test_an_answer_without_rows_helps_on(bench: Workbench) -> None:
    page = bench.open(
        f"{PREFIXES}SELECT * WHERE {{ ?x a sm:Attempt ; sm:passage ?p ; sm:outcome ?o }}"
    )
    advice = page.locator(".empty-advice")
    expect(advice).to_contain_text("A pattern may ask for what is not in the data")
    expect(advice.locator("code")).to_have_text(["?x sm:passage ?p"])
    bench.open(
        f"{PREFIXES}SELECT * WHERE {{ {{ ?x a sm:Event ; schema:startDate 'never' }}"
        " UNION { ?x a sm:Attempt ; sm:nothing ?p } }"
    )
    expect(advice.locator("code")).to_have_text(["?x sm:nothing ?p"])
    bench.open(f"{PREFIXES}SELECT * WHERE {{ ?x sm:outcome ?o ; sm:passage ?p }}")
    expect(advice).to_contain_text("A pattern may ask for what is not in the data")
    expect(advice.locator("code")).to_have_count(0)


def test_views_that_say_nothing_are_not_offered(bench: Workbench) -> None:
    page = bench.open("SELECT ?words WHERE { VALUES ?words { 'a' 'b' } }")
    views = page.get_by_role("tablist", name="Views").get_by_role("tab")
    expect(views).to_have_text(["Table", "Raw answer"])


# --- anyone's data ------------------------------------------------------------------------


def test_a_dataset_of_others_is_completed_and_shown(
    context: BrowserContext, foreign: Scratch
) -> None:
    bench = Workbench(context, foreign.url)
    page = bench.open()
    page.route("**/vis-timeline*.css*", late)
    bench.clear()
    bench.choose("sel", "SELECT * WHERE { }")
    page.keyboard.type("?leaf a ")
    bench.choose("leaf", "words:Leaf")
    page.keyboard.type("; ")
    bench.choose("grown", "words:grownBy")
    bench.choose("", "?grownBy")
    page.keyboard.type("; ")
    bench.choose("pick", "words:picked")
    bench.choose("", "?picked")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(3)
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
    page.get_by_role("button", name="Row 1: says who?").click()
    expect(page.get_by_role("dialog")).to_contain_text("record no evidence")
    page.get_by_role("button", name="Close", exact=True).click()
    for view, drawn in (("Network", ".network-canvas[data-ready=true]"), ("Timeline", ".vis-item")):
        page.get_by_role("tab", name=view).click()
        page.locator(drawn).first.wait_for()
    page.get_by_role("link", name="How do things hang together?").click()
    expect(page.locator(".query-status")).to_contain_text("triples")
    assert bench.dialogs == []
    assert page.locator("img[src=x]").count() == 0
    assert bench.is_quiet(), bench.complaints


# --- for everyone -------------------------------------------------------------------------


STATES: dict[str, tuple[str, str, str]] = {
    "nothing": ("", "", ".query-status"),
    "table": (OUTCOMES, "table", "table tbody tr"),
    "network": (DEVELOPERS, "network", ".network-canvas[data-ready=true]"),
    "timeline": (EVENTS, "timeline", ".vis-item"),
    "chart": (BARS, "chart", "canvas[data-kind]"),
    "raw": (OUTCOMES, "raw", ".raw li"),
    "mistake": ("SELECT", "", "[role=alert]"),
}


@pytest.mark.parametrize(
    ("language", "narrow", "states"),
    [("en", False, [*STATES]), ("zh-Hant", True, [*STATES]), ("zh-Hans", False, ["table"])],
    ids=["en", "zh-Hant", "zh-Hans"],
)
def test_the_page_is_accessible_in_each_state(
    browser: Browser, service: str, language: str, narrow: bool, states: list[str]
) -> None:
    context = browser.new_context(
        viewport={"width": 360 if narrow else 1440, "height": 900},
        color_scheme="dark" if narrow else "light",
        bypass_csp=True,
    )
    bench = Workbench(context, service)
    page = bench.page
    found: dict[str, list[str]] = {}
    for name in states:
        query, view, sign = STATES[name]
        bench.open(query, view, language)
        page.locator(sign).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        found[name] = violations(page)
    context.close()
    assert found == {name: [] for name in states}


def test_switching_languages_keeps_the_query(bench: Workbench) -> None:
    page = bench.open(BARS, "chart")
    page.locator("canvas[data-kind]").wait_for()
    page.get_by_role("link", name="简体中文").click()
    page.locator("canvas[data-kind]").wait_for()
    expect(page.get_by_role("tab", name="图表")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("textbox", name="SPARQL")).to_contain_text("COUNT(*) AS ?products")


@pytest.mark.parametrize("width", [1440, 390])
def test_who_follows_a_question_sees_its_answer_at_once(
    browser: Browser, service: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto(f"{service}/?lang=en")
    page.get_by_role("link", name="How did each attempt end, in order of dates?").click()
    row = page.locator(".answer-table tbody tr").first
    expect(row).to_be_visible()
    box = row.bounding_box()
    assert box is not None
    if width > 1000:
        assert box["y"] + box["height"] < 844
    editor = page.locator(".query-editor")
    small = editor.bounding_box()
    page.get_by_role("textbox", name="SPARQL").click()
    large = editor.bounding_box()
    assert small is not None
    assert large is not None
    assert small["height"] < 200 < large["height"]
    context.close()
