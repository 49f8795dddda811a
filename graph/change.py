"""What may be done to a dataset, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyoxigraph import DefaultGraph, NamedNode

from graph.engine import QueryDataset
from graph.representation import Format

GraphName = NamedNode | DefaultGraph


@dataclass(frozen=True)
class Change:
    """What a write did. `added` and `removed` count quads; None where nobody counted.

    `created` says that a named graph is there that was not there before.
    """

    edition: str
    added: int | None = None
    removed: int | None = None
    created: bool = False


@dataclass(frozen=True)
class Upload:
    """RDF in a file: its format, and the IRI that its relative IRIs are resolved against."""

    path: Path
    form: Format
    base: str | None = None


class Writable(Protocol):
    """What takes SPARQL updates and whole graphs (SPARQL 1.1 Update, Graph Store Protocol).

    Each applies whole or not at all, and is acknowledged when it cannot be lost.
    """

    def update(self, text: str, using: QueryDataset | None = None) -> Change:
        """Apply an update request. Raises `InvalidQuery`, `ServiceRefused`, `UpdateFailed`."""

    def put(self, uploads: list[Upload], name: GraphName | None, *, replace: bool) -> Change:
        """Add uploads to a graph, or with `replace` make them its content.

        Without a name the uploads are datasets that name their own graphs.
        Raises `InvalidRdf` and `UpdateFailed`.
        """

    def delete(self, name: GraphName) -> Change:
        """Remove a graph. Raises `GraphNotFound`."""
