"""Short names for long paths, kept beside the store.

One SQLite file, bounded in number and size: the links that nobody used for longest go first.
Knows nothing of HTTP. It holds paths and when they were last used, and nothing of who used them.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from graph.errors import ShuangmaError

MOST_LINKS = 10_000
MOST_BYTES = 64 * 1024 * 1024
PATH_LENGTH = 64 * 1024
PAGES = ("/sparql", "/explore")
_NAME = re.compile(r"[a-z2-7]{6,26}")
_SHORTEST = 6
_USE_NOTED_S = 3600.0
_BUSY_S = 5.0
# What may stand in a URI (RFC 3986, 2.2 and 2.3), and the sign of percent-encoding.
_PLAIN = "!#$%&'()*+,/:;=?@[]~"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
  name TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, used REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_used ON links (used);
"""


class LinkRefused(ShuangmaError):
    """What is to be kept is no path of a page of ours, or is too long."""


class LinksUnavailable(ShuangmaError):
    """Short links are turned off, or there is no place to keep them."""


class LinkNotFound(ShuangmaError):
    """There is no such link, or not any more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no link “{name}” here. It may have been unused for too long.")


class LinkBook:
    """The links in one file; made when the first is kept. Any number of processes may use it."""

    def __init__(self, path: Path, *, most: int = MOST_LINKS, most_bytes: int = MOST_BYTES) -> None:
        """Keep at most `most` links, whose paths have `most_bytes` together."""
        self._path = path
        self._most, self._most_bytes = most, most_bytes

    def keep(self, path: str) -> str:
        """The short name of a path; the same path has the same name.

        Raises `LinkRefused`, and `LinksUnavailable` where the file cannot be written.
        """
        path = checked(path)
        digest = base64.b32encode(hashlib.blake2b(path.encode(), digest_size=16).digest())
        whole = digest.decode().lower().rstrip("=")
        try:
            with self._open() as book:
                for length in range(_SHORTEST, len(whole) + 1):
                    name = whole[:length]
                    row = book.execute("SELECT path FROM links WHERE name = ?", [name]).fetchone()
                    if row is None or row[0] == path:
                        break
                book.execute(
                    "INSERT INTO links VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET used = excluded.used",
                    [name, path, len(path), time.time()],
                )
                self._let_go(book)
        except sqlite3.Error as error:
            raise LinksUnavailable(
                f"Short links cannot be kept here ({error}). The long address works as well."
            ) from error
        return name

    def find(self, name: str) -> str:
        """The path of a link. Raises `LinkNotFound`."""
        if not _NAME.fullmatch(name) or not self._path.exists():
            raise LinkNotFound(name)
        now = time.time()
        try:
            with closing(self._connect(writes=False)) as book:
                row = book.execute("SELECT path, used FROM links WHERE name = ?", [name]).fetchone()
        except sqlite3.Error as error:
            raise LinkNotFound(name) from error
        if row is None:
            raise LinkNotFound(name)
        if now - row[1] > _USE_NOTED_S:  # when exactly does not matter, and a write costs
            self._note(name, now)
        return str(row[0])

    def _note(self, name: str, now: float) -> None:
        try:
            with self._open() as book:
                book.execute("UPDATE links SET used = ? WHERE name = ?", [now, name])
        except sqlite3.Error:
            return  # a store that may only be read still answers

    def _let_go(self, book: sqlite3.Connection) -> None:
        count, size = book.execute("SELECT COUNT(*), TOTAL(size) FROM links").fetchone()
        oldest = book.execute("SELECT name, size FROM links ORDER BY used, name")
        while (count > self._most or size > self._most_bytes) and count > 1:
            name, freed = oldest.fetchone()
            book.execute("DELETE FROM links WHERE name = ?", [name])
            count, size = count - 1, size - freed

    def _connect(self, *, writes: bool) -> sqlite3.Connection:
        mode = "rwc" if writes else "ro"
        address = f"file:{quote(str(self._path.absolute()))}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, in one transaction."""
        with closing(self._connect(writes=True)) as book:
            book.executescript(_SCHEMA)
            book.execute("BEGIN IMMEDIATE")
            try:
                yield book
            except BaseException:
                book.execute("ROLLBACK")
                raise
            book.execute("COMMIT")


def checked(path: str) -> str:
    """A path of ours as a URI has it. Raises `LinkRefused` for any other.

    >>> checked("/sparql#query=ASK {}&名")
    '/sparql#query=ASK%20%7B%7D&%E5%90%8D'
    """
    page = re.split(r"[?#]", path, maxsplit=1)[0]
    if page not in PAGES:
        raise LinkRefused(f"Only paths of these pages are kept: {', '.join(PAGES)}.")
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in path):
        raise LinkRefused("The path holds a control character.")
    found = quote(path.encode("utf-8", "replace"), safe=_PLAIN)
    if len(found) > PATH_LENGTH:
        raise LinkRefused(f"The path is longer than {PATH_LENGTH:,} characters.")
    return found
