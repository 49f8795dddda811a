"""What the document of an IRI holds, as data: also what its fragments name.

A passage is told of by the document that it is a part of (RFC 3986, 3.5), so an article's
data have its passages; a statement's have the passages that it cites.
"""

from __future__ import annotations

from pyoxigraph import NamedNode, Triple

from graph.engine import Engine
from graph.export import description_of

_PREFIXES = """
PREFIX sm: <%s>
PREFIX oa: <http://www.w3.org/ns/oa#>
"""

_FRAGMENTS = (
    "CONSTRUCT { ?part ?p ?o } WHERE { ?part oa:hasSource $this ; ?p ?o }",
    "CONSTRUCT { ?selector ?p ?o } WHERE { ?part oa:hasSource $this ; oa:hasSelector ?selector . "
    "?selector ?p ?o }",
)
_CITED = (
    "CONSTRUCT { ?part ?p ?o } WHERE "
    "{ $this sm:passage|sm:translatedPassage|sm:sourcePassage ?part . ?part ?p ?o }",
    "CONSTRUCT { ?selector ?p ?o } WHERE "
    "{ $this sm:passage|sm:translatedPassage|sm:sourcePassage ?part . "
    "?part oa:hasSelector ?selector . ?selector ?p ?o }",
)


def document_of(engine: Engine, iri: str, namespace: str) -> list[Triple]:
    """A thing's description, and what the fragments of its document name."""
    found = set(description_of(engine, iri, namespace))
    node = NamedNode(iri)
    cites = {f"{namespace}{name}" for name in ("passage", "translatedPassage", "sourcePassage")}
    asked = [_FRAGMENTS] if found else []
    if any(t.subject == node and t.predicate.value in cites for t in found):
        asked.append(_CITED)
    for queries in asked:
        for query in queries:
            more = engine.construct(_PREFIXES % namespace + query, this=node)
            if not more:
                break  # no passages: then there are no selectors of them
            found.update(more)
    return list(found)
