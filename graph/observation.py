"""The figures of a dataset as a table: what is measured, of whom, when, and who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.csv_archive import Cell, Column, Table
from graph.errors import TooLargeForFormat
from graph.reified import SUBJECT, TYPE

OBSERVATION_LIMIT = 200_000

_SCHEMA = "https://schema.org/"
_QUDT = "http://qudt.org/schema/qudt/"
_KINDS = frozenset({f"{_SCHEMA}Observation", "http://schema.org/Observation"})


def observation_table(triples: Iterable[Triple | Quad], namespace: str) -> Table:
    """The table of `schema:Observation`s, in the order of their IRIs.

    Raises `TooLargeForFormat` when there are too many.
    """
    columns = _columns(namespace)
    known = {c.property_iri: c.name for c in columns if c.property_iri}
    known |= {_plain(iri): name for iri, name in known.items()}
    figures: set[str] = set()
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    statements: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if isinstance(triple.subject, Triple) or isinstance(triple.object, Triple):
            continue
        subject, predicate = _text(triple.subject), triple.predicate.value
        if triple.predicate == TYPE and _text(triple.object) in _KINDS:
            figures.add(subject)
            if len(figures) > OBSERVATION_LIMIT:
                raise TooLargeForFormat("figures", OBSERVATION_LIMIT)
        elif predicate in known:
            values[subject][known[predicate]].add(_text(triple.object))
        elif triple.predicate == SUBJECT:
            statements[_text(triple.object)].add(subject)
    rows: list[list[Cell]] = []
    for figure in sorted(figures):
        told = values[figure]
        cells: list[Cell] = [" ".join(sorted(told[c.name])) or None for c in columns[1:-1]]
        rows.append([figure, *cells, sorted(statements[figure])])
    return Table("observations", columns, rows, key=("iri",), about="iri")


def _columns(namespace: str) -> tuple[Column, ...]:
    return (
        Column("iri", "anyURI", required=True),
        Column("about", "anyURI", f"{_SCHEMA}observationAbout"),
        Column("metric", "anyURI", f"{_SCHEMA}variableMeasured"),
        Column("value", "number", f"{_SCHEMA}value"),
        Column("minValue", "number", f"{_SCHEMA}minValue"),
        Column("maxValue", "number", f"{_SCHEMA}maxValue"),
        Column("unit", "anyURI", f"{_QUDT}hasUnit"),
        Column("startDate", "string", f"{_SCHEMA}startDate"),
        Column("endDate", "string", f"{_SCHEMA}endDate"),
        Column("observationPeriod", "string", f"{_SCHEMA}observationPeriod"),
        Column("precision", "anyURI", f"{namespace}precision"),
        Column("modality", "anyURI", f"{namespace}modality"),
        Column("reportedBy", "anyURI", f"{namespace}reportedBy"),
        Column("comparedWith", "anyURI", f"{namespace}comparedWith", many=True),
        Column("shareOf", "anyURI", f"{namespace}shareOf"),
        Column("per", "anyURI", f"{namespace}per"),
        Column("printed", "string", f"{namespace}printed"),
        Column("statements", "anyURI", many=True),
    )


def _plain(iri: str) -> str:
    """The same term where schema.org is written with http."""
    return iri.replace(_SCHEMA, "http://schema.org/") if iri.startswith(_SCHEMA) else iri


def _text(node: object) -> str:
    return node.value if isinstance(node, NamedNode | Literal) else str(node)
