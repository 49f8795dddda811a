"""Rounds in which every engine takes its turn, so that all of them meet the same machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tests.bench.driver import Load, drive, requests_of
from tests.bench.generator import Census
from tests.bench.queries import CLASSES
from tests.bench.results import Figures, Measure
from tests.engines import Engine

LOADS = tuple(CLASSES)
# RDFLib wants half a minute for one answer of the others, and more with eight clients.
_ONLY = {"rdflib-endpoint": ("fresh", "repeated", "exploration", "analytic")}
_LARGE = ("rows", "export")
_PERCENTILES = (50, 95, 99)
_MB = 1_000_000


def warm(engine: Engine, census: Census, seconds: float) -> None:
    """Let a just-in-time compiler see every kind of query before anything counts."""
    for name in ("fresh", "exploration", "analytic"):
        # Far from where the queries that count begin.
        requests = _requests(name, engine, census, start=50_000)
        drive(engine.query_url, requests, seconds=seconds, warm_up_s=0)


class Trial:
    """The loads of some engines; each goes on where its last round ended."""

    def __init__(self, engines: Sequence[Engine], census: Census, figures: Figures) -> None:
        self._engines = list(engines)
        self._figures = figures
        self._requests: dict[tuple[str, str], Iterator[bytes]] = {}
        self._census = census

    def round(self, measures: Sequence[Measure], say: Callable[[str], None]) -> None:
        """Measure each load on each engine once; the engine that begins changes by round."""
        for measure in measures:
            for engine in self._engines:
                if measure.name not in _ONLY.get(engine.name, LOADS):
                    continue
                load = self._measure(measure.name, engine)
                if load.failures:
                    note = f"{engine.name} failed under load “{measure.name}”: {load.failures[0]}"
                    self._figures.notes.append(note)
                    say(note)
                    continue
                latencies = [load.percentile(percent) * 1000 for percent in _PERCENTILES]
                self._figures.add(measure.name, engine.name, load.per_second)
                self._figures.add_latencies(measure.name, engine.name, latencies)
                size = load.bytes_per_second / _MB
                if measure.name in _LARGE:
                    self._figures.add(f"{measure.name}, bytes", engine.name, size)
                say(
                    f"{measure.name:<12} {engine.name:<16} {load.per_second:10,.1f} answers/s"
                    f" {size:8,.1f} MB/s"
                    + "".join(
                        f"  p{percent} {latency:,.1f} ms"
                        for percent, latency in zip(_PERCENTILES, latencies, strict=True)
                    )
                )
        self._engines.append(self._engines.pop(0))

    def _measure(self, name: str, engine: Engine) -> Load:
        key = (name, engine.name)
        if key not in self._requests:
            self._requests[key] = _requests(name, engine, self._census)
        return drive(
            engine.query_url,
            self._requests[key],
            cycle=len(CLASSES[name](self._census)),
            seconds=self._figures.seconds,
            clients=self._figures.clients,
        )


def _requests(name: str, engine: Engine, census: Census, start: int = 0) -> Iterator[bytes]:
    return requests_of(engine.query_url, CLASSES[name](census).queries(start))
