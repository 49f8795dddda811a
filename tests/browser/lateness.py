"""A file that comes after all others, as it may on a busy machine."""

from __future__ import annotations

import time

from playwright.sync_api import Route


def late(route: Route) -> None:
    """Let a request go on a second later; scripts and pages are there by then."""
    time.sleep(1)
    route.continue_()
