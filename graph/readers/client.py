"""Asks readers: from a thread that waits, or from an event loop that does not."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from graph.errors import QueryFailed, TooBusy
from graph.readers import wire
from graph.readers.board import ID_BYTES, Board
from graph.readers.line import Line, WhenSlow
from graph.readers.settings import ReaderSettings
from graph.readers.waiting import LOOK_S, Wait, why_ended

_SEND_PATIENCE = struct.pack("@ll", 1, 0)  # seconds before it looks at the clock again


def _not_sent(error: OSError) -> QueryFailed:
    if error.errno in {errno.ENOENT, errno.ECONNREFUSED}:
        return QueryFailed("The readers of this service are not running.")
    return QueryFailed(f"The request could not be put before a reader: {error.strerror}.")


def new_request() -> str:
    """An identifier for a request: 128 random bits, in hexadecimal."""
    return os.urandom(ID_BYTES).hex()


class Readers:
    """The readers of a service, as their clients see them."""

    def __init__(self, settings: ReaderSettings) -> None:
        """Map the board. Raises `FileNotFoundError` when no keeper has made it."""
        self._settings = settings
        self._board = Board(settings.board)
        self._line: Line | None = None

    def cancel(self, request: str) -> bool:
        """End the requests of an identifier that run, or else the queries of it that wait here.

        Returns whether there were any.
        """
        wanted = bytes.fromhex(request)
        running = [found for found in self._board.all_running() if found.request == wanted]
        for found in running:
            self._board.cancel(found)
        if running:
            return True
        return self._line is not None and self._line.revoke(request)

    async def cancel_elsewhere(self, request: str) -> bool:
        """End the queries of an identifier that wait at other processes of the service.

        Returns whether there were any.
        """
        own = self._line.name if self._line else ""
        others = [name for name in wire.lines(self._settings.runtime) if name != own]
        return bool(others) and await asyncio.to_thread(self._revoke_at, others, request)

    def _revoke_at(self, lines: Sequence[str], request: str) -> bool:
        with wire.Inbox(self._settings.runtime) as inbox:
            for way in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
                inbox.socket.setsockopt(socket.SOL_SOCKET, way, _SEND_PATIENCE)
            told = wire.encode({"revoke": request, "inbox": inbox.name})
            asked = 0
            for line in lines:
                with suppress(OSError):  # its process has ended
                    wire.send(inbox.socket, told, str(self._settings.runtime / line))
                    asked += 1
            found = False
            with suppress(BlockingIOError):
                for _ in range(asked):
                    found |= inbox.receive().head["revoked"]
            return found

    def ask(self, lane: str, head: dict[str, Any], descriptors: Sequence[int] = ()) -> wire.Frame:
        """Send a request and wait for its reply.

        Raises the error that the reply tells, `TooBusy`, or why the reader was ended.
        """
        since = time.monotonic()
        head["until"] = since + self._settings.deadline_s(lane)
        with wire.Inbox(self._settings.runtime) as inbox:
            told = {"id": new_request(), "turn": 0, "inbox": inbox.name} | head
            wait = Wait(lane, since)
            whole = wire.encode(told)
            self._post(inbox.socket, whole, lane, head["until"], descriptors)
            while not select.select([inbox.socket], [], [], LOOK_S)[0]:
                running = next(self._board.all_running_for(inbox.name), None)
                error = wait.over(self._settings, self._board, running)
                if error:
                    raise error
            return self._checked(inbox.receive(), lane)

    def _post(
        self,
        sender: socket.socket,
        whole: bytes,
        lane: str,
        until: float,
        descriptors: Sequence[int],
    ) -> None:
        """Send, or wait until there is room. Raises `TooBusy` and `QueryFailed`."""
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_PATIENCE)
        while time.monotonic() < until:
            try:
                mailbox = str(self._settings.mailbox(lane))
                wire.send(sender, whole, mailbox, descriptors, self._settings.spool)
            except BlockingIOError:
                continue
            except OSError as error:
                raise _not_sent(error) from error
            return
        raise TooBusy

    async def ask_soon(
        self,
        lane: str,
        head: dict[str, Any],
        descriptors: Sequence[int] = (),
        when_slow: WhenSlow | None = None,
    ) -> wire.Frame:
        """As `ask`, in an event loop; `when_slow` is called when it takes long."""
        if "id" not in head:
            head["id"] = new_request()
        try:
            if self._line is None:
                self._line = Line(self._settings, self._board)
            frame = await self._line.ask(lane, head, descriptors, when_slow)
        except OSError as error:
            raise _not_sent(error) from error
        return self._checked(frame, lane)

    def _checked(self, frame: wire.Frame, lane: str) -> wire.Frame:
        if "ended" in frame.head:
            raise why_ended(frame.head["ended"], lane, self._settings)
        if "error" in frame.head:
            raise wire.error_of(frame.head)
        return frame
