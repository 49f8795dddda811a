"""The index of an edition: what its things are called, how linked they are, what its texts say.

One SQLite file for each edition, made beside it by a process of its own and only read
afterwards. It finds things as one types: in Traditional, Simplified, pinyin, initials and
English, from the beginning of a name or its middle, with one slip of the keys.
"""

from graph.index.shelf import IndexShelf
from graph.index.thing_index import (
    Found,
    FoundPassage,
    FoundPassages,
    FoundThing,
    IndexNotReady,
    Name,
    ThingIndex,
)

__all__ = [
    "Found",
    "FoundPassage",
    "FoundPassages",
    "FoundThing",
    "IndexNotReady",
    "IndexShelf",
    "Name",
    "ThingIndex",
]
