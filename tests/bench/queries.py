"""What the engines are asked: classes of query, each in standard SPARQL 1.1.

No query is asked twice, but for the class that is there for it: a LIMIT that no answer
reaches, or a page of another size, makes a query of its own. Every query has one right
answer whatever the engine, but for those of class `rows`, whose LIMIT may cut anywhere.
They name the news' own classes and predicates, since Virtuoso keeps data of its own beside
what it is given.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.exploration import exploration
from tests.bench.generator import Census
from tests.bench.points import point, repeated
from tests.bench.query import Turns
from tests.bench.whole import analytic, export, rows

CLASSES: dict[str, Callable[[Census], Turns]] = {
    "fresh": point,
    "repeated": repeated,
    "exploration": exploration,
    "analytic": analytic,
    "rows": rows,
    "export": export,
}
