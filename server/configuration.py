"""What the service is told at its start, read once at the edge."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from ontology import CANONICAL_BASE

_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT_PREFIX = "SHUANGMA_"


@dataclass(frozen=True)
class Configuration:
    """The settings of one service. Each may come from `SHUANGMA_<NAME>` too."""

    store: Path = Path("store")
    base: str = CANONICAL_BASE
    articles: Path = _ROOT / "data" / "articles"
    queries: Path = _ROOT / "data" / "queries"
    default_graph: str = "union"
    query_size_bytes: int = 256 * 1024

    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for a worker process."""
        return {
            f"{ENVIRONMENT_PREFIX}{field.name.upper()}": str(getattr(self, field.name))
            for field in fields(self)
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Configuration:
        """The settings that the environment gives, defaults for the others."""
        given = {
            field.name: environment[name]
            for field in fields(cls)
            if (name := f"{ENVIRONMENT_PREFIX}{field.name.upper()}") in environment
        }
        return cls(
            store=Path(given.get("store", cls.store)),
            base=given.get("base", cls.base),
            articles=Path(given.get("articles", cls.articles)),
            queries=Path(given.get("queries", cls.queries)),
            default_graph=given.get("default_graph", cls.default_graph),
            query_size_bytes=int(given.get("query_size_bytes", cls.query_size_bytes)),
        )
