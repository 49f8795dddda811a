"""Where another engine is, who asks it, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from graph.errors import EngineUnavailable

MIB = 1024 * 1024
_CREDENTIALS = "SHUANGMA_ENGINE_USERNAME and _PASSWORD, or SHUANGMA_ENGINE_TOKEN"
_QUERY_NAMES = {"query", "sparql"}


@dataclass(frozen=True)
class Endpoint:
    """Another engine: its addresses, credentials and limits.

    Without `update` and `store` their addresses are guessed from that of queries.
    `union` says that the default graph of a query should be the union of all graphs.
    Nobody tells when another engine's data change: `fresh_s` is how long an answer of it
    may be repeated from a cache.
    """

    query: str
    update: str | None = None
    store: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    timeout_s: float = 30.0
    answer_bytes: int = 1024 * MIB
    spool_folder: str | None = None
    union: bool = True
    write_timeout_s: float = 600.0
    fresh_s: float = 60.0

    def __post_init__(self) -> None:
        for address in (self.query, self.update, self.store):
            if address is not None:
                _check(address)

    @classmethod
    def from_environment(
        cls,
        query: str,
        environment: Mapping[str, str],
        *,
        update: str | None = None,
        store: str | None = None,
        timeout_s: float = 30.0,
        write_timeout_s: float = 600.0,
        answer_bytes: int = 1024 * MIB,
        spool_folder: str | None = None,
        union: bool = True,
    ) -> Endpoint:
        """An endpoint whose credentials come from the environment, never from an address.

        Raises `EngineUnavailable` when an address is none.
        """
        prefix = "SHUANGMA_ENGINE_"
        return cls(
            query=query,
            update=update,
            store=store,
            username=environment.get(f"{prefix}USERNAME") or None,
            password=environment.get(f"{prefix}PASSWORD") or None,
            token=environment.get(f"{prefix}TOKEN") or None,
            timeout_s=timeout_s,
            write_timeout_s=write_timeout_s,
            answer_bytes=answer_bytes,
            spool_folder=spool_folder,
            union=union,
        )

    @property
    def likely_updates(self) -> tuple[str, ...]:
        """Where updates may go, by the conventions of engines, likeliest first.

        Oxigraph, Fuseki and Stardog have a sibling `update`; RDF4J and GraphDB have
        `statements`; Neptune, QLever, Blazegraph and Virtuoso take updates where they
        take queries.

        >>> Endpoint("http://localhost:3030/news/query").likely_updates
        ('http://localhost:3030/news/update', 'http://localhost:3030/news/query')
        """
        return (*self._beside("update", "statements"), self.query)

    @property
    def likely_stores(self) -> tuple[str, ...]:
        """Where whole graphs may be read and written, likewise.

        >>> Endpoint("http://localhost:7200/repositories/news").likely_stores
        ('http://localhost:7200/repositories/news/rdf-graphs/service',)
        """
        return (*self._beside("data", "rdf-graphs/service"), *self._beside("store", ""))

    def _beside(self, sibling: str, of_repository: str) -> tuple[str, ...]:
        parts = urlsplit(self.query)
        before, _, last = parts.path.rstrip("/").rpartition("/")
        if before.endswith("/repositories"):
            path = f"{before}/{last}/{of_repository}" if of_repository else ""
        elif last in _QUERY_NAMES:
            path = f"{before}/{sibling}"
        else:
            path = f"{before}/{last}/{sibling}" if last else ""
        return (urlunsplit((parts.scheme, parts.netloc, path, "", "")),) if path else ()


def origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what credentials are given to (RFC 6454).

    >>> origin("https://Example.org/sparql") == origin("https://example.org:443/update")
    True
    """
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise EngineUnavailable(
            f"“{address}” is no address of a SPARQL endpoint. Write http://host:port/path."
        )
    if parts.username or parts.password:
        bare = parts.netloc.rpartition("@")[2]
        raise EngineUnavailable(
            f"The address of {bare} holds a name or password, and addresses are logged. "
            f"Put them into {_CREDENTIALS}."
        )
