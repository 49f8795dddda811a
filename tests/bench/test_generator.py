"""The made-up graph is the same for everyone, and as large as it says."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from tests.bench import generator

_QUADS = 30_000


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, generator.Census]:
    return generator.write(_QUADS, tmp_path_factory.mktemp("news"))


def test_it_has_exactly_as_many_quads_as_asked_for(
    written: tuple[Path, generator.Census],
) -> None:
    quads = list(pyoxigraph.parse(path=written[0]))
    assert len(quads) == _QUADS
    assert len({quad.triple for quad in quads}) == _QUADS
    assert not any(
        isinstance(term, pyoxigraph.BlankNode)
        for quad in quads
        for term in (quad.subject, quad.object, quad.graph_name)
    )


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(
    written: tuple[Path, generator.Census], tmp_path: Path
) -> None:
    again, _ = generator.write(_QUADS, tmp_path)
    other, _ = generator.write(_QUADS, tmp_path, seed=2)
    assert again.read_bytes() == written[0].read_bytes() != other.read_bytes()


def test_the_census_counts_what_is_there(written: tuple[Path, generator.Census]) -> None:
    path, census = written
    quads = list(pyoxigraph.parse(path=path))
    subjects = {quad.subject.value for quad in quads}
    articles = [f"{generator.BASE}article/news-{n}" for n in range(census.articles)]
    assert articles and set(articles) < subjects
    assert {generator.thing(census, n) for n in range(census.things)} < subjects
    hub = f"{generator.BASE}id/Hub0"
    edges = sum(
        isinstance(quad.object, pyoxigraph.NamedNode) and quad.object.value == hub for quad in quads
    )
    assert edges == generator.hub_degree(census, 0)


def test_a_second_request_finds_the_file_of_the_first(tmp_path: Path) -> None:
    path, census = generator.write(_QUADS, tmp_path)
    made = path.stat().st_mtime_ns
    assert generator.write(_QUADS, tmp_path) == (path, census)
    assert path.stat().st_mtime_ns == made
