"""Another engine's SPARQL 1.1 endpoint in the store's place.

`endpoint` says where it is and who asks; `connection` and `transport` carry requests and
answers, bounded in time and size; `protocol` writes requests; `refusal` turns what is
refused into errors; `results` checks and converts answers; `probing` finds out what the
engine can; `reading` and `writing` ask and tell it; `engine` is what the rest uses.
"""

from __future__ import annotations

from graph.remote.endpoint import Endpoint
from graph.remote.engine import RemoteEngine
from graph.remote.probing import Capabilities

__all__ = ["Capabilities", "Endpoint", "RemoteEngine"]
