"""What may be done to a dataset, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode

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
