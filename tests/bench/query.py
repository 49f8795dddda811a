"""One query, its text as a URL wants it, and how the kinds of a class take turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from tests.bench.generator import BASE, OA, RDF, SCHEMA, SKOS, SM, XSD

PREFIXES = f"""PREFIX rdf: <{RDF}>
PREFIX xsd: <{XSD}>
PREFIX skos: <{SKOS}>
PREFIX schema: <{SCHEMA}>
PREFIX oa: <{OA}>
PREFIX sm: <{SM}>
PREFIX id: <{BASE}id/>
"""
SOLUTIONS = "application/sparql-results+json"
# All engines know it, and none abbreviates in it.
TRIPLES = "application/n-triples"
# Solutions of a page, where a class does not say otherwise; most answers have fewer.
PAGE = 100


@dataclass(frozen=True)
class Query:
    """One query; `cut` says that its LIMIT leaves open which solutions are in the answer."""

    name: str
    body: str
    accept: str = SOLUTIONS
    cut: bool = False

    @property
    def text(self) -> str:
        return PREFIXES + self.body

    @property
    def encoded(self) -> bytes:
        """The text as the value of a parameter of a URL."""
        return (_ENCODED_PREFIXES + encode(self.body)).encode()


def encode(text: str) -> str:
    """Text of a query as a URL wants it; ten times as quick as `urllib.parse.quote`.

    The client's time is the engines' loss, since they share the machine.
    """
    for character, code in _CODES:
        text = text.replace(character, code)
    return text


# The per cent sign comes first, so that what takes the others' place is left alone.
_CODES = [(character, f"%{ord(character):02X}") for character in '% <>{}"#^&+;|\\\n']
_ENCODED_PREFIXES = encode(PREFIXES)


class Scattered:
    """The numbers below `count`, in an order that jumps about, round and round."""

    def __init__(self, count: int) -> None:
        self._count = max(count, 1)
        step = round(self._count * 0.618) or 1
        while math.gcd(step, self._count) != 1:
            step += 1
        self._step = step

    def __getitem__(self, n: int) -> tuple[int, int]:
        """The number at place `n`, and how many rounds came before it."""
        turn, place = divmod(n, self._count)
        return place * self._step % self._count, turn


@dataclass(frozen=True)
class Turns:
    """A class of queries: some kinds that take turns; each is told how often it had its turn."""

    name: str
    kinds: Mapping[str, Callable[[int], str]]
    accept: str = SOLUTIONS
    cut: bool = False

    def __len__(self) -> int:
        return len(self.kinds)

    def queries(self, start: int = 0) -> Iterator[Query]:
        """The queries without end, from the `start`th on."""
        bodies = [(f"{self.name}: {kind}", body) for kind, body in self.kinds.items()]
        for number in count(start):
            turn, place = divmod(number, len(bodies))
            kind, body = bodies[place]
            yield Query(kind, body(turn), self.accept, self.cut)
