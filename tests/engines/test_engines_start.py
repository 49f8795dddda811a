"""Every engine starts, takes a triple, and gives it back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines import ENGINES, Peer

_LOADED = "<urn:loaded> <urn:is> <urn:there> <urn:graph> .\n"
_INSERT = "INSERT DATA { GRAPH <urn:graph> { <urn:inserted> <urn:is> <urn:there> } }"
_SELECT = "SELECT ?what WHERE { ?what <urn:is> <urn:there> } ORDER BY STR(?what)"


@pytest.mark.engines
@pytest.mark.timeout(900)
@pytest.mark.parametrize("peer", ENGINES.values(), ids=ENGINES.keys())
def test_an_engine_loads_a_file_takes_an_update_and_answers(peer: Peer, tmp_path: Path) -> None:
    if reason := peer.available():
        pytest.skip(reason)
    file = tmp_path / "loaded.nq"
    file.write_text(_LOADED)
    folder = tmp_path / "engine"
    folder.mkdir()
    with peer.start(folder, [file]) as engine:
        engine.update(_INSERT)
        solutions = json.loads(engine.query(_SELECT))["results"]["bindings"]
        found = [solution["what"]["value"] for solution in solutions]
        assert found == ["urn:inserted", "urn:loaded"]
        assert engine.process.memory_bytes() >= 0
        assert engine.version
