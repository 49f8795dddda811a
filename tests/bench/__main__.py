"""How fast Shuangma is beside other engines, as ratios within one run: `make bench`.

Nothing here asserts a time. What engines answer is checked before they are timed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from tests.bench import agreement, bulk, driver, generator, report, trial
from tests.bench.results import MEASURES, Figures
from tests.engines import ENGINES, Engine
from tests.engines.cache import CACHE

_SIZES = (100_000, 1_000_000, 10_000_000)
_FOLDER = CACHE.parent / "bench"
_CLASSES = ("build", *trial.LOADS, "load", "write", "memory")
# RDFLib holds everything in Python objects, and reads a thousand triples in 0.1 s.
_LARGEST = {"rdflib-endpoint": 100_000}
# What an engine's dataset, the others' and their logs take at most, per triple.
_BYTES_PER_QUAD = 3000
_WARM_UP_S = 5
_BUSY = 1.0


def _names(text: str, known: tuple[str, ...]) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
    return names


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    engines, sizes = tuple(ENGINES), tuple(map(str, _SIZES))
    parser.add_argument(
        "--size",
        type=lambda text: [int(size) for size in _names(text, sizes)],
        help="Triples: 100000, 1000000 or 10000000, or several with commas. [default: 1000000]",
    )
    parser.add_argument(
        "--engines",
        type=lambda text: _names(text, engines),
        default=list(engines),
        help=f"With commas between them, of {', '.join(engines)}. [default: all]",
    )
    parser.add_argument(
        "--classes",
        type=lambda text: _names(text, _CLASSES),
        default=list(_CLASSES),
        help=f"With commas between them, of {', '.join(_CLASSES)}. [default: all]",
    )
    parser.add_argument("--seconds", type=float, help="How long a load counts. [default: 5]")
    parser.add_argument("--rounds", type=int, help="[default: 3]")
    parser.add_argument(
        "--quick", action="store_true", help="100,000 triples, one round of 2 s, if not said else."
    )
    parser.add_argument(
        "--write", action="store_true", help="Write the last figures of each size into the docs."
    )
    given = parser.parse_args()
    given.size = given.size or [100_000 if given.quick else 1_000_000]
    given.seconds = given.seconds or (2 if given.quick else 5)
    given.rounds = given.rounds or (1 if given.quick else 3)
    return given


def _say(line: str) -> None:
    print(line, flush=True)


def _usable(names: list[str], quads: int) -> list[str]:
    """The engines that can be had and hold so much; says why the others are left out."""
    usable = []
    for name in names:
        if quads > _LARGEST.get(name, quads):
            _say(f"{name} is left out: it is measured at {_LARGEST[name]:,} triples only.")
        elif reason := ENGINES[name].available():
            _say(f"{name} is left out: {reason}.")
        else:
            usable.append(name)
    return usable


def _compare(given: argparse.Namespace, quads: int) -> Figures:
    """Measure everything that was asked for at one size."""
    if not bulk.room(CACHE.parents[1], quads * _BYTES_PER_QUAD):
        raise SystemExit(f"{quads:,} triples want {quads * _BYTES_PER_QUAD / 1e9:.0f} GB of disk.")
    file, census = generator.write(quads, _FOLDER)
    figures = Figures(quads, date.today().isoformat(), given.seconds, driver.CLIENTS)
    if (busy := os.getloadavg()[0]) > _BUSY:
        figures.notes.append(
            f"Others used the machine as it began: a load average of {busy:.1f}. Take it again."
        )
        _say(figures.notes[-1])
    names = _usable(given.engines, quads)
    measures = [measure for measure in MEASURES if measure.name in given.classes]
    loads = [measure for measure in measures if measure.name in trial.LOADS]
    others = {measure.name for measure in measures} - set(trial.LOADS)
    _say(f"\n{quads:,} triples, {given.rounds} rounds of {given.seconds:g} s\n")
    if "load" in others:
        for _ in range(given.rounds):
            bulk.load(names, file, figures)
    if not loads and not others - {"load"}:
        figures.versions = dict.fromkeys(names, "")
        return figures
    with ExitStack() as running:
        engines: list[Engine] = []
        for name in names:
            folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-")))
            engines.append(running.enter_context(ENGINES[name].start(folder, [file])))
            figures.versions[name] = engines[-1].version
            size = engines[-1].process.memory_bytes() / 1e6
            _say(f"{name} {engines[-1].version} is loaded and takes {size:,.0f} MB of memory.")
        agreed = agreement.check(engines, agreement.sample(census, [each.name for each in loads]))
        _say(f"All agree on {agreed} queries.\n")
        if loads:
            for engine in engines:
                trial.warm(engine, census, given.seconds if given.quick else _WARM_UP_S)
        rounds = trial.Trial(engines, census, figures)
        for _ in range(given.rounds):
            rounds.round(loads, _say)
        if "memory" in others:
            for engine in engines:
                if engine.name in bulk.LOADERS:
                    figures.notes.append(bulk.memory(engine, figures))
        if "write" in others:
            for number in range(given.rounds):
                for engine in engines:
                    bulk.write(engine, figures, number * bulk.WRITES)
    return figures


def main() -> None:
    given = _arguments()
    # Engines run in sessions of their own: leave by their `with` blocks, which end them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    # The others end no query, however long it takes over ten million triples.
    os.environ.setdefault("SHUANGMA_QUERY_TIMEOUT", "600")
    if "build" in given.classes:
        from tests.bench import build

        build.measure()
    if given.classes == ["build"]:
        return
    for quads in given.size:
        figures = _compare(given, quads)
        figures.save(_FOLDER)
        _say(f"\n{quads:,} triples; {report.machine()}\n")
        _say(report.plain(report.table(figures)))
        if figures.latencies:
            _say(f"\n{report.plain(report.latencies(figures))}")
        for line in (*figures.notes, *report.goals(figures)):
            _say(line)
    if given.write:
        _say(f"\nWrote {report.write(Figures.kept(_FOLDER))}.")


if __name__ == "__main__":
    main()
