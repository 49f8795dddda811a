"""The dataset as catalogues know it: title, licence, citation, and the files it comes in.

DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) in the VoID description, schema.org
(https://schema.org/Dataset) in the page of downloads. What the data do not say of themselves
is left out: the licence of other people's RDF is theirs to tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from graph.dump import Dump, DumpFolder
from graph.engine import Engine
from graph.errors import ShuangmaError
from graph.representation import Format, Kind, formats_of
from graph.store import EditionStore
from server.configuration import Configuration
from server.dumps import folder_of
from server.language import LANGUAGES, message

_DCAT = "http://www.w3.org/ns/dcat#"
_DCTERMS = "http://purl.org/dc/terms/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
FORMATS = formats_of(Kind.GRAPH, Kind.DATASET, Kind.EVIDENCE, Kind.NETWORK, Kind.TABLES)
_LICENSES = """
PREFIX schema: <https://schema.org/>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?license WHERE {
  VALUES ?type {
    schema:NewsArticle schema:Article schema:Dataset <http://www.w3.org/ns/dcat#Dataset>
    <http://rdfs.org/ns/void#Dataset>
  }
  ?work a ?type ; dcterms:license|schema:license ?license FILTER(isIRI(?license))
} LIMIT 2
"""
_ARTICLES = """
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?article WHERE { ?article a schema:NewsArticle ; schema:articleBody ?text } LIMIT 1
"""


def license_of(engine: Engine) -> str | None:
    """The one licence of all that the dataset holds; None where it tells none, or several."""
    found = engine.select(_LICENSES)
    return found[0]["license"].value if len(found) == 1 else None


@dataclass(frozen=True)
class Distribution:
    """A file of the dataset: its format, its address, its size in bytes once it is made."""

    form: Format
    url: str
    size_bytes: int | None

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.form.media_type.partition(";")[0]


@dataclass(frozen=True)
class Catalogue:
    """What is told of one edition; `titles` by language, `made` an `xsd:dateTime` or empty."""

    origin: str
    edition: str
    made: str
    quads: int | None
    titles: dict[str, str]
    license: str | None
    ours: bool
    distributions: tuple[Distribution, ...]

    def citation(self, language: str) -> str:
        """How the dataset is cited."""
        day = f", {self.made[:10]}" if self.made else ""
        words = message("export.edition", language)
        return f"{self.titles[language]} ({words} {self.edition}{day}). {self.origin}/export"

    def document(self, language: str) -> dict[str, Any]:
        """The dataset as JSON-LD of schema.org."""
        told: dict[str, Any] = {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": f"{self.origin}/.well-known/void#dataset",
            "name": self.titles[language],
            "description": message("export.described", language),
            "url": f"{self.origin}/export",
            "version": self.edition,
            "dateModified": self.made or None,
            "license": self.license,
            "citation": self.citation(language),
            "creator": {"@type": "Organization", "name": "Shuangma contributors"}
            if self.ours
            else None,
            "isAccessibleForFree": True,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": each.form.label,
                    "encodingFormat": each.form.media_type,
                    "contentUrl": each.url,
                    "contentSize": None if each.size_bytes is None else f"{each.size_bytes} B",
                    "version": self.edition,
                }
                for each in self.distributions
            ],
        }
        return _without_none(told)

    def triples(self, dataset: NamedNode) -> Iterator[Triple]:
        """The dataset in DCAT."""

        def of(name: str, value: NamedNode | Literal, subject: NamedNode = dataset) -> Triple:
            return Triple(subject, NamedNode(name), value)

        yield of(f"{_RDF}type", NamedNode(f"{_DCAT}Dataset"))
        for language, title in self.titles.items():
            yield of(f"{_DCTERMS}title", Literal(title, language=language))
            cited = Literal(self.citation(language), language=language)
            yield of(f"{_DCTERMS}bibliographicCitation", cited)
        yield of(f"{_DCAT}version", Literal(self.edition))
        yield of(f"{_DCAT}landingPage", NamedNode(f"{self.origin}/export"))
        if self.made:
            made = Literal(self.made, datatype=NamedNode(f"{_XSD}dateTime"))
            yield of(f"{_DCTERMS}modified", made)
        if self.license:
            yield of(f"{_DCTERMS}license", NamedNode(self.license))
        for each in self.distributions:
            node = NamedNode(f"{self.origin}/.well-known/void#{each.form.name}")
            media_type = NamedNode(_MEDIA_TYPES + each.media_type)
            yield of(f"{_DCAT}distribution", node)
            yield of(f"{_RDF}type", NamedNode(f"{_DCAT}Distribution"), node)
            yield of(f"{_DCTERMS}title", Literal(each.form.label), node)
            yield of(f"{_DCAT}downloadURL", NamedNode(each.url), node)
            yield of(f"{_DCAT}mediaType", media_type, node)
            yield of(f"{_DCAT}version", Literal(self.edition), node)
            if self.license:
                yield of(f"{_DCTERMS}license", NamedNode(self.license), node)
            if each.size_bytes is not None:
                size = Literal(
                    str(each.size_bytes), datatype=NamedNode(f"{_XSD}nonNegativeInteger")
                )
                yield of(f"{_DCAT}byteSize", size, node)


class Cataloguer:
    """Describes editions of one dataset; what it asked the data is kept for the edition."""

    def __init__(self, settings: Configuration) -> None:
        """Files are known of a store on this machine only."""
        self._settings = settings
        self._store = None if settings.is_remote else EditionStore(Path(settings.store))
        self._files: DumpFolder | None = None if settings.is_remote else folder_of(settings)
        self._known: dict[str, tuple[str | None, bool]] = {}

    def license_of(self, engine: Engine) -> str | None:
        """The licence of all data, if there is one."""
        return self._asked(engine)[0]

    def of(self, engine: Engine, origin: str) -> Catalogue:
        """What is told of the edition of an engine, served at `origin`."""
        license_, ours = self._asked(engine)
        made, quads = self._made(engine.edition)
        key = "site" if ours else "export.title"
        return Catalogue(
            origin,
            engine.edition,
            made,
            quads,
            {language: message(key, language) for language in LANGUAGES},
            license_,
            ours,
            tuple(self._distributions(engine.edition, origin)),
        )

    def _distributions(self, edition: str, origin: str) -> Iterator[Distribution]:
        for form in FORMATS:
            dump = Dump.of(edition, form, "en", packed=False)
            size = self._files.size(dump) if self._files else None
            yield Distribution(form, f"{origin}/export/dataset.{form.suffix}", size)

    def _asked(self, engine: Engine) -> tuple[str | None, bool]:
        if engine.edition not in self._known:
            self._known.clear()
            self._known[engine.edition] = (license_of(engine), bool(engine.select(_ARTICLES)))
        return self._known[engine.edition]

    def _made(self, edition: str) -> tuple[str, int | None]:
        if self._store is None:
            return "", None
        try:
            found = self._store.edition(edition)
        except ShuangmaError:  # pruned meanwhile
            return "", None
        return found.made, found.quads


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {n: _without_none(v) for n, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, list) else value
