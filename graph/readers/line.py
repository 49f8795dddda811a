"""How an event loop asks readers: many requests under way, their replies in one inbox."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from graph.errors import QueryCancelled
from graph.readers import wire
from graph.readers.board import Board
from graph.readers.places import Places
from graph.readers.settings import LANES, ReaderSettings
from graph.readers.waiting import LOOK_S, Wait

WhenSlow = Callable[[str], object]


class Asked(Wait):
    """A wait in an event loop; `when_slow` is called, with its identifier, when it takes long.

    `turn` tells it from all others of its inbox: the identifier is its client's to choose.
    """

    __slots__ = ("reply", "request", "turn", "when_slow")

    def __init__(
        self,
        lane: str,
        since: float,
        turn: int,
        request: str,
        when_slow: WhenSlow | None,
        reply: asyncio.Future[wire.Frame],
    ) -> None:
        self.lane, self.since, self.was_lost = lane, since, False
        self.turn, self.request, self.when_slow, self.reply = turn, request, when_slow, reply


class Line:
    """Carries requests to the mailboxes of lanes, and replies to who asked."""

    def __init__(self, settings: ReaderSettings, board: Board) -> None:
        """Open it in the running event loop. Raises `OSError` when there are no mailboxes."""
        self._settings = settings
        self._board = board
        self._loop = asyncio.get_running_loop()
        self._lanes = {lane: _Lane(settings, lane) for lane in LANES}
        self._inbox = wire.Inbox(settings.runtime, is_line=True)
        self.name = self._inbox.name
        self._places = Places(settings.places, os.getpid())
        self._inbox.socket.setblocking(False)
        self._turns = count(1)
        self._asked: dict[int, Asked] = {}
        self._revoked: dict[int, float] = {}  # a reader may still begin them until then
        self._looks = False
        self._loop.add_reader(self._inbox.socket.fileno(), self._arrive)

    async def ask(
        self,
        lane: str,
        head: dict[str, Any],
        descriptors: Sequence[int] = (),
        when_slow: WhenSlow | None = None,
    ) -> wire.Frame:
        """Send a request and wait for its reply; `when_slow` is called when it takes long.

        Raises `TooBusy`, `QueryTimedOut` and `QueryCancelled`, and `OSError` when there are no
        readers.
        """
        way = self._lanes[lane]
        self._places.enter(lane, way.room)
        turn, since = next(self._turns), time.monotonic()
        asked = Asked(lane, since, turn, head["id"], when_slow, self._loop.create_future())
        self._asked[turn] = asked
        try:
            head["turn"], head["inbox"], head["until"] = turn, self.name, since + way.deadline_s
            way.post(asked, wire.encode(head), descriptors)
            if not self._looks:
                self._looks = True
                self._loop.call_later(LOOK_S, self._look_around)
            return await asked.reply
        finally:
            del self._asked[turn]
            self._places.leave(lane)
            way.forget(asked)

    def revoke(self, request: str) -> bool:
        """End the waiting for a request that no reader has begun; whether there was any.

        A write may be begun all the same, so it is left to wait.
        """
        found = [
            asked
            for asked in self._asked.values()
            if asked.request == request and asked.lane != "write" and not asked.reply.done()
        ]
        for asked in found:
            self._revoked[asked.turn] = asked.since + self._settings.deadline_s(asked.lane)
            asked.reply.set_exception(QueryCancelled())
        return bool(found)

    def _arrive(self) -> None:
        try:
            frame = self._inbox.take()
        except OSError:
            return
        if "revoke" in frame.head:
            self._revoke_for(frame)
            return
        turn = frame.head["turn"]
        asked = self._asked.get(turn)
        if asked and not asked.reply.done():
            asked.reply.set_result(frame)
        else:  # nobody waits any more
            self._revoked.pop(turn, None)
            frame.close()

    def _revoke_for(self, frame: wire.Frame) -> None:
        """Revoke what another process wants revoked, and tell it."""
        told = wire.encode({"revoked": self.revoke(frame.head["revoke"])})
        with suppress(OSError):  # it may wait no more
            address = str(self._settings.runtime / frame.head["inbox"])
            wire.send(self._inbox.socket, told, address)

    def _look_around(self) -> None:
        """Once in a while, and not for each request: most are done long before."""
        now = time.monotonic()
        running = {each.turn: each for each in self._board.all_running_for(self._inbox.name)}
        for asked in list(self._asked.values()):
            if asked.reply.done() or now - asked.since < LOOK_S:
                continue
            error = asked.over(self._settings, self._board, running.get(asked.turn))
            if error:
                asked.reply.set_exception(error)
            elif asked.when_slow:
                asked.when_slow(asked.request)
                asked.when_slow = None
        if self._revoked:
            for turn in self._revoked.keys() & running.keys():
                self._board.cancel(running[turn])
            self._revoked = {turn: at for turn, at in self._revoked.items() if at > now}
        self._looks = bool(self._asked or self._revoked)
        if self._looks:
            self._loop.call_later(LOOK_S, self._look_around)


class _Lane:
    """The way to one mailbox, and who waits before it when it is full."""

    def __init__(self, settings: ReaderSettings, lane: str) -> None:
        """Raises `OSError` when there is no mailbox."""
        self._loop = asyncio.get_running_loop()
        self._spool = settings.spool
        self.room = settings.room(lane)
        self.deadline_s = settings.deadline_s(lane)
        self._waiting: deque[tuple[Asked, bytes, Sequence[int]]] = deque()
        self._socket = wire.new_socket()
        self._socket.setblocking(False)
        self._socket.connect(str(settings.mailbox(lane)))

    def forget(self, asked: Asked) -> None:
        """What was not sent yet is not sent."""
        if self._waiting:
            self._waiting = deque(sent for sent in self._waiting if sent[0] is not asked)

    def post(self, asked: Asked, whole: bytes, descriptors: Sequence[int]) -> None:
        """Send now, or when those before have been and there is room."""
        if self._waiting or not self._is_sent(asked, whole, descriptors):
            if not self._waiting:
                self._loop.add_writer(self._socket.fileno(), self._post_waiting)
            self._waiting.append((asked, whole, descriptors))

    def _post_waiting(self) -> None:
        while self._waiting and self._is_sent(*self._waiting[0]):
            self._waiting.popleft()
        if not self._waiting:
            self._loop.remove_writer(self._socket.fileno())

    def _is_sent(self, asked: Asked, whole: bytes, descriptors: Sequence[int]) -> bool:
        try:
            wire.send(self._socket, whole, None, descriptors, self._spool)
        except BlockingIOError:
            return False
        except OSError as error:
            if not asked.reply.done():
                asked.reply.set_exception(error)
        return True
