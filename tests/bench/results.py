"""Figures as they are measured, kept as JSON, and what is made of them.

A figure belongs to a measure and an engine, and has a value for each round. A ratio is the
median of the ratios of each round, so that a machine that slows down slows both sides.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

OURS = "shuangma"


@dataclass(frozen=True)
class Measure:
    """What is measured, in which unit; `more` says that more of it is better.

    What is not `compared` has no ratio: bytes depend on how much an engine abbreviates, and
    memory on what it holds already.
    """

    name: str
    unit: str
    more: bool = True
    compared: bool = True


MEASURES = (
    Measure("fresh", "answers/s"),
    Measure("repeated", "answers/s"),
    Measure("exploration", "answers/s"),
    Measure("analytic", "answers/s"),
    Measure("rows", "answers/s"),
    Measure("rows, bytes", "MB/s", compared=False),
    Measure("export", "answers/s"),
    Measure("export, bytes", "MB/s", compared=False),
    Measure("load", "s", more=False),
    Measure("write", "ms", more=False),
    Measure("memory", "MB", more=False, compared=False),
)
# At least this many times as good as the engine; judged at 1,000,000 triples, rdflib-endpoint
# at 100,000.
GOALS = {
    ("fresh", "oxigraph"): 0.5,
    ("repeated", "oxigraph"): 1.0,
    ("exploration", "oxigraph"): 0.9,
    ("analytic", "oxigraph"): 0.9,
    ("rows", "oxigraph"): 0.85,
    ("load", "oxigraph"): 0.8,
    ("fresh", "virtuoso"): 2.0,
    ("fresh", "fuseki"): 1.0,
    ("fresh", "rdflib-endpoint"): 15.0,
}


@dataclass
class Figures:
    """All rounds of one size: a value, and for loads latencies in ms, by measure and engine."""

    quads: int
    date: str
    seconds: float
    clients: int
    versions: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    latencies: dict[str, dict[str, list[list[float]]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, measure: str, engine: str, value: float) -> None:
        self.values.setdefault(measure, {}).setdefault(engine, []).append(value)

    def add_latencies(self, measure: str, engine: str, percentiles: list[float]) -> None:
        self.latencies.setdefault(measure, {}).setdefault(engine, []).append(percentiles)

    def median(self, measure: str, engine: str) -> float | None:
        values = self.values.get(measure, {}).get(engine)
        return statistics.median(values) if values else None

    def median_latencies(self, measure: str, engine: str) -> list[float] | None:
        rounds = self.latencies.get(measure, {}).get(engine)
        return [statistics.median(each) for each in zip(*rounds, strict=True)] if rounds else None

    def ratio(self, measure: Measure, engine: str, ours: str = OURS) -> float | None:
        """How many times as good as `engine` we are; None where one has no figure."""
        mine = self.values.get(measure.name, {}).get(ours, [])
        its = self.values.get(measure.name, {}).get(engine, [])
        pairs = [(a, b) for a, b in zip(mine, its, strict=False) if a > 0 and b > 0]
        if engine == ours or not measure.compared or not pairs:
            return None
        return statistics.median(a / b if measure.more else b / a for a, b in pairs)

    def save(self, folder: Path) -> None:
        (folder / f"figures-{self.quads}.json").write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def kept(cls, folder: Path) -> list[Figures]:
        """The figures of the last run of each size, smallest first."""
        found = [cls(**json.loads(path.read_text())) for path in folder.glob("figures-*.json")]
        return sorted(found, key=lambda figures: figures.quads)
