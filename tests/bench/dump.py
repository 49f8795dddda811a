"""How quickly a whole dataset leaves as N-Quads, beside `oxigraph dump`.

    python -m tests.bench.dump [--size 10000000] [--rounds 3] [--stores FOLDER] [--write]

Both command lines write the same quads from their own database to a file on the same disk, in
turns; then the service sends them over HTTP, once while it makes the file and once again when
it has it. What both wrote is compared quad by quad. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import psutil

from tests.bench import generator
from tests.bench.bulk import peak_of
from tests.bench.report import machine, markdown, plain, put_section
from tests.conftest import SHUANGMA, start
from tests.engines import oxigraph, shuangma
from tests.engines.cache import CACHE

_FOLDER = CACHE.parent / "bench"
_HEADING = "Exports of everything"
_METHOD = """\
Taken by `python -m tests.bench.dump --write`: both command lines write N-Quads to a file on the
same disk, in turns; × is how many times as fast as `oxigraph dump` Shuangma is, by the median of
the rounds' ratios. Memory is what a command's processes have for themselves at most. **HTTP,
first**: `/export/dataset.nq` of a service that has yet to make the file, to the last byte;
**again**: when it has it; memory is then what the service grows by.
"""
_MB = 1_000_000
_PART = 1 << 20
_TIMEOUT_S = 1800


def _own_bytes(pid: int) -> int:
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_full_info().uss
    return total


def written(command: Sequence[str | Path]) -> tuple[float, int]:
    """Seconds and bytes of memory that a command takes."""
    begun = time.perf_counter()
    running = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    with peak_of(lambda: _own_bytes(running.pid)) as peak:
        status = running.wait()
    if status:
        sys.exit(f"{command[0]} ended with {status}")
    return time.perf_counter() - begun, peak[0]


def fetched(url: str) -> tuple[float, int]:
    """Seconds until an answer was read to its end, and its length in bytes."""
    begun, size = time.perf_counter(), 0
    with urlopen(url, timeout=_TIMEOUT_S) as answer:
        while part := answer.read(_PART):
            size += len(part)
    return time.perf_counter() - begun, size


def same_quads(one: Path, other: Path) -> bool:
    """Whether two files have the same lines, in whatever order."""

    def mark(path: Path) -> tuple[int, int]:
        count = total = 0
        with path.open("rb") as file:
            for line in file:
                count, total = count + 1, (total + hash(line)) & (1 << 64) - 1
        return count, total

    return mark(one) == mark(other)


def measure(ours: Path, theirs: Path, rounds: int) -> list[list[str]]:
    """A heading, then a line for each way."""
    binary = oxigraph.binary()
    assert binary
    with tempfile.TemporaryDirectory() as folder:
        files = {shuangma.NAME: Path(folder) / "ours.nq", oxigraph.NAME: Path(folder) / "theirs.nq"}
        commands: dict[str, list[str | Path]] = {
            shuangma.NAME: [SHUANGMA, "export", "--store", ours, "--format", "nquads", "--output"],
            oxigraph.NAME: [binary, "dump", "--location", theirs, "--file"],
        }
        taken: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                files[name].unlink(missing_ok=True)
                taken[name].append(written([*command, files[name]]))
        if not same_quads(*files.values()):
            sys.exit("What was written is not the same.")
        size = files[shuangma.NAME].stat().st_size
    pairs = zip(*taken.values(), strict=True)
    ratio = median(their[0] / our[0] for our, their in pairs)
    lines = [["", "s", "MB/s", "memory, MB", "×"]]
    for name, each in taken.items():
        seconds, memory = median(s for s, _ in each), max(m for _, m in each)
        told = f"{ratio:.2f}" if name == shuangma.NAME else ""
        lines.append([name, *_figures(seconds, size, memory), told])
    service = start("--store", ours, "--port", "0")
    try:
        for name in ("HTTP, first", "HTTP, again"):
            before = _own_bytes(service.process.pid)
            with peak_of(lambda: _own_bytes(service.process.pid)) as peak:
                seconds, size = fetched(f"{service.url}/export/dataset.nq")
            lines.append([name, *_figures(seconds, size, peak[0] - before), ""])
    finally:
        service.stop()
    return lines


def _figures(seconds: float, size: int, memory: int) -> list[str]:
    return [f"{seconds:.1f}", f"{size / seconds / _MB:,.0f}", f"{memory / _MB:,.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.dump", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000, help="Triples.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stores", type=Path, help="Where both databases are, or are to be kept.")
    parser.add_argument("--write", action="store_true", help="Write the figures into the docs.")
    given = parser.parse_args()
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        stores = given.stores or Path(folder)
        ours, theirs = stores / "shuangma", stores / "oxigraph"
        if not ours.exists():
            file, _ = generator.write(given.size, _FOLDER)
            shuangma.load(ours, [file])
            oxigraph.load(theirs, [file])
        lines = measure(ours, theirs, given.rounds)
    print(plain(lines))
    if given.write:
        told = f"{given.size:,} triples, {given.rounds} rounds; {machine()}; load average at the "
        text = f"{told}start {busy:.1f}.\n\n{markdown(lines)}\n\n{_METHOD}"
        print(put_section(_HEADING, text))


if __name__ == "__main__":
    main()
