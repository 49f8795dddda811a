"""What the service is told at its start, read once at the edge."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from graph.readers.settings import MIB, ReaderSettings, default_readers
from ontology import CANONICAL_BASE

_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT_PREFIX = "SHUANGMA_"
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", re.IGNORECASE)


def size_in_bytes(text: str) -> int:
    """A size as people write it. Raises `ValueError`.

    >>> size_in_bytes("512M"), size_in_bytes("1.5 GiB"), size_in_bytes("4096")
    (536870912, 1610612736, 4096)
    """
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"“{text}” is no size. Write 512M or 2G.")
    power = " KMGT".index(match[2].upper() or " ")
    return int(float(match[1]) * 1024**power)


@dataclass(frozen=True)
class Configuration:
    """The settings of one service. Each may come from `SHUANGMA_<NAME>` too.

    Times are seconds, memory and sizes bytes. `readers`, `page_readers`, `queue` and
    `budget` are totals, however many `workers` there are.
    """

    store: str = "store"
    base: str = CANONICAL_BASE
    articles: Path = _ROOT / "data" / "articles"
    queries: Path = _ROOT / "data" / "queries"
    default_graph: str = "union"
    workers: int = 1
    readers: int = default_readers()
    page_readers: int = 2
    queue: int = 64
    query_timeout: float = 30.0
    reader_memory: int = 1024 * MIB
    write_timeout: float = 600.0
    writer_memory: int = 4096 * MIB
    hold: int = 0
    query_size_bytes: int = MIB
    upload_size_bytes: int = 1024 * MIB
    answer_size_bytes: int = 1024 * MIB
    cache_size_bytes: int = 64 * MIB
    budget: float = 60.0
    trusted_proxies: int = 0
    token_file: str = ""
    allow_service: str = ""
    editions_kept: int = 5
    spool: str = ""
    dumps_size_bytes: int = 16 * 1024 * MIB
    allocator: str = "auto"
    affinity: str = "on"
    links: str = "on"
    metrics: str = "off"
    update_url: str = ""
    store_url: str = ""
    runtime: str = ""

    @property
    def is_remote(self) -> bool:
        """Whether another engine stands in the store's place."""
        return self.store.startswith(("http://", "https://"))

    @property
    def metrics_folder(self) -> Path:
        """Where the workers of a service count what `/metrics` tells."""
        return Path(self.runtime) / "metrics"

    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for a worker process."""
        return {
            f"{ENVIRONMENT_PREFIX}{field.name.upper()}": str(getattr(self, field.name))
            for field in fields(self)
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Configuration:
        """The settings that the environment gives, defaults for the others.

        Raises `ValueError` that names the variable.
        """
        given: dict[str, object] = {}
        for field in fields(cls):
            name = f"{ENVIRONMENT_PREFIX}{field.name.upper()}"
            if name in environment:
                try:
                    given[field.name] = _read(str(field.type), environment[name])
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from error
        return cls(**given)  # type: ignore[arg-type]

    def reader_settings(self) -> ReaderSettings:
        """What the readers of this service are told."""
        return ReaderSettings(
            store=Path(self.store),
            base=self.base,
            runtime=Path(self.runtime),
            readers=self.readers,
            page_readers=self.page_readers,
            queue=self.queue,
            query_timeout_s=self.query_timeout,
            reader_memory_bytes=self.reader_memory,
            write_timeout_s=self.write_timeout,
            writer_memory_bytes=self.writer_memory,
            answer_size_bytes=self.answer_size_bytes,
            held_bytes=self.hold,
            editions_kept=self.editions_kept,
            spool=self.spool or None,
            allowed_services=tuple(self.allow_service.split()),
        )


def _read(kind: str, text: str) -> object:
    if kind == "int":
        return size_in_bytes(text)
    if kind == "float":
        return float(text)
    return Path(text) if kind == "Path" else text
