"""The words of the pages, in Traditional Chinese and English.

Simplified Chinese is derived from the Traditional when the server starts. A word in braces is
filled in by the page.
"""

from server.messages import (
    api,
    explore,
    export,
    pages,
    panels,
    problems,
    query,
    search,
    site,
    things,
)

MESSAGES: dict[str, dict[str, str]] = (
    site.MESSAGES
    | explore.MESSAGES
    | panels.MESSAGES
    | query.MESSAGES
    | things.MESSAGES
    | pages.MESSAGES
    | problems.MESSAGES
    | api.MESSAGES
    | search.MESSAGES
    | export.MESSAGES
)
