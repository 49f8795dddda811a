"""How long the build and the pages take, in one process and over HTTP.

Each figure is the median of a few rounds, measured in turn with what it is compared
with, so that a machine that slows down slows both.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from rdflib import Graph

from graph.dataset import build_dataset
from graph.export import triples_of
from graph.representation import Kind, Writer, format_named
from graph.store import EditionStore
from ontology import load
from tests.conftest import ROOT, run, start
from tests.server.http import get

ROUNDS = 5
POINT = """
PREFIX sm: <https://shuangma.example/ontology#>
SELECT ?outcome WHERE { <https://shuangma.example/id/Attempt4> sm:outcome ?outcome }
"""
GROUP = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?p (COUNT(*) AS ?n) WHERE { ?st rdf:predicate ?p } GROUP BY ?p ORDER BY DESC(?n)
"""


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(
    name: str, ours: Callable[[], object], other: str, theirs: Callable[[], object]
) -> None:
    """Print the median time of `ours`, of `theirs`, and the ratio of the two."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    mine = statistics.median(pair[0] for pair in pairs)
    its = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
    print(f"{name:<44} {mine * 1000:9.1f} ms   {ratio:7.2f} × {other} ({its * 1000:.1f} ms)")


def measure() -> None:
    """Print all of it."""
    folder = ROOT / "data" / "articles" / "ma-yun-social"
    vocabulary = load()
    writer = Writer(vocabulary.prefixes, vocabulary.context)
    dataset = build_dataset([folder], vocabulary)
    turtle = writer.write_triples(triples_of(dataset.quads), format_named("turtle", Kind.GRAPH))
    json_ld = format_named("jsonld", Kind.GRAPH)
    in_rdflib = Graph().parse(data=turtle, format="turtle")

    def parse() -> Graph:
        return Graph().parse(data=turtle, format="turtle")

    print(f"{len(dataset.quads):,} quads; medians of {ROUNDS} rounds\n")
    compare("compile and infer", lambda: build_dataset([folder], vocabulary), "rdflib parse", parse)
    triples = triples_of(dataset.quads)
    compare(
        "JSON-LD of everything",
        lambda: writer.write_triples(triples, json_ld),
        "rdflib JSON-LD",
        lambda: in_rdflib.serialize(format="json-ld"),
    )
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "built"
        took = seconds(lambda: run("build", "--store", built))
        print(f"{'shuangma build, whole process':<44} {took:9.2f} s")
        engine = EditionStore(built).engine()
        compare(
            "point query, in process",
            lambda: engine.select(POINT),
            "rdflib",
            lambda: list(in_rdflib.query(POINT)),
        )
        compare(
            "group-by, in process",
            lambda: engine.select(GROUP),
            "rdflib",
            lambda: list(in_rdflib.query(GROUP)),
        )
        begun = time.perf_counter()
        service = start("--store", built, "--port", "0")
        try:
            print(
                f"{'shuangma serve to its address, whole process':<44} "
                f"{time.perf_counter() - begun:9.2f} s"
            )
            url = f"{service.url}/sparql?query={quote(POINT)}"
            compare(
                "point query over HTTP",
                lambda: get(url),
                "in process",
                lambda: engine.select(POINT),
            )
            compare(
                "explore's network, kept for the edition",
                lambda: get(f"{service.url}/api/network?lang=en"),
                "a health check",
                lambda: get(f"{service.url}/healthz"),
            )
        finally:
            service.stop()
