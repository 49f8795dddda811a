"""The tables of an index, and the terms of RDF that fill them."""

from __future__ import annotations

from dataclasses import dataclass

from graph.label import LABEL_PREDICATES

VERSION = 1  # an index of another version is made anew

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE class (id INTEGER PRIMARY KEY, iri TEXT);
CREATE TABLE article (id INTEGER PRIMARY KEY, iri TEXT);
-- In the order of their links, most first: what is found first is found in that order.
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT, class INTEGER, degree INTEGER, date TEXT, sort TEXT
);
-- A line of `forms` for each name: its folded forms, each between START and END.
CREATE TABLE name (thing INTEGER PRIMARY KEY, names TEXT, forms TEXT);
CREATE TABLE mention (article INTEGER, thing INTEGER, PRIMARY KEY (thing, article)) WITHOUT ROWID;
CREATE TABLE text (
  id INTEGER PRIMARY KEY, article INTEGER, language TEXT, body TEXT, statement TEXT, place TEXT
);
CREATE VIRTUAL TABLE token USING fts5
  (tokens, content='', columnsize=0, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE word USING fts5
  (words, content='', columnsize=0, detail=none, tokenize='ascii', prefix='1 2 3');
"""

# With all that puts things in order, so that ten thousand are in order without their rows.
THING_BY_IRI = "CREATE UNIQUE INDEX thing_iri ON thing (iri, degree, date, sort)"

# What one passes through on the way from an edition to its index, in a file of its own.
STAGE = """
CREATE TABLE stage.name (iri TEXT, text TEXT, language TEXT, rank INTEGER);
CREATE TABLE stage.type (iri TEXT, class INTEGER);
CREATE TABLE stage.dated (iri TEXT, date TEXT);
CREATE TABLE stage.mention (iri TEXT, article INTEGER);
CREATE TABLE stage.ready (
  degree INTEGER, length INTEGER, sort TEXT, iri TEXT, class INTEGER, date TEXT, names TEXT,
  articles TEXT
);
CREATE TABLE stage.text (
  kind INTEGER, article INTEGER, language TEXT, start INTEGER, body TEXT, statement TEXT,
  place TEXT, UNIQUE (article, body)
);
"""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
OA = "http://www.w3.org/ns/oa#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_DCTERMS = "http://purl.org/dc/terms/"

NAME_PREDICATES: dict[str, int] = {
    iri: rank
    for rank, iri in enumerate(
        (
            *LABEL_PREDICATES,
            f"{SCHEMA}headline",
            "http://schema.org/headline",
            f"{SKOS}altLabel",
            f"{SKOS}hiddenLabel",
            f"{SCHEMA}alternateName",
            "http://schema.org/alternateName",
            "http://xmlns.com/foaf/0.1/nick",
            f"{_DCTERMS}alternative",
        )
    )
}
"""What names a thing. Those before `HEADLINE_RANK` and headlines are what it is called by."""

SHOWN_RANK = NAME_PREDICATES["http://schema.org/headline"]
END_RANK = len(NAME_PREDICATES)
"""The rank of a name that is the end of the IRI."""

DESCRIPTIONS = frozenset(
    {
        f"{RDFS}comment",
        f"{SKOS}definition",
        f"{SKOS}scopeNote",
        f"{SCHEMA}description",
        "http://schema.org/description",
        f"{_DCTERMS}description",
        f"{_DCTERMS}abstract",
        "http://purl.org/dc/elements/1.1/description",
    }
)

DATES = frozenset(f"{XSD}{name}" for name in ("date", "dateTime", "gYear", "gYearMonth"))
START_DATE = f"{SCHEMA}startDate"
OBSERVATION = f"{SCHEMA}Observation"


@dataclass(frozen=True)
class Terms:
    """Our own terms that matter here, at one base IRI."""

    base: str
    namespace: str

    @property
    def statement(self) -> str:
        """The class of statements."""
        return f"{self.namespace}Statement"

    @property
    def machinery(self) -> frozenset[str]:
        """Classes of what is said of things, rather than of things."""
        return frozenset(
            {f"{RDF}Statement", self.statement}
            | {f"{self.namespace}Inference", f"{self.namespace}Passage"}
        )

    @property
    def derived_graphs(self) -> frozenset[str]:
        """Named graphs whose links are no facts that somebody stated."""
        return frozenset({f"{self.base}graph/inferred", f"{self.base}graph/ontology"})
