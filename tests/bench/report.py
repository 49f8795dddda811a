"""Figures as a table for the terminal, and as `docs/performance.md`."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.results import GOALS, MEASURES, OURS, Figures, Measure

_JUDGED = {"rdflib-endpoint": 100_000}
_INTRODUCTION = """\
# Performance

Measured by `make bench`, which runs on any machine; this page is what it wrote last
(`make bench ARGS="--size 100000,1000000 --write"`). The figures say how Shuangma compares
with other engines on one machine in one hour, and nothing about another machine. What a
person waits for stands below them: the explorer, and the network behind it.

"""
_PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
# Sections that benchmarks of their own, or people, have written.
_KEPT = (
    "The readers' allocator",
    "An edition in memory",
    "The explorer",
    "The network",
    "Exports of everything",
)
_SIZE = re.compile(r"[\d,]+ triples")
_METHOD = """\
## How they were taken

- The data are made up by a seeded generator (`tests/bench/generator.py`): companies, people
  and products, articles with their facts, investments and figures, each fact with a statement
  that cites a passage with its text; one named graph per article, hubs of 10,000 edges and
  more. All engines load the same file.
- Every engine runs by itself on a new dataset on the same disk, with the union of all graphs
  as the default graph: `oxigraph serve` as it comes, Virtuoso with buffers for 1 GB and
  answers uncut, Fuseki with TDB2 and a heap of at most 4 GB, rdflib-endpoint in memory.
- Before anything is timed, all of them answer the same sample of every kind of query, and
  the solutions are compared as multisets.
- {clients} clients on kept-alive HTTP/1.1 connections ask one query after the other, from one
  process on the same machine. A load warms up for a second and then counts for {seconds:g} s, and
  longer where the kinds of query have not all had their turns by then. All engines take
  turns within a round; a ratio is the median of the ratios of the rounds.
- **fresh**: point queries (facts, labels, links, figures, products of a thing, the evidence of
  a statement), none asked twice. **repeated**: the same 20 of them. **exploration**: what is
  around a thing or a hub, with names and counts. **analytic**: group-bys, joins with
  aggregates and rankings over everything. **rows**: answers of 100,000 solutions. **export**:
  whole named graphs by CONSTRUCT, as N-Triples.
- **load**: from the command to its end, `shuangma load` and `oxigraph load`. **write**: the
  median of 50 updates of two triples, each acknowledged before the next. **memory**: what the
  engine's processes grow by at most while a client reads an answer of 500 MB; pages that
  processes share count once.
"""


def table(figures: Figures) -> list[list[str]]:
    """A heading, then a line per measure: each engine's median, and our ratio to it."""
    engines = [name for name in figures.versions if name != OURS]
    lines = [["", "unit", OURS, *(cell for name in engines for cell in (name, "×"))]]
    for measure in MEASURES:
        if measure.name not in figures.values:
            continue
        line = [measure.name, measure.unit, _number(figures.median(measure.name, OURS))]
        for name in engines:
            line += [_number(figures.median(measure.name, name)), _ratio(figures, measure, name)]
        lines.append(line)
    return lines


def latencies(figures: Figures) -> list[list[str]]:
    """A heading, then a line per load: p50 / p95 / p99 of each engine in milliseconds."""
    lines = [["p50 / p95 / p99, ms", *figures.versions]]
    for measure in MEASURES:
        if measure.name not in figures.latencies:
            continue
        line = [measure.name]
        for name in figures.versions:
            found = figures.median_latencies(measure.name, name)
            line.append(" / ".join(map(_number, found)) if found else "")
        lines.append(line)
    return lines


def goals(figures: Figures) -> Iterator[str]:
    """Each goal that this size is judged by, and whether it was reached."""
    for measure in MEASURES:
        for (name, engine), goal in GOALS.items():
            if name != measure.name or _JUDGED.get(engine, 1_000_000) != figures.quads:
                continue
            ratio = figures.ratio(measure, engine)
            if ratio is not None:
                verdict = "reached" if ratio >= goal else "missed"
                yield f"{name} ≥ {goal:g} × {engine}: {ratio:.2f}, {verdict}"
    written = figures.median("write", OURS)
    if written is not None:
        yield f"write ≤ 100 ms: {written:.1f} ms, {'reached' if written <= 100 else 'missed'}"


def plain(lines: list[list[str]]) -> str:
    """A table whose columns line up."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown(lines: list[list[str]]) -> str:
    head, *body = [f"| {' | '.join(line)} |" for line in lines]
    rule = f"| --- |{' ---: |' * (len(lines[0]) - 1)}"
    return "\n".join([head, rule, *body])


def page(all_figures: Iterable[Figures]) -> str:
    """The whole of `docs/performance.md`."""
    parts = [_INTRODUCTION]
    last = None
    for figures in all_figures:
        last = figures
        versions = ", ".join(f"{name} {version}" for name, version in figures.versions.items())
        parts.append(f"## {figures.quads:,} triples\n\n")
        parts.append(f"{figures.date}, {machine()}. {versions}.\n\n{markdown(table(figures))}\n\n")
        parts.append(
            "× is how many times as good as the engine beside it Shuangma is: "
            "more answers in a second, fewer seconds and milliseconds.\n\n"
        )
        if len(figures.latencies) > 0:
            parts.append(f"{markdown(latencies(figures))}\n\n")
        parts += [f"- {note}\n" for note in figures.notes]
        if figures.notes:
            parts.append("\n")
    if last:
        parts.append(_METHOD.format(clients=last.clients, seconds=last.seconds))
    return "".join(parts)


def write(all_figures: Iterable[Figures]) -> Path:
    """Write the page anew, but for sizes not measured here and what other benchmarks write."""
    kept, made = _sections(_PAGE.read_text(encoding="utf-8")), _sections(page(all_figures))
    tables = {name: text for name, text in (kept | made).items() if _SIZE.fullmatch(name)}
    method = [text for name, text in made.items() if name and name not in tables]
    parts = [
        made[""],
        *(tables[name] for name in sorted(tables, key=_size)),
        *method,
        *(kept[heading] for heading in _KEPT if heading in kept),
    ]
    _PAGE.write_text("\n".join(part.strip("\n") + "\n" for part in parts), encoding="utf-8")
    return _PAGE


def _size(heading: str) -> int:
    return int(heading.removesuffix(" triples").replace(",", ""))


def put_section(heading: str, text: str) -> Path:
    """Put a section of another benchmark on the page, in place of what it said before."""
    found = _sections(_PAGE.read_text(encoding="utf-8"))
    found[heading] = f"## {heading}\n\n{text}"
    rest = [part for name, part in found.items() if name not in _KEPT]
    parts = [*rest, *(found[name] for name in _KEPT if name in found)]
    _PAGE.write_text("\n".join(part.strip("\n") + "\n" for part in parts), encoding="utf-8")
    return _PAGE


def _sections(text: str) -> dict[str, str]:
    """The parts of a page by their headings of the second level; what comes first has none."""
    parts = re.split(r"(?m)^(?=## )", text)
    return {
        part.partition("\n")[0].removeprefix("## ") if part.startswith("## ") else "": part
        for part in parts
    }


def machine() -> str:
    """The processor, its cores, the memory and the system, as far as they are known."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def _ratio(figures: Figures, measure: Measure, engine: str) -> str:
    ratio = figures.ratio(measure, engine)
    if ratio is None:
        return ""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
