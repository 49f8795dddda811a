"""What holding an edition in memory brings, beside `oxigraph serve` on disk.

    python -m tests.bench.held [--size 1000000] [--rounds 3] [--seconds 5] [--write]

The same dataset is served from disk, with `--hold`, and by Oxigraph's own server; they take
turns within a round. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.bench import agreement, driver, generator, trial
from tests.bench.report import machine, markdown, plain, put_section
from tests.bench.results import MEASURES, Figures
from tests.engines import Engine, oxigraph, shuangma
from tests.engines.cache import CACHE

_FOLDER = CACHE.parent / "bench"
_HEADING = "An edition in memory"
_LOADS = ("fresh", "exploration", "analytic")
_HELD = "8G"
_DISK, _MEMORY = "disk", "memory"
_STILL_S = 5.0
_GROWN_BYTES = 4_000_000
_METHOD = """\
Taken by `python -m tests.bench.held --write`: the same loads as above, on `shuangma serve`, on
`shuangma serve --hold {held}`, and on `oxigraph serve`, whose data are on disk. × is how many
times as many answers as Oxigraph Shuangma gives, by the median of the rounds' ratios.
"""


def wait_until_held(engine: Engine) -> None:
    """Wait until the service's memory grows no more: the edition is being read into it."""
    seen, since = 0, time.monotonic()
    while time.monotonic() - since < _STILL_S:
        time.sleep(0.5)
        found = engine.process.memory_bytes()
        if found > seen + _GROWN_BYTES:
            seen, since = found, time.monotonic()


def measure(given: argparse.Namespace) -> tuple[Figures, list[int]]:
    """The figures of all rounds, and how many bytes each way of serving takes in memory."""
    file, census = generator.write(given.size, _FOLDER)
    figures = Figures(given.size, date.today().isoformat(), given.seconds, driver.CLIENTS)
    with ExitStack() as running:

        def folder() -> Path:
            return Path(running.enter_context(tempfile.TemporaryDirectory()))

        ways = {
            _DISK: shuangma.start(folder(), [file]),
            _MEMORY: shuangma.start(folder(), [file], "--hold", _HELD),
            oxigraph.NAME: oxigraph.start(folder(), [file]),
        }
        engines = [replace(engine, name=name) for name, engine in ways.items()]
        for engine in engines:
            running.enter_context(engine)
        wait_until_held(engines[1])
        agreement.check(engines, agreement.sample(census, _LOADS))
        for engine in engines:
            trial.warm(engine, census, given.seconds)
        rounds = trial.Trial(engines, census, figures)
        loads = [each for each in MEASURES if each.name in _LOADS]
        for _ in range(given.rounds):
            rounds.round(loads, lambda line: print(line, flush=True))
        return figures, [engine.process.memory_bytes() for engine in engines]


def table(figures: Figures, memory: list[int]) -> list[list[str]]:
    """A heading, a line for each load, and one for what the processes take."""
    lines = [["", "unit", "from disk", "×", "from memory", "×", oxigraph.NAME]]
    for each in MEASURES:
        if each.name not in figures.values:
            continue
        line = [each.name, each.unit]
        for name in (_DISK, _MEMORY):
            ratio = figures.ratio(each, oxigraph.NAME, ours=name)
            line += [f"{figures.median(each.name, name):,.1f}", f"{ratio:.2f}"]
        lines.append([*line, f"{figures.median(each.name, oxigraph.NAME):,.1f}"])
    disk, held, theirs = (f"{size / 1e6:,.0f}" for size in memory)
    return [*lines, ["processes", "MB", disk, "", held, "", theirs]]


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.held", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="Triples.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--write", action="store_true", help="Write the figures into the docs.")
    given = parser.parse_args()
    busy = os.getloadavg()[0]
    lines = table(*measure(given))
    print(plain(lines))
    if given.write:
        told = (
            f"{given.size:,} triples, {given.rounds} rounds of {given.seconds:g} s; {machine()}; "
        )
        text = f"{told}load average at the start {busy:.1f}.\n\n{markdown(lines)}\n\n"
        print(put_section(_HEADING, text + _METHOD.format(held=_HELD)))


if __name__ == "__main__":
    main()
