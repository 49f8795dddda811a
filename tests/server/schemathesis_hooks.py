"""How schemathesis writes what it sends in the media types of SPARQL and RDF."""

from __future__ import annotations

from typing import Any

import schemathesis

_TYPES = (
    "application/sparql-query",
    "application/sparql-update",
    "application/n-quads",
    "application/n-triples",
    "application/rdf+xml",
    "application/trig",
    "text/turtle",
)


@schemathesis.serializer(*_TYPES)
def text(_context: Any, value: Any) -> bytes:
    """Text as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
