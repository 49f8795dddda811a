"""Tokens that let a client write: made once, kept as SHA-256 beside the editions.

A token has 256 random bits, so that one round of SHA-256 keeps it; a file of tokens, one a
line, serves automation.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from graph.errors import ShuangmaError
from graph.store import EditionStore

_FILE = "tokens.json"
_LOCK = "tokens.lock"  # not the store's: a long load must not put off a revocation
_LOCK_TIMEOUT_S = 10
_BYTES = 32


class TokenError(ShuangmaError):
    """Tokens cannot be read or written, or there is none of that name."""


@dataclass(frozen=True)
class Token:
    """What is kept of a token; `made` is an `xsd:dateTime`."""

    name: str
    sha256: str
    made: str


class TokenBook:
    """The tokens of a store and of a token file."""

    def __init__(self, store: Path | None, token_file: Path | None = None) -> None:
        """Nothing is read yet."""
        self._path = store / _FILE if store else None
        self._token_file = token_file
        self._seen: tuple[object, ...] | None = None
        self._digests: frozenset[str] = frozenset()

    def create(self, name: str | None = None) -> str:
        """Make a token and keep its hash. Raises `TokenError` when the name is taken."""
        with self._locked():
            known = self.tokens()
            taken = {token.name for token in known}
            name = name or next(n for i in count(1) if (n := f"token-{i}") not in taken)
            if name in taken:
                raise TokenError(f"There is a token “{name}” already. Name another with --name.")
            secret = secrets.token_urlsafe(_BYTES)
            made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            self._write([*known, Token(name, _digest(secret), made)])
        return secret

    def revoke(self, name: str) -> None:
        """Forget a token. Raises `TokenError` when there is none of that name."""
        with self._locked():
            known = self.tokens()
            left = [token for token in known if token.name != name]
            if len(left) == len(known):
                names = ", ".join(token.name for token in known) or "none"
                raise TokenError(f"There is no token “{name}”. The tokens here: {names}.")
            self._write(left)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        assert self._path is not None
        folder = self._path.parent
        EditionStore(folder).refuse_foreign_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / _LOCK, timeout=_LOCK_TIMEOUT_S):
                yield
        except Timeout as error:
            raise TokenError(f"Another process is writing {self._path}. Try again.") from error
        except OSError as error:
            raise TokenError(f"{self._path} cannot be written: {error}.") from error

    def tokens(self) -> list[Token]:
        """What is kept. Raises `TokenError` when the file is damaged."""
        if self._path is None:
            return []
        try:
            return [Token(**told) for told in json.loads(self._path.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            raise TokenError(f"{self._path} cannot be read: {error}. Mend or remove it.") from error

    def is_empty(self) -> bool:
        """Whether nobody can write."""
        self._refresh()
        return not self._digests

    def admits(self, secret: str) -> bool:
        """Whether a token is one of these."""
        self._refresh()
        digest = _digest(secret)
        return any(hmac.compare_digest(digest, known) for known in self._digests)

    def _refresh(self) -> None:
        seen = tuple(map(_mark, (self._path, self._token_file)))
        if seen == self._seen:
            return
        digests = {token.sha256 for token in self.tokens()}
        if self._token_file:
            try:
                lines = self._token_file.read_text(encoding="utf-8").split("\n")
            except (OSError, UnicodeDecodeError) as error:
                raise TokenError(f"{self._token_file} cannot be read: {error}") from error
            digests |= {_digest(line.strip()) for line in lines if line.strip()}
        self._digests, self._seen = frozenset(digests), seen

    def _write(self, tokens: list[Token]) -> None:
        assert self._path is not None
        new = self._path.with_name(f"{_FILE}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([asdict(token) for token in tokens], file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _mark(path: Path | None) -> tuple[int, int] | None:
    try:
        status = path.stat() if path else None
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns) if status else None
