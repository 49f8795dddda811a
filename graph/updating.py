"""Applies SPARQL updates to a database, and counts what they did."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from graph.engine import QueryDataset
from graph.errors import ServiceRefused, UpdateFailed
from graph.evaluation import NO_BOUNDS, Bounds, hides_failure, invalid_query, refuse_requests
from graph.retirement import is_described, promised, promised_in_graph
from graph.sparql_text import (
    as_insertions,
    loads,
    mentioned,
    operations,
    services,
    with_one_prologue,
    with_using,
)
from graph.store import Edition
from graph.writing import Written

COUNTED_QUADS = 100_000
_READ_CHARACTERS = 256 * 1024  # of an update that is read for the quads it names
_REWRITTEN_CHARACTERS = 4 * 1024 * 1024  # of one whose prologues are put together: it takes 3 s


def update(
    database: Store,
    text: str,
    using: QueryDataset | None,
    current: Edition | None,
    bounds: Bounds = NO_BOUNDS,
) -> Written:
    """Apply a SPARQL 1.1 Update request: all of its operations, or none.

    `using` are the graphs that the protocol names (SPARQL 1.1 Protocol, 2.2.3). Counts what it
    added and removed where it names its quads itself, or the dataset has at most `COUNTED_QUADS`
    quads. Raises `InvalidQuery`, `ServiceRefused` and `UpdateFailed`.
    """
    if len(text) <= _REWRITTEN_CHARACTERS:
        text = with_one_prologue(text, bounds.base)
    asked = text
    if using is not None:
        text = with_using(
            text, [name.value for name in using.default], [name.value for name in using.named]
        )
    if not bounds.confined or hides_failure(text):
        refuse_requests("SERVICE", services(text), bounds.allowed_services)
        refuse_requests("LOAD", loads(text), bounds.allowed_services)

    def apply(database: Store) -> None:
        try:
            database.update(text, base_iri=bounds.base)
        except SyntaxError as error:
            if text != asked:  # the place in what was sent, not in what was made of it
                _check(asked, bounds)
            raise invalid_query(str(error), asked) from error
        except (ValueError, OSError, RuntimeError) as error:
            # Unconfined, all that is asked was found to be allowed: then it does not answer.
            if bounds.confined and isinstance(error, OSError) and (services(text) or loads(text)):
                raise ServiceRefused("SERVICE" if services(text) else "LOAD") from error
            raise UpdateFailed(f"The update could not be applied: {error}") from error

    def named(database: Store) -> set[str]:
        if current is None or not set(operations(text)) - {"INSERT DATA", "LOAD", "CREATE"}:
            return set()
        iris = {iri for iri in mentioned(text, bounds.base) if iri.startswith(current.base)}
        found = {iri for iri in iris if "#" not in iri and is_described(database, iri)}
        for iri in sorted(found):
            found |= promised_in_graph(database, NamedNode(iri), current.base)
        return found

    touched = _named_quads(text, bounds.base)
    if touched is not None:
        return _counted_among(touched, database, current, apply)
    return counted(database, current, apply, named)


def _named_quads(text: str, base: str | None) -> set[Quad] | None:
    """The quads of an update of nothing but INSERT DATA and DELETE DATA; None for another."""
    insertions = as_insertions(text) if len(text) <= _READ_CHARACTERS else None
    if insertions is None:
        return None
    scratch = Store()
    try:
        scratch.update(insertions, base_iri=base)
    except (SyntaxError, ValueError, OSError, RuntimeError):
        return None  # whoever applies it is told
    return set(scratch)


def _counted_among(
    touched: set[Quad],
    database: Store,
    current: Edition | None,
    apply: Callable[[Store], object],
) -> Written:
    """Apply a change that can add or remove these quads alone, and count."""
    # A blank node of the data is a new one each time (SPARQL 1.1 Update, 3.1.1).
    new = {quad for quad in touched if _has_blank_node(quad)}
    before = {quad for quad in touched - new if quad in database}
    apply(database)
    after = {quad for quad in touched - new if quad in database}
    added, lost = len(after - before) + len(new), before - after
    parted = promised(lost, current.base) if current else set()
    return Written(bool(added or lost), added, len(lost), parted=frozenset(parted))


def _has_blank_node(statement: Quad | Triple) -> bool:
    return any(
        isinstance(term, BlankNode) or (isinstance(term, Triple) and _has_blank_node(term))
        for term in (statement.subject, statement.object)
    )


def _check(text: str, bounds: Bounds) -> None:
    """Raise `InvalidQuery` for a text that is no update; its requests were refused before."""
    try:
        Store().update(text, base_iri=bounds.base)
    except SyntaxError as error:
        raise invalid_query(str(error), text) from error
    except (ValueError, OSError, RuntimeError):
        return


def counted(
    database: Store,
    current: Edition | None,
    apply: Callable[[Store], object],
    endangered: Callable[[Store], set[str]] = lambda _database: set(),
) -> Written:
    """Apply a change, and say how many quads it added and removed where that is cheap to know.

    Where it is not, `endangered` says beforehand which IRIs of ours the change may take away.
    Both are given the database: a function that keeps it for itself would keep it open as long
    as somebody keeps an error that it raised, and nobody could write.
    """
    known = 0 if current is None else current.quads
    if known is None or known > COUNTED_QUADS:
        suspects = endangered(database)
        apply(database)
        return Written(parted=frozenset(suspects))
    before, graphs = set(database), set(database.named_graphs())
    apply(database)
    after = set(database)
    lost, named = before - after, set(database.named_graphs())
    added, removed = len(after - before), len(lost)
    changed = bool(added or removed) or named != graphs
    parted = promised(lost, current.base) if current else set()
    if current:
        gone = (g.value for g in graphs - named if isinstance(g, NamedNode))
        parted |= {name for name in gone if name.startswith(current.base)}
    return Written(changed, added, removed, parted=frozenset(parted))
