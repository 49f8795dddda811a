"""A made-up graph of business news, of an exact size, as N-Quads: same seed, same bytes.

It is shaped as Shuangma's own data are: companies, people and products; articles, each
with a named graph of the facts, investments and figures that it reports; a statement for
each fact, cited to a passage with its text. A few platforms are hubs of 10,000 edges and
more. There is no blank node, and no triple stands in two graphs, so that engines that
differ in what a union of graphs repeats still give the same answers.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import chain, islice
from pathlib import Path

from tests.bench import words
from tests.engines.cache import ignored

BASE = "https://shuangma.example/"
SM = f"{BASE}ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
OA = "http://www.w3.org/ns/oa#"
UNIT = "http://qudt.org/vocab/unit/"

HUB_PREDICATES = ("serves", "reliesOn", "competesWith", "memberOf", "has")
METRICS = 24
MARKETS = 200
PLACES = 120
PUBLISHERS = 60
FIGURES_PER_ARTICLE = 2
STATEMENTS_PER_ARTICLE = 8
FIRST_DAY = date(2010, 1, 1)
DAYS = 6000

_FACTS_PER_ARTICLE = 4
_FACT_PREDICATES = ("owner", "competesWith", "reliesOn", "serves", "outdid", "mergedInto")
_WRITE_LINES = 20_000


@dataclass(frozen=True)
class Census:
    """How many things of each kind a generated file holds, numbered from 0.

    `articles` counts those that are whole: the last one is cut where the file is full.
    """

    quads: int
    companies: int
    people: int
    products: int
    hubs: int
    hub_edges: int
    articles: int = 0

    @classmethod
    def of(cls, quads: int) -> Census:
        """What a file of so many quads holds; its articles are what fills it up."""
        hubs = max(1, quads // 200_000)
        return cls(
            quads=quads,
            companies=quads * 12 // 1000,
            people=quads * 15 // 1000,
            products=quads * 10 // 1000,
            hubs=hubs,
            hub_edges=max(10_000 * hubs, quads * 8 // 100),
        )

    @property
    def things(self) -> int:
        return self.companies + self.people + self.products


def thing(census: Census, number: int) -> str:
    """The IRI of the `number`th company, person or product."""
    for kind, count in (
        ("Company", census.companies),
        ("Person", census.people),
        ("Product", census.products),
    ):
        if number < count:
            return f"{BASE}id/{kind}{number}"
        number -= count
    raise IndexError(number)


def day(number: int) -> str:
    return (FIRST_DAY + timedelta(days=number)).isoformat()


def write(quads: int, folder: Path, seed: int = 1) -> tuple[Path, Census]:
    """The file of so many quads, made in `folder` unless it is there already."""
    program = hashlib.sha256()
    for module in (__file__, words.__file__):
        program.update(Path(module).read_bytes())
    path = folder / f"news-{quads}-{seed}-{program.hexdigest()[:8]}.nq"
    counted = path.with_suffix(".json")
    if counted.exists():
        return path, Census(**json.loads(counted.read_text()))
    ignored(folder)
    generator = Generator(quads, seed)
    lines = islice(generator.lines(), quads)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        while block := "".join(islice(lines, _WRITE_LINES)):
            file.write(block)
    counted.write_text(json.dumps(asdict(generator.census)))
    return path, generator.census


class Generator:
    """One run over the lines of a graph; keeps what has been said, to say nothing twice."""

    def __init__(self, quads: int, seed: int) -> None:
        self.census = Census.of(quads)
        # Only `random()` is promised to give the same numbers in every version of Python.
        self._random = random.Random(seed).random
        self._said: set[tuple[int, int, int]] = set()
        self._days = [day(number) for number in range(DAYS)]

    def lines(self) -> Iterator[str]:
        """All lines, each with its end; more than the size asked for, if let run on."""
        written = 0
        for line in chain(
            self._vocabulary(), self._companies(), self._people(), self._products(), self._edges()
        ):
            written += 1
            yield line
        article = 0
        while True:
            lines = list(self._article(article))
            written += len(lines)
            article += 1
            if written <= self.census.quads:
                self.census = Census(**{**asdict(self.census), "articles": article})
            yield from lines

    def _below(self, count: int) -> int:
        return int(self._random() * count)

    def _popular(self, count: int) -> int:
        """A number below `count`, small ones oftener: some companies are in all the news."""
        return int(self._random() ** 2 * count)

    def _pick(self, words: tuple[str, ...]) -> str:
        return words[int(self._random() * len(words))]

    def _vocabulary(self) -> Iterator[str]:
        graph = _iri("graph/vocabulary")
        for kind, count, names in (
            ("Market", MARKETS, words.MARKET_NAMES),
            ("Place", PLACES, words.PLACE_NAMES),
            ("Publisher", PUBLISHERS, words.PUBLISHER_NAMES),
            ("Metric", METRICS, words.METRIC_NAMES),
        ):
            for number in range(count):
                chinese, english = names[number % len(names)]
                subject = _iri(f"id/{kind}{number}")
                yield f"{subject} {_TYPE} {_CLASSES[kind]} {graph} .\n"
                yield from _labels(subject, f"{chinese}{number}", f"{english} {number}", graph)

    def _companies(self) -> Iterator[str]:
        graph = _iri("graph/companies")
        census = self.census
        for number in range(census.companies):
            subject = _iri(f"id/Company{number}")
            chinese = self._pick(words.FIRST) + self._pick(words.SECOND) + self._pick(words.TRADES)
            english = f"{self._name()} {number}"
            market = _iri(f"id/Market{self._popular(MARKETS)}")
            place = _iri(f"id/Place{self._popular(PLACES)}")
            founded = self._pick_day()
            yield f"{subject} {_TYPE} {_CLASSES['Company']} {graph} .\n"
            yield from _labels(subject, f"{chinese}{number}", english, graph)
            yield f'{subject} <{SKOS}altLabel> "{chinese[:2]}"@zh-hant {graph} .\n'
            yield f"{subject} <{SM}activeIn> {market} {graph} .\n"
            yield f"{subject} <{SCHEMA}location> {place} {graph} .\n"
            yield f'{subject} <{SCHEMA}foundingDate> "{founded}"^^<{XSD}date> {graph} .\n'

    def _people(self) -> Iterator[str]:
        graph = _iri("graph/people")
        for number in range(self.census.people):
            subject = _iri(f"id/Person{number}")
            chinese = self._pick(words.SURNAMES) + self._pick(words.SECOND)
            english = f"{self._name()} {self._name()} {number}"
            employer = _iri(f"id/Company{self._popular(self.census.companies)}")
            yield f"{subject} {_TYPE} {_CLASSES['Person']} {graph} .\n"
            yield from _labels(subject, f"{chinese}{number}", english, graph)
            yield f"{subject} <{SCHEMA}worksFor> {employer} {graph} .\n"
            yield f'{subject} <{SCHEMA}jobTitle> "{self._pick(words.JOBS)}"@en {graph} .\n'

    def _products(self) -> Iterator[str]:
        graph = _iri("graph/products")
        for number in range(self.census.products):
            subject = _iri(f"id/Product{number}")
            chinese = self._pick(words.FIRST) + self._pick(words.GOODS)
            english = f"{self._name()} App {number}"
            developer = _iri(f"id/Company{self._popular(self.census.companies)}")
            market = _iri(f"id/Market{self._popular(MARKETS)}")
            yield f"{subject} {_TYPE} {_CLASSES['Product']} {graph} .\n"
            yield from _labels(subject, f"{chinese}{number}", english, graph)
            yield f"{subject} <{SM}developer> {developer} {graph} .\n"
            yield f"{subject} <{SM}category> {market} {graph} .\n"
            released = self._pick_day()
            yield f'{subject} <{SCHEMA}releaseDate> "{released}"^^<{XSD}date> {graph} .\n'

    def _edges(self) -> Iterator[str]:
        """Edges to the hubs: half of them to the first, a quarter to the second, and so on."""
        graph = _iri("graph/edges")
        census = self.census
        for hub in range(census.hubs):
            hub_iri = _iri(f"id/Hub{hub}")
            yield f"{hub_iri} {_TYPE} {_CLASSES['Hub']} {graph} .\n"
            yield from _labels(hub_iri, f"平臺{hub}", f"Platform {hub}", graph)
            for edge in range(hub_degree(census, hub)):
                place, kind = divmod(edge, len(HUB_PREDICATES))
                predicate = HUB_PREDICATES[kind]
                subject = thing(census, (place + hub * 997) % census.things)
                yield f"<{subject}> <{SM}{predicate}> {hub_iri} {graph} .\n"

    def _pick_day(self) -> str:
        return self._days[self._below(DAYS)]

    def _article(self, number: int) -> Iterator[str]:
        article = _Article(number)
        census = self.census
        graph = article.graph
        published = self._pick_day()
        yield f"{article.iri} {_TYPE} <{SCHEMA}NewsArticle> {graph} .\n"
        yield f'{article.iri} <{SCHEMA}headline> "{self._sentence()}"@zh-hant {graph} .\n'
        yield f'{article.iri} <{SCHEMA}headline> "{self._english()}"@en {graph} .\n'
        yield f'{article.iri} <{SCHEMA}datePublished> "{published}"^^<{XSD}date> {graph} .\n'
        publisher = _iri(f"id/Publisher{self._popular(PUBLISHERS)}")
        yield f"{article.iri} <{SCHEMA}publisher> {publisher} {graph} .\n"
        author = _iri(f"id/Person{self._below(census.people)}")
        yield f"{article.iri} <{SCHEMA}author> {author} {graph} .\n"
        mentioned = {self._popular(census.things) for _ in range(3 + self._below(8))}
        for other in sorted(mentioned):
            yield f"{article.iri} <{SCHEMA}mentions> <{thing(census, other)}> {graph} .\n"
        for fact in chain(
            self._facts(), self._investment(article, published), self._figures(article, published)
        ):
            subject, predicate, value, cited = fact
            yield f"{subject} {predicate} {value} {graph} .\n"
            if cited:
                yield from self._statement(article, subject, predicate, value)

    def _facts(self) -> Iterator[tuple[str, str, str, bool]]:
        """What the article says of companies, each of it said for the first time."""
        found = 0
        while found < _FACTS_PER_ARTICLE:
            one = self._popular(self.census.companies)
            kind = self._below(len(_FACT_PREDICATES))
            other = self._below(self.census.companies)
            if one == other or (one, kind, other) in self._said:
                continue
            self._said.add((one, kind, other))
            found += 1
            yield (
                _iri(f"id/Company{one}"),
                f"<{SM}{_FACT_PREDICATES[kind]}>",
                _iri(f"id/Company{other}"),
                True,
            )

    def _investment(
        self, article: _Article, published: str
    ) -> Iterator[tuple[str, str, str, bool]]:
        subject = _iri(f"id/Investment{article.number}")
        investor = _iri(f"id/Company{self._popular(self.census.companies)}")
        investee = _iri(f"id/Company{self._below(self.census.companies)}")
        amount = 10_000 * (1 + self._popular(1_000_000))
        yield subject, _TYPE, f"<{SM}Investment>", False
        yield subject, f"<{SKOS}prefLabel>", f'"Investment {article.number}"@en', False
        yield subject, f"<{SM}investor>", investor, True
        yield subject, f"<{SM}investee>", investee, True
        yield subject, f"<{SCHEMA}startDate>", f'"{published}"^^<{XSD}date>', False
        yield subject, f"<{SCHEMA}amount>", f'"{amount}"^^<{XSD}integer>', False
        yield subject, f"<{SCHEMA}currency>", f'"{self._pick(words.CURRENCIES)}"', False
        yield subject, f"<{SM}round>", f'"{1 + self._below(7)}"^^<{XSD}integer>', False

    def _figures(self, article: _Article, published: str) -> Iterator[tuple[str, str, str, bool]]:
        for number in range(FIGURES_PER_ARTICLE):
            subject = _iri(f"observation/{article.slug}/{number}")
            about = _iri(f"id/Company{self._popular(self.census.companies)}")
            value = 1 + self._popular(2_000_000_000)
            yield subject, _TYPE, f"<{SCHEMA}Observation>", False
            yield subject, f"<{SCHEMA}observationAbout>", about, False
            metric = _iri(f"id/Metric{self._below(METRICS)}")
            yield subject, f"<{SCHEMA}variableMeasured>", metric, False
            yield subject, f"<{SCHEMA}value>", f'"{value}"^^<{XSD}integer>', True
            yield subject, f"<{SCHEMA}startDate>", f'"{published}"^^<{XSD}date>', False
            unit = f"<{UNIT}{self._pick(words.UNITS)}>"
            yield subject, "<http://qudt.org/schema/qudt/hasUnit>", unit, False
            yield subject, f"<{SM}printed>", f'"{value / 1e8:.2f}億"', False
            yield subject, f"<{SM}precision>", f"<{SM}{self._pick(words.PRECISIONS)}>", False

    def _statement(
        self, article: _Article, subject: str, predicate: str, value: str
    ) -> Iterator[str]:
        graph = article.graph
        statement = _iri(f"statement/{article.slug}/{article.statements}")
        article.statements += 1
        quote = self._sentence()
        begin, end = article.place(len(quote), gap=self._below(60))
        passage = f"{article.iri[:-1]}#char={begin},{end}>"
        quoted = f"{article.iri[:-1]}#quote={begin},{end}>"
        position = f"{article.iri[:-1]}#position={begin},{end}>"
        modality = f"<{SM}{self._pick(words.MODALITIES)}>"
        return iter(
            (
                f"{statement} {_TYPE} <{RDF}Statement> {graph} .\n",
                f"{statement} <{RDF}subject> {subject} {graph} .\n",
                f"{statement} <{RDF}predicate> {predicate} {graph} .\n",
                f"{statement} <{RDF}object> {value} {graph} .\n",
                f"{statement} <{SM}article> {article.iri} {graph} .\n",
                f"{statement} <{SM}passage> {passage} {graph} .\n",
                f'{statement} <{SM}paraphrase> "{self._sentence()}"@zh-hant {graph} .\n',
                f'{statement} <{SM}paraphrase> "{self._english()}"@en {graph} .\n',
                f"{statement} <{SM}modality> {modality} {graph} .\n",
                f"{passage} {_TYPE} <{SM}Passage> {graph} .\n",
                f"{passage} <{OA}hasSource> {article.iri} {graph} .\n",
                f"{passage} <{OA}hasSelector> {quoted} {graph} .\n",
                f"{passage} <{OA}hasSelector> {position} {graph} .\n",
                f"{quoted} {_TYPE} <{OA}TextQuoteSelector> {graph} .\n",
                f'{quoted} <{OA}exact> "{quote}" {graph} .\n',
                f'{quoted} <{OA}prefix> "{self._pick(words.CLAUSES)}" {graph} .\n',
                f'{quoted} <{OA}suffix> "{self._pick(words.CLAUSES)}" {graph} .\n',
                f"{position} {_TYPE} <{OA}TextPositionSelector> {graph} .\n",
                f'{position} <{OA}start> "{begin}"^^<{XSD}integer> {graph} .\n',
                f'{position} <{OA}end> "{end}"^^<{XSD}integer> {graph} .\n',
            )
        )

    def _name(self) -> str:
        return f"{self._pick(words.SYLLABLES)}{self._pick(words.SYLLABLES)}".title()

    def _sentence(self) -> str:
        return (
            f"{self._pick(words.FIRST)}{self._pick(words.SECOND)}{self._pick(words.CLAUSES)}，"
            f"{self._pick(words.CLAUSES)}，{self._pick(words.CLAUSES)}{self._below(1_000_000)}。"
        )

    def _english(self) -> str:
        return (
            f"{self._pick(words.PHRASES)} {self._name()}. "
            f"{self._pick(words.PHRASES)} {self._name()} {self._below(1_000_000)}."
        )


class _Article:
    """One article as it is written: its names, and how far its text and statements have come."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.slug = f"news-{number}"
        self.iri = _iri(f"article/{self.slug}")
        self.graph = _iri(f"graph/{self.slug}")
        self.statements = 0
        self._written = 0

    def place(self, length: int, gap: int) -> tuple[int, int]:
        """Where the next passage of so many characters begins and ends in the text."""
        begin = self._written + gap
        self._written = begin + length
        return begin, self._written


def hub_degree(census: Census, hub: int) -> int:
    """How many edges a hub has: 10,000 and, the earlier it is, the more of what is left.

    None has more than the things have predicates for.
    """
    spare = census.hub_edges - 10_000 * census.hubs
    extra = spare if hub == census.hubs - 1 == 0 else spare >> (hub + 1)
    return min(10_000 + extra, census.things * len(HUB_PREDICATES))


def _iri(path: str) -> str:
    return f"<{BASE}{path}>"


def _labels(subject: str, chinese: str, english: str, graph: str) -> Iterator[str]:
    yield f'{subject} <{SKOS}prefLabel> "{chinese}"@zh-hant {graph} .\n'
    yield f'{subject} <{SKOS}prefLabel> "{english}"@en {graph} .\n'


_TYPE = f"<{RDF}type>"
_CLASSES = {
    "Market": f"<{SM}Market>",
    "Place": f"<{SCHEMA}Place>",
    "Publisher": f"<{SCHEMA}Organization>",
    "Metric": f"<{SM}Metric>",
    "Company": f"<{SM}Company>",
    "Person": f"<{SCHEMA}Person>",
    "Product": f"<{SCHEMA}SoftwareApplication>",
    "Hub": f"<{SM}Platform>",
}
