"""Other people's SPARQL engines, started for real on temporary folders and free ports.

They are what tests and benchmarks compare Shuangma with. Nothing of them enters the
project's requirements but Oxigraph's own server, which is a PyPI package; the others are
fetched into `.cache/engines/` when they are first asked for.
"""

from __future__ import annotations

from tests.engines import fuseki, oxigraph, rdflib_endpoint, shuangma, virtuoso
from tests.engines.engine import Engine, Peer

__all__ = ["ENGINES", "PEERS", "Engine", "Peer"]

PEERS: dict[str, Peer] = {
    module.NAME: module for module in (oxigraph, virtuoso, fuseki, rdflib_endpoint)
}
ENGINES: dict[str, Peer] = {shuangma.NAME: shuangma, **PEERS}
