"""`python -m graph.readers SETTINGS`: the keeper of one service's readers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from graph.readers.keeper import keep
from graph.readers.settings import ReaderSettings
from graph.representation import Writer
from ontology import load


def settings_of(text: str) -> ReaderSettings:
    """Settings from the JSON that `ReaderSettings` was written as."""
    told = json.loads(text)
    for name in ("store", "runtime"):
        told[name] = Path(told[name])
    told["allowed_services"] = tuple(told["allowed_services"])
    return ReaderSettings(**told)


if __name__ == "__main__":
    settings = settings_of(sys.argv[1])
    vocabulary = load(settings.base)
    keep(settings, Writer(vocabulary.prefixes, vocabulary.context))
