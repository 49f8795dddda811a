"""What the service says of itself: SPARQL 1.1 Service Description, VoID and DCAT.

https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.engine import Engine, Solution
from graph.representation import FORMATS, Format, Kind, Writer, formats_of
from server.distribution import Cataloguer
from server.protocol.message import Reply, Request

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_FORMATS = "http://www.w3.org/ns/formats/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# The names that W3C gives to formats (https://www.w3.org/ns/formats/).
_UNIQUE = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "jsonld": "JSON-LD",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "nquads": "N-Quads",
}
_GRAPHS = """
SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g LIMIT 1000
"""
_TOTALS = """
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?p) AS ?properties)
WHERE { ?s ?p ?o }
"""
_CLASSES = """
SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) ?c LIMIT 200
"""
_PROPERTIES = """
SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT 500
"""


class Description:
    """Describes the service over an engine; what it counted is kept for the edition."""

    def __init__(
        self,
        writer: Writer,
        *,
        union: bool,
        writes: bool,
        federates: bool,
        notes: Sequence[str] = (),
        catalogue: Cataloguer,
    ) -> None:
        self._writer = writer
        self._union = union
        self._writes = writes
        self._federates = federates
        self._notes = notes
        self.catalogue = catalogue
        self._counted: dict[tuple[str, str], list[Solution]] = {}

    async def service(self, engine: Engine, request: Request, form: Format) -> Reply:
        """The service description, as RDF."""
        triples = await asyncio.to_thread(lambda: list(self._service(engine, request.origin)))
        return self._reply(engine, triples, form)

    def dataset(self, engine: Engine, origin: str, form: Format) -> tuple[bytes, str]:
        """The VoID description, and its content type."""
        body = self._writer.write_triples(self._dataset(engine, origin), form)
        return body, form.content_type

    def _reply(self, engine: Engine, triples: list[Triple], form: Format) -> Reply:
        body = self._writer.write_triples(triples, form)
        headers = {
            "Content-Type": form.content_type,
            "Vary": "Accept",
            "Shuangma-Edition": engine.edition,
        }
        return Reply(200, headers, body)

    def _service(self, engine: Engine, origin: str) -> Iterator[Triple]:
        endpoint = NamedNode(f"{origin}/sparql")
        service = endpoint
        yield _of(service, _RDF + "type", _sd("Service"))
        yield _of(service, SD + "endpoint", endpoint)
        yield _of(service, SD + "supportedLanguage", _sd("SPARQL11Query"))
        if self._writes:
            yield _of(service, SD + "supportedLanguage", _sd("SPARQL11Update"))
            updates = NamedNode(f"{origin}/update")
            yield _of(updates, _RDF + "type", _sd("Service"))
            yield _of(updates, SD + "endpoint", updates)
            yield _of(updates, SD + "supportedLanguage", _sd("SPARQL11Update"))
        for kind in (Kind.SOLUTIONS, Kind.GRAPH, Kind.DATASET):
            for form in formats_of(kind):
                if form.name in _UNIQUE and kind is not Kind.DATASET:
                    yield _of(service, SD + "resultFormat", _format(form))
                if form.name in _UNIQUE and kind is not Kind.SOLUTIONS and self._writes:
                    yield _of(service, SD + "inputFormat", _format(form))
        if self._union:
            yield _of(service, SD + "feature", _sd("UnionDefaultGraph"))
        if self._federates:
            yield _of(service, SD + "feature", _sd("BasicFederatedQuery"))
        for note in self._notes:
            yield Triple(service, NamedNode(_RDFS + "comment"), Literal(note, language="en"))
        dataset, default = BlankNode("dataset"), BlankNode("default")
        yield _of(service, SD + "defaultDataset", dataset)
        yield _of(dataset, _RDF + "type", _sd("Dataset"))
        yield _of(dataset, SD + "defaultGraph", default)
        yield _of(default, _RDF + "type", _sd("Graph"))
        for index, row in enumerate(self._ask(engine, _GRAPHS)):
            named, graph = BlankNode(f"named{index}"), BlankNode(f"graph{index}")
            yield _of(dataset, SD + "namedGraph", named)
            yield _of(named, _RDF + "type", _sd("NamedGraph"))
            yield Triple(named, NamedNode(SD + "name"), row["g"])
            yield _of(named, SD + "graph", graph)
            yield _of(graph, _RDF + "type", _sd("Graph"))
            yield Triple(graph, NamedNode(VOID + "triples"), _integer(row["n"].value))

    def _dataset(self, engine: Engine, origin: str) -> Iterator[Triple]:
        dataset = NamedNode(f"{origin}/.well-known/void#dataset")
        yield _of(dataset, _RDF + "type", NamedNode(VOID + "Dataset"))
        yield _of(dataset, VOID + "sparqlEndpoint", NamedNode(f"{origin}/sparql"))
        catalogue = self.catalogue.of(engine, origin)
        yield from catalogue.triples(dataset)
        for each in catalogue.distributions:
            if each.form.kind in {Kind.GRAPH, Kind.DATASET}:
                yield _of(dataset, VOID + "dataDump", NamedNode(each.url))
        yield _of(dataset, VOID + "exampleResource", NamedNode(f"{origin}/explore"))
        for form in FORMATS:
            if form.kind is Kind.GRAPH and form.name in _UNIQUE:
                yield _of(dataset, VOID + "feature", _format(form))
        totals = self._ask(engine, _TOTALS)[0]
        for name, term in (("triples", "triples"), ("distinctSubjects", "subjects")):
            yield Triple(dataset, NamedNode(VOID + name), _integer(totals[term].value))
        yield Triple(dataset, NamedNode(VOID + "properties"), _integer(totals["properties"].value))
        for name, key, query in (
            ("classPartition", "c", _CLASSES),
            ("propertyPartition", "p", _PROPERTIES),
        ):
            said, counted = ("class", "entities") if key == "c" else ("property", "triples")
            for index, row in enumerate(self._ask(engine, query)):
                part = BlankNode(f"{key}{index}")
                yield _of(dataset, VOID + name, part)
                yield Triple(part, NamedNode(VOID + said), row[key])
                yield Triple(part, NamedNode(VOID + counted), _integer(row["n"].value))

    def _ask(self, engine: Engine, query: str) -> list[Solution]:
        key = (engine.edition, query)
        if key not in self._counted:
            if any(edition != engine.edition for edition, _ in self._counted):
                self._counted.clear()
            self._counted[key] = engine.select(query)
        return self._counted[key]


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def _format(form: Format) -> NamedNode:
    return NamedNode(_FORMATS + _UNIQUE[form.name])


def _of(subject: NamedNode | BlankNode, predicate: str, found: NamedNode | BlankNode) -> Triple:
    return Triple(subject, NamedNode(predicate), found)


def _integer(value: str) -> Literal:
    return Literal(value, datatype=NamedNode(_XSD + "integer"))
