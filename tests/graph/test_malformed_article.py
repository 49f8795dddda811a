"""What is wrong with an article is said with file, line and mend, and harms nothing."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.article import article_folders, read_article
from graph.compile import compile_article
from graph.dataset import build_dataset
from graph.errors import ArticleNotFound, InvalidArticle
from graph.store import EditionStore
from ontology import Vocabulary
from server.cli import main

FIXTURES = Path(__file__).parent.parent / "articles"
ARTICLE, ENTITIES, STATEMENTS = "article.yaml", "entities.yaml", "statements.yaml"
TEXT, TEXT_EN = "text.zh-Hant.md", "text.en.md"
FACTS = "      opening-ordinal: [Opening, ordinal, 1]\n"


@dataclass(frozen=True)
class Mistake:
    """`old` becomes `new` in `file`; the problem is at the line that has `at`, in `reported`.

    `at` None means that the problem concerns the whole file.
    """

    name: str
    file: str
    old: str | bytes
    new: str | bytes
    at: str | None
    message: str
    reported: str = ""

    def make(self, folder: Path) -> None:
        path = folder / self.file
        data = path.read_bytes()
        old = self.old.encode() if isinstance(self.old, str) else self.old
        new = self.new.encode() if isinstance(self.new, str) else self.new
        assert old in data, f"{self.name}: {self.old!r} is not in {self.file}"
        path.write_bytes(data.replace(old, new, 1))

    def line(self, folder: Path) -> int:
        if self.at is None:
            return 0
        text = (folder / (self.reported or self.file)).read_bytes()
        return text.count(b"\n", 0, text.index(self.at.encode())) + 1


def fact(name: str, written: str, message: str) -> Mistake:
    """A fact of the first entry that is wrong."""
    return Mistake(name, STATEMENTS, FACTS, f"      wrong: {written}\n", "      wrong:", message)


def value(name: str, old: str, new: str, message: str, at: str | None = None) -> Mistake:
    """A value of statements.yaml that is wrong."""
    return Mistake(name, STATEMENTS, old, new, at or new.strip().splitlines()[0], message)


MISTAKES = [
    # YAML
    Mistake("tab", ENTITIES, "  class: Person", "\tclass: Person", "\tclass", "no YAML"),
    Mistake(
        "bad indent",
        ENTITIES,
        "  class: Person\n  label",
        "  class: Person\n label",
        " label: {zh-Hant: 老王",
        "no YAML",
    ),
    Mistake("unclosed quote", ARTICLE, "The tea house", '"The tea house', "The tea", "no YAML"),
    Mistake(
        "unclosed bracket",
        STATEMENTS,
        "implied: [TeaHouse]",
        "implied: [TeaHouse",
        "modality: attributed",
        "no YAML",
    ),
    Mistake(
        "duplicate key",
        ARTICLE,
        "author: Reporter\n",
        "author: Reporter\nauthor: LaoWang\n",
        "author: LaoWang",
        "“author”",
    ),
    Mistake("alias", ARTICLE, "publisher: Reporter", "publisher: *someone", "publisher", "alias"),
    Mistake(
        "anchor and alias",
        ENTITIES,
        "  label: {zh-Hant: 記者, en: Reporter}",
        "  label: &a {zh-Hant: 記者, en: Reporter}\n  note: *a",
        "  note: *a",
        "alias",
    ),
    Mistake("tag", ARTICLE, "title:", "title: !!set", "title: !!set", "a tag"),
    Mistake("two documents", ARTICLE, "author:", "---\nauthor:", "---", "no YAML"),
    Mistake("control character", ARTICLE, "The tea", "The\x01 tea", "The\x01 tea", "U+0001"),
    Mistake(
        "escaped control character", ARTICLE, "en: The tea", 'en: "\\0" #', 'en: "\\0"', "U+0000"
    ),
    Mistake("escaped surrogate", ENTITIES, "en: Coffee bar", 'en: "\\uD83D"', "uD83D", "U+D83D"),
    # Keys
    Mistake(
        "unknown key",
        ENTITIES,
        "  wikidata: Q42",
        "  wikipedia: Q42",
        "wikipedia",
        "“wikipedia” is not a key",
    ),
    Mistake(
        "missing key",
        ENTITIES,
        "CoffeeBar:\n  class: Platform\n",
        "CoffeeBar:\n",
        "CoffeeBar:",
        "“class” is missing",
    ),
    Mistake("missing top key", ARTICLE, "author: Reporter\n", "", "title:", "“author” is missing"),
    value(
        "missing quote",
        "    quote: 記者認為它和對面的咖啡館相爭\n",
        "",
        "“quote” is missing",
        "  - key: rivalry",
    ),
    value("bad entry key", "key: cups", "key: Cups!", "“Cups!”"),
    value("bad fact key", "opening-date:", "Opening_Date:", "“Opening_Date”"),
    value(
        "duplicate entry key",
        "- key: rivalry",
        "- key: opening",
        "“opening”",
        "  - key: opening\n    quote: 記者",
    ),
    value(
        "duplicate fact key",
        "      rivals:",
        "      opening-date:",
        "“opening-date”",
        "opening-date: [TeaHouse",
    ),
    value(
        "duplicate fact key in one entry",
        "      opening-ordinal:",
        "      opening-date:",
        "“opening-date”",
        "opening-date: [Opening, ordinal",
    ),
    value(
        "duplicate observation key",
        "      cups-hoped:\n",
        "      cups-sold:\n",
        "“cups-sold”",
        "cups-sold:\n        about: TeaHouse\n        metric: Cups\n        min",
    ),
    # Names and kinds
    Mistake("unknown class", ENTITIES, "class: Person", "class: Persona", "Persona", "“Persona”"),
    Mistake(
        "property for a class", ENTITIES, "class: Person", "class: owner", "class: owner", "“owner”"
    ),
    Mistake("Chinese name", ENTITIES, "CoffeeBar:", "咖啡館:", "咖啡館:", "“咖啡館”"),
    Mistake(
        "name with spaces", ENTITIES, "CoffeeBar:", "Coffee Bar:", "Coffee Bar:", "“Coffee Bar”"
    ),
    Mistake("number for a name", ENTITIES, "CoffeeBar:", "7:", "7:", "“7”"),
    Mistake("bad Wikidata id", ENTITIES, "Q42", "q42", "q42", "“q42”"),
    Mistake(
        "bad tag of a label", ENTITIES, "en: Coffee bar", "en_GB: Coffee bar", "en_GB", "“en_GB”"
    ),
    Mistake(
        "tag that no reader takes",
        ENTITIES,
        "en: Coffee bar",
        "en-ab-cd: Coffee bar",
        "en-ab-cd",
        "“en-ab-cd”",
    ),
    Mistake("empty label", ENTITIES, "en: Coffee bar", "en: ''", "en: ''", "empty"),
    Mistake("number for a label", ENTITIES, "en: Coffee bar", "en: 7", "en: 7", "“7”"),
    Mistake(
        "no label", ENTITIES, "{zh-Hant: 咖啡館, en: Coffee bar}", "{}", "label: {}", "language"
    ),
    Mistake(
        "entity named as an observation",
        ENTITIES,
        "Drinks:",
        "cups-sold:",
        "      cups-sold:",
        "“cups-sold”",
        STATEMENTS,
    ),
    Mistake(
        "unknown author", ARTICLE, "author: Reporter", "author: Reportre", "Reportre", "“Reportre”"
    ),
    fact("unknown property", "[LaoWang, contrls, TeaHouse]", "“contrls”"),
    fact("property that is not citable", "[LaoWang, article, TeaHouse]", "“article”"),
    fact("wrong class of subject", "[CoffeeBar, controls, TeaHouse]", "CoffeeBar is a Platform"),
    fact("wrong class of object", "[LaoWang, controls, Drinks]", "Drinks is a Market"),
    fact("unknown subject", "[LaoWong, controls, TeaHouse]", "“LaoWong”"),
    fact("unknown object", "[LaoWang, controls, TeeHouse]", "“TeeHouse”"),
    fact("number for a name in a fact", "[LaoWang, controls, 7]", "“7”"),
    fact("too few terms", "[LaoWang, controls]", "“wrong”"),
    fact("too many terms", "[LaoWang, controls, TeaHouse, Cups]", "“wrong”"),
    fact("no list", "LaoWang controls TeaHouse", "“wrong”"),
    fact("empty term", "[LaoWang, controls, ]", "“wrong”"),
    fact("truth value", "[Opening, ordinal, true]", "“true”"),
    fact("list for a term", "[Opening, ordinal, [1]]", "a list"),
    fact("day that does not exist", "[Opening, startDate, 2014-02-30]", "“2014-02-30”"),
    fact("month that does not exist", "[Opening, startDate, 2013-13]", "“2013-13”"),
    fact("date without hyphens", "[Opening, startDate, 20140228]", "“20140228”"),
    fact("week for a date", "[Opening, startDate, 2014-W09-5]", "“2014-W09-5”"),
    fact("full-width digits", "[Opening, startDate, ２０１４]", "“２０１４”"),
    fact("text as a number", '[Opening, ordinal, "1"]', "“1”"),
    fact("fraction for a whole number", "[Opening, ordinal, 1.5]", "“1.5”"),
    value(
        "unknown implied",
        "implied: [TeaHouse]",
        "implied:\n      - TeaHouse\n      - CafeHouse",
        "“CafeHouse”",
        "- CafeHouse",
    ),
    value("unknown by", "by: Reporter", "by: Nobody", "“Nobody”"),
    # Quotes
    value("quote that is not there", "quote: 記者認為", "quote: 記者說", "“記者說"),
    value(
        "quote that is there twice", "quote: 記者認為它和對面的咖啡館相爭", "quote: 茶香", "2 times"
    ),
    value(
        "quote over a paragraph",
        "quote: 記者認為它和對面的咖啡館相爭",
        'quote: "相爭。\\n\\n一月"',
        "paragraph",
    ),
    value(
        "English quote that is not there",
        "quote_en: The reporter",
        "quote_en: A reporter",
        "“A rep",
    ),
    value("oddity's quote that is not there", "    quote: 盼賣", "    quote: 想賣", "“想賣"),
    # Figures and values
    value("number as a text", "value: 972", "value: 972億", "“972億”"),
    value("number in quotes", "value: 972", 'value: "972"', "“972”"),
    value("truth value for a figure", "value: 972", "value: yes", "“yes”"),
    value("infinite figure", "value: 972", "value: .inf", "“value”"),
    value(
        "value and range",
        "        value: 972\n",
        "        value: 972\n        min: 1\n        max: 2\n",
        "either",
        "      cups-sold:",
    ),
    value(
        "value and minimum",
        "        value: 972\n",
        "        value: 972\n        min: 1\n",
        "either",
        "      cups-sold:",
    ),
    value("no value", "        value: 972\n", "", "either", "      cups-sold:"),
    value("minimum alone", "        max: 2000\n", "", "either", "      cups-hoped:"),
    value("minimum as large as maximum", "max: 2000", "max: 1000", "min", "      cups-hoped:"),
    value("unknown unit", "unit: number", "unit: cups", "“cups”"),
    value("unknown precision", "precision: FromTo", "precision: Roughly", "“Roughly”"),
    value("unit for a precision", "precision: FromTo", "precision: Cups", "Cups is a Metric"),
    value(
        "precision for a modality", "modality: Forecast", "modality: Exact", "Exact is a Precision"
    ),
    value("bad date of a figure", "startDate: 2014-03", "startDate: 2014-3", "“2014-3”"),
    value("bad period", "observationPeriod: P1M", "observationPeriod: month", "“month”"),
    value("thing for a metric", "metric: Cups", "metric: TeaHouse", "TeaHouse is a Platform"),
    value("unknown metric", "metric: Cups", "metric: Mugs", "“Mugs”"),
    value(
        "compared with a thing", "comparedWith: cups-sold", "comparedWith: TeaHouse", "TeaHouse is"
    ),
    # Modality
    value("attributed without by", "    by: Reporter\n", "", "by whom", "  - key: rivalry"),
    value("unknown modality", "modality: attributed", "modality: rumoured", "“rumoured”"),
    value(
        "entry that says nothing",
        "    facts:\n      rivals: [TeaHouse, competesWith, CoffeeBar]\n",
        "",
        "facts or observations",
        "  - key: rivalry",
    ),
    # Spans and the original
    value("span reversed", "source: [0, 16]", "source: [16, 0]", "start < end"),
    value("span beyond the original", "source: [0, 16]", "source: [0, 61]", "61"),
    value(
        "second span beyond the original",
        "source: [[17, 25], [26, 30]]",
        "source:\n      - [17, 25]\n      - [26, 99]",
        "99",
        "- [26, 99]",
    ),
    value("span of three", "source: [0, 16]", "source: [0, 16, 20]", "two whole numbers"),
    value("span of one", "source: [0, 16]", "source: [0]", "two whole numbers"),
    value("span of texts", "source: [0, 16]", 'source: ["0", "16"]', "two whole numbers"),
    value("span that is no list", "source: [0, 16]", "source: 0-16", "“source”"),
    value("no span in the list", "source: [0, 16]", "source: []", "“source”"),
    value("negative span", "source: [0, 16]", "source: [-1, 16]", "0 <= start"),
    Mistake(
        "source without original",
        ARTICLE,
        f"original:\n  sha256: {4 * '0123456789abcdef'}\n  length: 60\n  byline: [0, 5]\n",
        "",
        "source: [0, 16]",
        "original",
        STATEMENTS,
    ),
    Mistake("bad SHA-256", ARTICLE, "sha256: 0123", "sha256: xyz", "sha256", "“xyz"),
    Mistake("bad length", ARTICLE, "length: 60", "length: -60", "length", "length"),
    Mistake(
        "byline beyond the original", ARTICLE, "byline: [0, 5]", "byline: [0, 500]", "byline", "500"
    ),
    # The article
    Mistake("bad language", ARTICLE, "language: zh-Hant", "language: 中文", "language", "“中文”"),
    Mistake(
        "language with rubbish around",
        ARTICLE,
        "language: zh-Hant",
        "language: '!zh-Hant '",
        "language",
        "“!zh-Hant ”",
    ),
    Mistake(
        "day of publication that does not exist",
        ARTICLE,
        "2021-03-04",
        "2021-02-29",
        "date:",
        "“2021-02-29”",
    ),
    Mistake(
        "date of publication without hyphens",
        ARTICLE,
        "2021-03-04",
        "20210304",
        "date:",
        "“20210304”",
    ),
    Mistake("year of publication alone", ARTICLE, "2021-03-04", "2021", "date:", "“2021”"),
    Mistake(
        "license that is no IRI",
        ARTICLE,
        "https://creativecommons.org/licenses/by/4.0/",
        "https://example.org/<by>",
        "license",
        "“https://example.org/<by>”",
    ),
    Mistake(
        "license that is not ASCII",
        ARTICLE,
        "https://creativecommons.org/licenses/by/4.0/",
        "https://example.org/許可",
        "license",
        "“https://example.org/許可”",
    ),
    # Oddities
    value(
        "oddity about an unknown key",
        "about: [cups-hoped]",
        "about: [cups-wished]",
        "“cups-wished”",
    ),
    value(
        "contradiction of an unknown key",
        "[[cups-sold, cups-hoped]]",
        "[[cups-sold, cups]]",
        "“cups”",
        "contradicts:",
    ),
    value(
        "contradiction of one",
        "[[cups-sold, cups-hoped]]",
        "[[cups-sold]]",
        "at least 2",
        "contradicts:",
    ),
    value(
        "oddity without reason",
        "    reason: {zh-Hant: 盼的比賣的多一倍, en: The hope is twice the sale}\n",
        "",
        "“reason” is missing",
        "  too-few:",
    ),
    # Texts
    Mistake(
        "CRLF",
        TEXT,
        b"\n\n\xe4\xb8\x80\xe6\x9c\x88",
        b"\r\n\r\n\xe4\xb8\x80\xe6\x9c\x88",
        "相爭",
        "carriage return",
    ),
    Mistake("not UTF-8", TEXT, "一月".encode(), "一月".encode("big5"), "杯", "not UTF-8"),
    Mistake(
        "YAML not UTF-8",
        ENTITIES,
        "咖啡館".encode(),
        "咖啡館".encode("big5"),
        "en: Coffee",
        "not UTF-8",
    ),
    Mistake("not NFC", TEXT_EN, "bar.", "bare\u0301.", "bare", "normal form C"),
    Mistake("BOM", TEXT, "", "\ufeff", "\ufeff", "byte order mark"),
    Mistake("BOM in YAML", ARTICLE, "", "\ufeff", "\ufeff", "byte order mark"),
    Mistake("control character in a text", TEXT, "相爭", "相\x00爭", "相", "U+0000"),
]
NAMES = [mistake.name for mistake in MISTAKES]


def problems_of(folder: Path, vocabulary: Vocabulary) -> InvalidArticle:
    with pytest.raises(InvalidArticle) as caught:
        compile_article(read_article(folder), vocabulary)
    return caught.value


@pytest.mark.parametrize("mistake", MISTAKES, ids=NAMES)
def test_a_mistake_is_reported_with_file_line_and_mend(
    mistake: Mistake, folder: Path, vocabulary: Vocabulary
) -> None:
    mistake.make(folder)
    error = problems_of(folder, vocabulary)
    first = error.problems[0]
    assert first.path == folder / (mistake.reported or mistake.file)
    assert mistake.message in str(first)
    assert first.line == mistake.line(folder), str(error)
    assert first.mend.endswith((".", "?")), str(error)
    assert len(error.problems) == len(
        {(each.line, each.column, each.message) for each in error.problems}
    )


@pytest.mark.parametrize(
    "mistake", [m for m in MISTAKES if m.name != "source without original"], ids=lambda m: m.name
)
def test_one_mistake_is_reported_once(
    mistake: Mistake, folder: Path, vocabulary: Vocabulary
) -> None:
    mistake.make(folder)
    # A name that is no longer declared is missed wherever it was used.
    consequences = ("Nothing here is named", "No statement has the key")
    found = problems_of(folder, vocabulary).problems
    own = [p for p in found if not p.message.startswith(consequences)] or found
    assert len(own) == 1, "\n".join(map(str, found))


@pytest.mark.parametrize("name", [ARTICLE, ENTITIES, STATEMENTS, TEXT])
@pytest.mark.parametrize("made", ["missing", "empty", "a folder"])
def test_a_file_that_is_not_there_is_reported(
    name: str, made: str, folder: Path, vocabulary: Vocabulary
) -> None:
    (folder / name).unlink()
    if made == "empty":
        (folder / name).write_text("")
    elif made == "a folder":
        (folder / name).mkdir()
    first = problems_of(folder, vocabulary).problems[0]
    assert first.path == folder / name
    assert first.line == (1 if made == "empty" else 0)
    assert ("is empty" if made == "empty" else "is missing") in first.message
    assert first.mend


@pytest.mark.parametrize("content", ["- a\n- list\n", "a text\n", "# comments alone\n", "42\n"])
@pytest.mark.parametrize("name", [ARTICLE, ENTITIES, STATEMENTS])
def test_a_yaml_file_without_a_mapping_is_reported(
    name: str, content: str, folder: Path, vocabulary: Vocabulary
) -> None:
    (folder / name).write_text(content)
    first = problems_of(folder, vocabulary).problems[0]
    assert (first.path, first.line) == (folder / name, 1)
    assert "no mapping" in first.message
    assert first.mend


def test_an_english_quote_needs_the_english_text(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / TEXT_EN).unlink()
    first = problems_of(folder, vocabulary).problems[0]
    text = (folder / STATEMENTS).read_text(encoding="utf-8")
    assert first.path == folder / STATEMENTS
    assert first.line == text[: text.index("quote_en")].count("\n") + 1
    assert TEXT_EN in first.message
    assert first.mend


@pytest.mark.parametrize(
    "slug",
    ["Tea-House", "tea_house", "茶館", "tea house", "-tea", "inferred", "ontology", "dataset"],
)
def test_a_folder_whose_name_makes_no_iri_is_reported(
    slug: str, folder: Path, vocabulary: Vocabulary
) -> None:
    renamed = folder.rename(folder.with_name(slug))
    first = problems_of(renamed, vocabulary).problems[0]
    assert (first.path, first.line) == (renamed, 0)
    assert f"“{slug}”" in first.message
    assert first.mend


@pytest.mark.parametrize(
    "name", ["text.original.md", "text.de_DE.md", "text.zh.old.md", "text..md"]
)
def test_a_text_whose_name_has_no_language_is_reported(
    name: str, folder: Path, vocabulary: Vocabulary
) -> None:
    shutil.copy(folder / TEXT_EN, folder / name)
    first = problems_of(folder, vocabulary).problems[0]
    assert (first.path, first.line) == (folder / name, 0)
    assert first.mend


def test_a_text_that_is_too_large_is_reported(folder: Path, vocabulary: Vocabulary) -> None:
    with (folder / TEXT_EN).open("ab") as file:
        file.truncate(17 * 1024 * 1024)
    first = problems_of(folder, vocabulary).problems[0]
    assert first.path == folder / TEXT_EN
    assert "16 MiB" in first.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read any file")
def test_a_file_that_may_not_be_read_is_reported(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / TEXT).chmod(0)
    first = problems_of(folder, vocabulary).problems[0]
    assert first.path == folder / TEXT
    assert first.mend


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ArticleNotFound, match="no-such"):
        read_article(tmp_path / "no-such")
    with pytest.raises(ArticleNotFound, match="no-such"):
        article_folders(tmp_path / "no-such")


def test_all_mistakes_of_form_are_reported_at_once(folder: Path, vocabulary: Vocabulary) -> None:
    for name in ("missing top key", "unknown key", "bad Wikidata id", "span reversed", "not NFC"):
        mistake = MISTAKES[NAMES.index(name)]
        if name == "bad Wikidata id":
            mistake = Mistake(
                "", ENTITIES, "wikipedia: Q42", "wikipedia: Q42\n  wikidata: q42", "", ""
            )
        mistake.make(folder)
    found = {(p.path.name, p.line) for p in problems_of(folder, vocabulary).problems}
    assert found == {
        (ARTICLE, 1), (ENTITIES, 9), (ENTITIES, 10), (STATEMENTS, 5), (TEXT_EN, 3),
    }  # fmt: skip


def test_all_mistakes_of_meaning_are_reported_at_once(folder: Path, vocabulary: Vocabulary) -> None:
    names = (
        "unknown class", "unknown author", "unknown by", "unknown unit", "quote that is not there",
        "day that does not exist", "oddity about an unknown key", "span beyond the original",
    )  # fmt: skip
    for name in names:
        MISTAKES[NAMES.index(name)].make(folder)
    error = problems_of(folder, vocabulary)
    for name in names:
        assert MISTAKES[NAMES.index(name)].message in str(error), name
    assert list(error.problems) == sorted(error.problems)


def test_the_mistakes_of_all_articles_are_reported_at_once(
    folder: Path, vocabulary: Vocabulary
) -> None:
    other = Path(shutil.copytree(FIXTURES / "hai-gang", folder.with_name("hai-gang")))
    Mistake("", ENTITIES, "class: Person", "clas: Person", "", "").make(other)
    fact("", "[LaoWang, contrls, TeaHouse]", "").make(folder)
    with pytest.raises(InvalidArticle) as caught:
        build_dataset([folder, other], vocabulary)
    assert {problem.path.parent.name for problem in caught.value.problems} == {
        "tea-house",
        "hai-gang",
    }


def test_two_folders_of_one_name_are_refused(
    folder: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "elsewhere" / "tea-house"))
    with pytest.raises(InvalidArticle, match="tea-house"):
        build_dataset([folder, other], vocabulary)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[EditionStore, list[str]]:
    """A store with the articles beside the tests, and what it answers."""
    store = EditionStore(tmp_path_factory.mktemp("served") / "store")
    arguments = ["build", "--articles", str(FIXTURES), "--store", str(store.folder)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    return store, sorted(map(str, store.engine().quads()))


CLI_MISTAKES = [
    "tab", "duplicate key", "unknown key", "missing key", "unknown class", "Chinese name",
    "escaped surrogate", "alias", "number as a text", "quote that is not there", "not UTF-8", "BOM",
    "license that is no IRI", "language with rubbish around", "tag that no reader takes",
]  # fmt: skip


@pytest.mark.parametrize("name", CLI_MISTAKES)
def test_a_mistake_leaves_the_store_as_it_was(
    name: str, folder: Path, served: tuple[EditionStore, list[str]]
) -> None:
    store, answers = served
    mistake = MISTAKES[NAMES.index(name)]
    mistake.make(folder)
    before = store.current()
    arguments = ["build", "--articles", str(folder.parent), "--store", str(store.folder)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert f"{mistake.reported or mistake.file}:{mistake.line(folder)}:" in result.stderr
    assert store.current() == before
    assert sorted(map(str, store.engine().quads())) == answers


@pytest.mark.parametrize("name", [ARTICLE, ENTITIES, STATEMENTS])
def test_a_folder_that_lacks_a_file_is_not_passed_over(
    name: str, folder: Path, served: tuple[EditionStore, list[str]]
) -> None:
    store, _ = served
    (folder / name).unlink()
    before = store.current()
    arguments = ["build", "--articles", str(folder.parent), "--store", str(store.folder)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert name in result.stderr
    assert store.current() == before


def test_a_folder_of_articles_that_is_not_there_leaves_the_store_as_it_was(
    tmp_path: Path, served: tuple[EditionStore, list[str]]
) -> None:
    store, _ = served
    before = store.current()
    arguments = ["build", "--articles", str(tmp_path / "nowhere"), "--store", str(store.folder)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert store.current() == before


SCRAPS = st.sampled_from(
    [
        "", " ", "\n", "  ", ":", ": ", "- ", "[", "]", "{", "}", "'", '"', "#", "&a ", "*a",
        "!!binary ", "!!int ", "!x ", "? ", "<<: ", "|", ">", "%", "@", "---\n", "true", "!!set ",
        "0x1F", "1e999", ".nan", "2014-02-30", "\t", "\\", "\x85", "\u2028", "釘", "𠮷", "[]: x\n",
    ]
)  # fmt: skip


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_written_raises_nothing_but_invalid_article(
    data: st.DataObject, folder: Path, vocabulary: Vocabulary
) -> None:
    name = data.draw(st.sampled_from([ARTICLE, ENTITIES, STATEMENTS]))
    text = (FIXTURES / "tea-house" / name).read_text(encoding="utf-8")
    changed = text
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(changed)))
        end = min(len(changed), start + data.draw(st.integers(0, 12)))
        changed = changed[:start] + data.draw(SCRAPS) + changed[end:]
    (folder / name).write_text(changed, encoding="utf-8")
    try:
        compile_article(read_article(folder), vocabulary)
    except InvalidArticle as error:
        assert all(problem.message and problem.mend for problem in error.problems), str(error)
    finally:
        (folder / name).write_text(text, encoding="utf-8")


def test_a_key_that_holds_a_list_is_reported(folder: Path, vocabulary: Vocabulary) -> None:
    path = folder / ARTICLE
    path.write_text(path.read_text("utf-8") + "? {a: [b]}\n: c\n", "utf-8")
    (problem,) = problems_of(folder, vocabulary).problems
    assert "a key is a mapping or a list" in problem.message and problem.line > 1


def test_an_anchor_that_is_given_twice_is_no_matter(folder: Path, vocabulary: Vocabulary) -> None:
    path = folder / ARTICLE
    title, name, *rest = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([f"&a {title}", f"  &a {name.strip()}", *rest, ""]), "utf-8")
    compile_article(read_article(folder), vocabulary)


def test_a_license_with_a_host_that_is_none_is_reported(
    folder: Path, vocabulary: Vocabulary
) -> None:
    path = folder / ARTICLE
    kept = [line for line in path.read_text("utf-8").splitlines() if "license:" not in line]
    path.write_text("\n".join([*kept, "license: 'https://[e/x'", ""]), "utf-8")
    (problem,) = problems_of(folder, vocabulary).problems
    assert "is no IRI" in problem.message
