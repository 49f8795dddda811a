"""What pages tell of an error in the reader's language.

Errors of the domain speak English; the words of pages name them by their class and take the
error's own fields. An error without words of its own gets those of its status, and its English
stays beside them.
"""

from __future__ import annotations

from graph.errors import ShuangmaError
from server.language import message
from server.messages import MESSAGES

_SPOKEN = "en"


def words_of(error: ShuangmaError, language: str) -> str | None:
    """The error in the reader's language; None where there are no words for it."""
    if language == _SPOKEN:
        return None
    for kind in type(error).__mro__:
        key = f"problem.{kind.__name__}"
        if key in MESSAGES:
            fields = {name: _plain(value) for name, value in vars(error).items()}
            try:
                return message(key, language).format(**fields)
            except KeyError:  # the error was made without a field that the words name
                return None
    return None


def words_of_status(status: int, language: str) -> str | None:
    """What a status means, in the reader's language."""
    key = f"problem.{status}"
    return message(key, language) if language != _SPOKEN and key in MESSAGES else None


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else value
