"""`/export/dataset.…`: the whole dataset as files that are made once and sent from the disk.

Answered on the event loop: a request that waits for its file holds no thread, and a client
that is slow holds nothing but a descriptor.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from graph.dump import Dump, DumpFolder, Order
from graph.errors import EditionGone
from graph.readers import wire
from graph.representation import Format, Kind, format_named, formats_of
from graph.spool import Spool
from graph.store import EditionStore
from ontology import Vocabulary
from server.backend import PageBackend
from server.budget import Budget
from server.configuration import Configuration
from server.language import language_for
from server.negotiation import takes_gzip
from server.placement import Placement
from server.protocol.endpoint import EDITION, check_budget
from server.protocol.message import HttpProblem, Reply, Request

PATH = "/export/dataset"
DUMP_KINDS = (Kind.GRAPH, Kind.DATASET, Kind.EVIDENCE, Kind.NETWORK, Kind.TABLES)
GZIP = "application/gzip"
_AGAIN_S = 5
_PATIENCE_S = 120.0  # of a client; the file is made all the same
_NAMED = re.compile(r"\.(?:(zh-Hant|zh-Hans|en)\.)?(.+?)(\.gz)?")


def takes(path: str) -> bool:
    """Whether a path names the whole dataset."""
    return path.startswith(f"{PATH}.")


def read_name(name: str) -> tuple[Format, str | None, bool]:
    """The format, language and packing that `.en.graphml`, `.nq.gz` and the like ask for.

    Raises `HttpProblem` 404.
    """
    match = _NAMED.fullmatch(name)
    if match:
        forms = formats_of(*DUMP_KINDS)
        form = next((each for each in forms if each.suffix == match[2]), None)
        if form is None and match[2] in {"csv", "zip"}:
            form = format_named("tables", Kind.TABLES)
        if form and not (match[3] and form.kind is Kind.TABLES):
            return form, match[1], bool(match[3])
    known = ", ".join(f".{each.suffix}" for each in formats_of(*DUMP_KINDS))
    raise HttpProblem(404, f"“dataset{name}” names no download. End it with one of {known}.")


class Dumps:
    """The files of one store, asked for by one worker."""

    def __init__(
        self,
        settings: Configuration,
        vocabulary: Vocabulary,
        backend: PageBackend,
        budget: Budget,
        placement: Placement,
    ) -> None:
        """Keep the files in the store's folder, or the service's own where that is read-only."""
        self._vocabulary = vocabulary
        self._settings = settings
        self._backend = backend
        self._budget = budget
        self._placement = placement
        self._store = EditionStore(Path(settings.store))
        self.folder = folder_of(settings)
        self._making: dict[Dump, asyncio.Task[None]] = {}
        self._made: dict[str, str] = {}

    async def reply(self, request: Request) -> Reply:
        """A file, whole; `server.ranges` cuts what is asked of it."""
        if request.method not in {"GET", "HEAD"}:
            raise HttpProblem(405, f"{request.method} is not for files.", Allow="GET, HEAD")
        dump, type_ = self._asked(request)
        etag = self.etag(dump)
        headers = {
            "Content-Type": type_,
            "ETag": etag,
            "Cache-Control": "no-cache",
            "Accept-Ranges": "bytes",
            EDITION: dump.edition,
        }
        varies = ["Accept-Language", "Cookie"] if dump.language else []
        if type_ != GZIP and dump.format.kind is not Kind.TABLES:
            varies.append("Accept-Encoding")
            if dump.packed:
                headers["Content-Encoding"] = "gzip"
        filename = dump.filename.removesuffix(".gz") if type_ != GZIP else dump.filename
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        if _knows(request.headers, etag):
            return Reply(304, {"ETag": etag, EDITION: dump.edition}).vary(*varies)
        spool = await self._spool(dump, request.client)
        return Reply(200, headers, spool).vary(*varies)

    def etag(self, dump: Dump) -> str:
        """A strong mark: of this store's edition, and of the file."""
        if dump.edition not in self._made:
            self._made[dump.edition] = self._store.edition(dump.edition).made
        mark = "\0".join((self._made[dump.edition], dump.edition, dump.filename))
        return f'"{hashlib.sha256(mark.encode()).hexdigest()[:20]}"'

    def _asked(self, request: Request) -> tuple[Dump, str]:
        """The file that a request means, and the media type that it is sent as."""
        form, named, packed = read_name(request.path.removeprefix(PATH))
        parameters = request.url_parameters
        edition = parameters.first("edition") or self._backend.edition()
        if not self._backend.keeps(edition):
            raise EditionGone(edition)
        language = _language(named or parameters.first("lang"), request.headers)
        if packed:
            return Dump.of(edition, form, language, packed=True), GZIP
        accepted = request.headers.get("accept-encoding", "")
        packs = takes_gzip(accepted) and form.kind is not Kind.TABLES
        dump = Dump.of(edition, form, language, packed=packs)
        resumes = request.headers.get("if-range", "").strip()
        if packs and resumes:  # go on with what was begun
            plain = Dump.of(edition, form, language, packed=False)
            if resumes == self.etag(plain):
                dump = plain
        return dump, form.content_type

    async def _spool(self, dump: Dump, client: str) -> Spool:
        """The file, made first if it must be. Raises `DumpUnavailable` when that takes long."""
        descriptor = self.folder.open(dump)
        if descriptor is None:
            check_budget(self._budget, client)
            started = time.monotonic()
            task = self._making.get(dump)
            if task is None:
                task = asyncio.ensure_future(self._make(dump))
                self._making[dump] = task
                task.add_done_callback(lambda _: self._making.pop(dump, None))
            try:
                await asyncio.wait_for(asyncio.shield(task), _PATIENCE_S)
            except TimeoutError:
                raise _again("The file is being made.") from None
            finally:
                if client:
                    self._budget.spend(client, time.monotonic() - started)
            descriptor = self.folder.open(dump)
        if descriptor is None:
            raise _again("The file was let go of as soon as it was made.")
        return Spool(descriptor=descriptor)

    async def _make(self, dump: Dump) -> None:
        settings = self._settings
        order = Order(
            settings.store,
            str(self.folder.folder),
            dump,
            settings.dumps_size_bytes,
            settings.writer_memory,
            self._vocabulary.base,
            self._vocabulary.prefixes,
            self._vocabulary.context,
        )
        with self._placement.roaming():
            process = await asyncio.create_subprocess_exec(
                *order.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
            )
        told, _ = await process.communicate()
        if process.returncode == 0:
            return
        try:
            head = json.loads(told)
        except ValueError:
            raise _again("The process that made the file was ended.") from None
        raise wire.error_of(head)


def _again(reason: str) -> HttpProblem:
    told = f"{reason} Ask for it again in {_AGAIN_S} s."
    return HttpProblem(503, told, Retry_After=str(_AGAIN_S))


def folder_of(settings: Configuration) -> DumpFolder:
    """Where a service keeps the files: beside its editions, or with its sockets."""
    beside = Path(settings.store) / "dumps"
    parent = beside if beside.exists() else beside.parent
    if os.access(parent, os.W_OK | os.X_OK) or not settings.runtime:
        return DumpFolder(beside)
    return DumpFolder(Path(settings.runtime) / "dumps")


def _language(asked: str | None, headers: Mapping[str, str]) -> str:
    """The language of the labels, chosen as pages choose theirs."""
    kept = parse_cookie(headers.get("cookie", "")).get("lang")
    accepted = parse_accept_header(headers.get("accept-language"), LanguageAccept)
    return language_for(asked, kept, (tag for tag, _ in accepted))


def _knows(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client has this already (RFC 9110, 13.1.2)."""
    told = headers.get("if-none-match", "").split(",")
    given = {mark.strip().removeprefix("W/") for mark in told}
    return etag in given or "*" in given
