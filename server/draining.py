"""Takes the rest of a body that was refused, so that its sender comes to read why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

_DRAINED_BYTES = 16 * 1024 * 1024
_SILENT_S = 0.5
_DRAINED_S = 5.0


async def drain(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    """Take what still comes of a request's body (ASGI), and let go of it.

    A server that closes a connection on which bytes wait resets it, and the client, which is
    still sending, never sees the reply (RFC 9112, 9.6). Bounded: what is larger, or comes too
    slowly, is cut off.
    """
    taken = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAINED_S):
            while taken < _DRAINED_BYTES:
                message = await asyncio.wait_for(receive(), _SILENT_S)
                taken += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
