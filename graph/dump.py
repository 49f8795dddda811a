"""Files of whole editions: each format made once, by a process of its own, and then only sent.

    <folder>/000042/dataset-000042.nq       made when first asked for
    <folder>/000042/dataset-000042.nq.gz    likewise, from the file above where that is there
    <folder>/.lock                          held by the one that makes a file

A file is whole when it has its name. Files of editions that are gone go too; beyond its bound
the folder lets go of what was least lately asked for.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

from graph.errors import DumpUnavailable, ShuangmaError
from graph.export import Setting, write_whole
from graph.oxigraph import OxigraphEngine
from graph.readers import wire
from graph.readers.confinement import die_with_parent, limit_memory
from graph.representation import Format, Kind, Writer, format_named
from graph.store import Edition, EditionStore

_COMPRESSION = 5
_PART = 1 << 20
_NICENESS = 5
_KINDS = (Kind.GRAPH, Kind.DATASET, Kind.EVIDENCE, Kind.NETWORK, Kind.TABLES)
_NAMED = frozenset({Kind.NETWORK, Kind.TABLES})  # they bear labels, in one language


@dataclass(frozen=True)
class Dump:
    """One file: of which edition, in which format, in which language its labels, packed or not."""

    edition: str
    form: str
    language: str = ""
    packed: bool = False

    @classmethod
    def of(cls, edition: str, form: Format, language: str, *, packed: bool) -> Dump:
        """The file of an edition in a format; a language counts only where there are labels."""
        return cls(edition, form.name, language if form.kind in _NAMED else "", packed)

    @property
    def format(self) -> Format:
        """The format."""
        return format_named(self.form, *_KINDS)

    @property
    def filename(self) -> str:
        """The file's name, which tells the edition."""
        parts = [f"dataset-{self.edition}", self.language, self.format.suffix]
        return ".".join(part for part in (*parts, "gz" if self.packed else "") if part)


@dataclass(frozen=True)
class Order:
    """What a maker is told: whence and where, how much it may take in bytes, in which words."""

    store: str
    folder: str
    dump: Dump
    limit_bytes: int
    memory_bytes: int
    base: str
    prefixes: Mapping[str, str]
    context: Mapping[str, Any]

    def command(self) -> list[str]:
        """The program that makes the file."""
        return [sys.executable, "-m", "graph.dump", json.dumps(asdict(self))]

    def setting(self, edition: Edition) -> Setting:
        """What the file says beside the data."""
        return Setting(
            Writer(self.prefixes, self.context),
            self.prefixes["sm"],
            self.base,
            self.dump.language or "en",
            edition.name,
            edition.made,
        )


class DumpFolder:
    """The folder of the files."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is made yet."""
        self.folder = folder

    def path(self, dump: Dump) -> Path:
        """Where a file is or will be."""
        return self.folder / dump.edition / dump.filename

    def open(self, dump: Dump) -> int | None:
        """A descriptor of a file, and a mark that it was asked for; None when it is not there."""
        path = self.path(dump)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        with suppress(OSError):  # of another owner, say
            os.utime(descriptor)
        return descriptor

    def size(self, dump: Dump) -> int | None:
        """How long a file is, if it is there."""
        try:
            return self.path(dump).stat().st_size
        except OSError:
            return None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one that makes a file here."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def prune(self, editions: list[str]) -> None:
        """Remove the files of editions that are gone, and what a dead maker left."""
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in editions:
                shutil.rmtree(path, ignore_errors=True)
        for left in self.folder.glob("*/.*"):
            left.unlink(missing_ok=True)

    def files(self) -> list[tuple[float, int, Path]]:
        """All files: when each was last asked for, its size, its path; the oldest first."""
        found = []
        for path in self.folder.glob("*/dataset-*"):
            with suppress(OSError):
                told = path.stat()
                found.append((told.st_mtime, told.st_size, path))
        return sorted(found)


class _Bounded:
    """A file that makes room in its folder as it grows, and never outgrows it."""

    def __init__(self, file: IO[bytes], folder: DumpFolder, limit_bytes: int, keep: Path) -> None:
        self._file = file
        self._limit = limit_bytes
        self._others = [each for each in folder.files() if each[2] != keep]
        self._used = sum(size for _, size, _ in folder.files())

    def write(self, part: bytes) -> int:
        self._used += len(part)
        while self._used > self._limit:
            if not self._others:
                raise DumpUnavailable(
                    f"The file would be larger than {self._limit // 2**20:,} MiB, the most that is "
                    "kept here (SHUANGMA_DUMPS_SIZE_BYTES). Take a part of it by a query."
                )
            _, size, path = self._others.pop(0)
            path.unlink(missing_ok=True)
            self._used -= size
        self._file.write(part)
        return len(part)

    def flush(self) -> None:
        self._file.flush()


class _Packed:
    """A file that is packed by gzip (RFC 1952) on its way.

    It bears no time, so that the same data give the same bytes.
    """

    def __init__(self, file: _Bounded) -> None:
        self._file = file
        self._packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, zlib.MAX_WBITS | 16)

    def write(self, part: bytes) -> int:
        packed = self._packer.compress(part)
        if packed:
            self._file.write(packed)
        return len(part)

    def flush(self) -> None:
        """Nothing waits that could be written yet."""

    def finish(self) -> None:
        self._file.write(self._packer.flush())


def make(order: Order) -> None:
    """Make a file, unless it is there already.

    Raises `DumpUnavailable` when there is no room, `EditionGone`, and what the format raises.
    """
    store, folder, dump = (
        EditionStore(Path(order.store)),
        DumpFolder(Path(order.folder)),
        order.dump,
    )
    target = folder.path(dump)
    try:
        with folder.locked():
            if target.exists():
                return
            folder.prune(store.names())
            target.parent.mkdir(exist_ok=True)
            plain = folder.path(Dump(dump.edition, dump.form, dump.language))
            with _whole_or_nothing(target) as file:
                bounded = _Bounded(file, folder, order.limit_bytes, keep=plain)
                if not dump.packed:
                    _write(store, order, cast("IO[bytes]", bounded))
                    return
                packed = _Packed(bounded)
                if plain.exists():
                    with plain.open("rb") as source:
                        while part := source.read(_PART):
                            packed.write(part)
                else:
                    _write(store, order, cast("IO[bytes]", packed))
                packed.finish()
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DumpUnavailable("There is no room on the disk for this file.") from error
        raise DumpUnavailable(f"The file cannot be made: {error.strerror or error}.") from error


def _write(store: EditionStore, order: Order, file: IO[bytes]) -> None:
    with store.open(order.dump.edition) as opened:
        setting = order.setting(opened.edition)
        engine = OxigraphEngine(opened.database, opened.edition.name, setting.writer)
        write_whole(opened.database, engine, order.dump.format, setting, file)


@contextmanager
def _whole_or_nothing(target: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name once it is whole and on the disk."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        try:
            yield cast("IO[bytes]", file)
            file.flush()
            os.fdatasync(file.fileno())
            os.fchmod(file.fileno(), 0o644)
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _main(told: dict[str, Any]) -> int:
    order = Order(**(told | {"dump": Dump(**told["dump"])}))
    die_with_parent()
    os.nice(_NICENESS)
    limit_memory(order.memory_bytes)
    try:
        make(order)
    except ShuangmaError as error:
        print(json.dumps(wire.error_head(error)))
        return 1
    except MemoryError:
        refused = DumpUnavailable("The file needs more memory than making it may take.")
        print(json.dumps(wire.error_head(refused)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(json.loads(sys.argv[1])))
