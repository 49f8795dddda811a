"""The engine of a service's pages: one edition, asked of readers, from a thread that waits."""

from __future__ import annotations

from typing import Any

from pyoxigraph import DefaultGraph, NamedNode

from graph.engine import Answer, Query, TextEngine, Wanted
from graph.errors import NotRepresentable, UnsupportedFormat
from graph.readers import wire
from graph.readers.client import Readers
from graph.representation import Format, Kind, format_named
from graph.spool import Spool


class ReaderEngine(TextEngine):
    """One edition, asked on one lane."""

    def __init__(self, readers: Readers, edition: str, lane: str = "page") -> None:
        """Ask for this edition, whatever is current meanwhile."""
        self._readers = readers
        self._edition = edition
        self._lane = lane

    @property
    def edition(self) -> str:
        """The edition's name."""
        return self._edition

    def answer(self, query: Query, wanted: Wanted) -> Answer:
        """Answer any query; see `Engine.answer`."""
        try:
            frame = self._readers.ask(self._lane, wire.query_head(query, wanted, self._edition))
        except NotRepresentable:
            raise
        except UnsupportedFormat as error:
            raise wanted.refusal() or error from error
        return answer_of(frame)

    def dump(self, form: Format, named_graph: NamedNode | DefaultGraph | None = None) -> Spool:
        """All quads, or one graph; see `Engine.dump`."""
        head = dump_head(form, named_graph, self._edition)
        return wire.spool_of(self._readers.ask(self._lane, head))


def dump_head(
    form: Format,
    name: NamedNode | DefaultGraph | None,
    edition: str,
    *,
    must_exist: bool = False,
) -> dict[str, Any]:
    """A request for all quads or one graph; with `must_exist` a graph that is not there fails."""
    return {
        "do": "dump",
        "form": form.name,
        "name": wire.graph_head(name),
        "edition": edition,
        "must_exist": must_exist,
    }


def answer_of(frame: wire.Frame) -> Answer:
    """The answer that a reply holds."""
    form = format_named(frame.head["form"], Kind.SOLUTIONS, Kind.GRAPH)
    return Answer(form, wire.spool_of(frame))
