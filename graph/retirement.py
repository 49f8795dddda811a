"""IRIs of ours that the dataset once described and describes no longer.

    store/retired.sqlite      remembered beyond the editions that are kept

A writer records what a change took away; whoever is asked for an IRI that nothing is said
of looks here. An IRI that comes back is forgotten. IRIs of others are none of our promises,
so only those below the base are looked at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Set
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad
from pyoxigraph import Store as Database

NAME = "retired.sqlite"
_TIMEOUT_S = 2.0
_LOOKED_AT = 10_000
_TABLE = """
CREATE TABLE IF NOT EXISTS retired (
    iri TEXT PRIMARY KEY, last_edition TEXT NOT NULL, edition TEXT NOT NULL, made TEXT NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Retired:
    """An IRI that is gone: the last edition that had it, the first that had not, and when."""

    iri: str
    last_edition: str
    edition: str
    made: str


class Register:
    """What is remembered beside the editions of one store."""

    def __init__(self, folder: Path) -> None:
        """Name the store's folder; nothing is read or made yet."""
        self._path = folder / NAME

    def find(self, iri: str) -> Retired | None:
        """When an IRI went, if it did; a register that cannot be read knows nothing."""
        if not self._path.exists():
            return None
        with suppress(sqlite3.Error), closing(self._open("ro")) as register:
            row = register.execute("SELECT * FROM retired WHERE iri = ?", (iri,)).fetchone()
            return Retired(*row) if row else None
        return None

    def record(
        self,
        database: Database,
        parted: Set[str],
        *,
        last_edition: str,
        edition: str,
        made: str,
    ) -> None:
        """Remember those of `parted` that `database` does not describe, forget what is back.

        Nobody's write fails for it.
        """
        gone = sorted(iri for iri in parted if not is_described(database, iri))
        if not gone and not self._path.exists():
            return
        with suppress(sqlite3.Error, OSError), closing(self._open("rwc")) as register, register:
            register.execute(_TABLE)
            known = register.execute("SELECT iri FROM retired LIMIT ?", (_LOOKED_AT,))
            back = [iri for (iri,) in known.fetchall() if is_described(database, iri)]
            register.executemany("DELETE FROM retired WHERE iri = ?", ((iri,) for iri in back))
            register.executemany(
                "INSERT OR REPLACE INTO retired VALUES (?, ?, ?, ?)",
                ((iri, last_edition, edition, made) for iri in gone),
            )

    def _open(self, mode: str) -> sqlite3.Connection:
        address = f"{self._path.resolve().as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=_TIMEOUT_S)


def is_described(database: Database, iri: str) -> bool:
    """Whether the IRI is some triple's subject or a graph's name."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    if next(iter(database.quads_for_pattern(node, None, None, None)), None) is not None:
        return True
    return database.contains_named_graph(node)


def promised(quads: Iterable[Quad], base: str) -> set[str]:
    """The documents below `base` that are subjects of these quads; a fragment is no document."""
    found = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
    return {iri for iri in found if iri.startswith(base) and "#" not in iri}


def promised_in_graph(database: Database, name: NamedNode, base: str) -> set[str]:
    """The documents below `base` that a graph describes, and the graph if it is one."""
    found = promised(database.quads_for_pattern(None, None, None, name), base)
    return found | {name.value} if name.value.startswith(base) else found
