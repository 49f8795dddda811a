"""Figures: what was measured of whom, when, how precisely, and where it was said.

Reads many at once; knows schema.org's Observation and the terms that ours adds to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyoxigraph import NamedNode

from graph.engine import Engine, Term, in_order
from graph.evidence import Evidence
from graph.value import format_number

JSON = dict[str, Any]

FIGURES_READ = 200

_ABOUT = """
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?figure WHERE { ?figure $role $this FILTER(isIRI(?figure)) }
ORDER BY ?figure LIMIT %d
"""

_VALUES = """
SELECT ?figure ?p ?o WHERE { VALUES ?figure { %s } ?figure ?p ?o }
"""


def figures_about(engine: Engine, node: NamedNode, role: str) -> list[NamedNode]:
    """The figures that have `node` in a role, such as `https://schema.org/observationAbout`."""
    found = engine.select(_ABOUT % FIGURES_READ, this=node, role=NamedNode(role))
    return [row["figure"] for row in found if isinstance(row["figure"], NamedNode)]


def read_figures(
    engine: Engine,
    figures: Iterable[NamedNode],
    evidence: Evidence,
    term_of: Callable[[Term], JSON],
) -> list[JSON]:
    """Figures in full; `term_of` makes the terms, so that the caller can name them."""
    wanted = list(figures)
    if not wanted:
        return []
    values: dict[str, dict[str, Term]] = defaultdict(dict)
    listed = " ".join(map(str, wanted))
    for row in in_order(engine.select(_VALUES % listed), "figure", "p", "o"):
        name = row["p"].value.rpartition("/")[2].rpartition("#")[2]
        values[row["figure"].value].setdefault(name, row["o"])
    cited: dict[str, set[str]] = defaultdict(set)
    for key, group in evidence.of_subjects(wanted).items():
        cited[key[0].value].update(each.iri for each in group if not each.rule)
    return [
        _figure(figure, values[figure.value], sorted(cited[figure.value]), term_of)
        for figure in wanted
    ]


def _figure(
    figure: NamedNode,
    values: Mapping[str, Term],
    statements: list[str],
    term_of: Callable[[Term], JSON],
) -> JSON:
    def term(name: str) -> JSON | None:
        return term_of(values[name]) if name in values else None

    def number(name: str) -> str | None:
        return format_number(values[name].value) if name in values else None

    def lexical(name: str) -> str | None:
        return values[name].value if name in values else None

    low, high, value = number("minValue"), number("maxValue"), number("value")
    start, end = values.get("startDate"), values.get("endDate")
    period = " – ".join(dict.fromkeys(d.value for d in (start, end) if d is not None))
    term_of(figure)
    return {
        "iri": figure.value,
        "metric": term("variableMeasured"),
        "about": term("observationAbout"),
        "text": values["printed"].value if "printed" in values else (value or ""),
        "number": value if value is not None else f"{low}–{high}",
        "value": lexical("value"),
        "low": lexical("minValue"),
        "high": lexical("maxValue"),
        "unit": term("hasUnit") if not _counts_only(values.get("hasUnit")) else None,
        "precision": term("precision"),
        "modality": term("modality"),
        "start": lexical("startDate"),
        "end": lexical("endDate"),
        "period": period or None,
        "rate": lexical("observationPeriod"),
        "reportedBy": term("reportedBy"),
        "per": term("per"),
        "shareOf": term("shareOf"),
        "comparedWith": term("comparedWith"),
        "statements": statements,
    }


def _counts_only(unit: Term | None) -> bool:
    """Whether the unit says no more than that something is counted: `unit:NUM`."""
    return unit is not None and unit.value.endswith("/unit/NUM")
