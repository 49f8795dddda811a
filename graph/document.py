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
    if found:
        prefixes, node = _PREFIXES % namespace, NamedNode(iri)
        for query in (*_FRAGMENTS, *_CITED):
            found.update(engine.construct(prefixes + query, this=node))
    return list(found)
