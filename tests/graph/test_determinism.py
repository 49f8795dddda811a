"""The same input gives the same bytes, in any process."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graph.build import folders_of
from graph.dataset import fingerprint
from ontology import Vocabulary, load

PROJECT = Path(__file__).parent.parent.parent
SCRIPT = """
import hashlib, sys
from pathlib import Path
from graph.build import folders_of
from graph.dataset import build_dataset
from graph.representation import Kind, Writer, formats_of, union
from ontology import load
vocabulary = load()
dataset = build_dataset(folders_of(Path(sys.argv[1])), vocabulary)
writer = Writer(vocabulary.prefixes, vocabulary.context)
for form in formats_of(Kind.GRAPH, Kind.DATASET):
    quads = list(dataset.quads) if sys.argv[2] == "forwards" else list(dataset.quads)[::-1]
    if form.kind is Kind.GRAPH:
        body = writer.write_triples(union(quads), form)
    else:
        body = writer.write_quads(quads, form)
    print(form.name, hashlib.sha256(body).hexdigest())
"""


def digests(articles: Path, seed: str, direction: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(articles), direction],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
        timeout=100,
    ).stdout


@pytest.mark.parametrize("articles", ["tests/articles", "data/articles"])
def test_two_builds_write_the_same_bytes_in_every_format(articles: str) -> None:
    first = digests(PROJECT / articles, "1", "forwards")
    second = digests(PROJECT / articles, "2", "backwards")
    assert first.split("\n") == second.split("\n")
    assert len(first.split("\n")) == 8


def test_a_fingerprint_changes_with_each_file_and_with_the_base(
    folder: Path, vocabulary: Vocabulary
) -> None:
    folders = folders_of(folder.parent)
    seen = {fingerprint(folders, vocabulary), fingerprint(folders, load("http://localhost/"))}
    for path in sorted(folder.iterdir()):
        path.write_bytes(path.read_bytes() + b"\n")
        seen.add(fingerprint(folders, vocabulary))
    assert len(seen) == 2 + 5
    assert fingerprint(folders, vocabulary) in seen
    assert all(len(each) == len(hashlib.sha256().hexdigest()) for each in seen)
