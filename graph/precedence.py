"""Which facts of a thing a reader wants first, by our own vocabulary's terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_SCHEMA = "https://schema.org/"
_DATES = (f"{_SCHEMA}startDate", f"{_SCHEMA}endDate")
_THEN = ("attemptNumber", "reason", "attemptedBy", "means", "against", "aimsAt", "motive")


def precedence(predicates: Collection[str], namespace: str) -> Mapping[str, int]:
    """The place of each predicate that comes before others; of none where no term is ours."""
    if not any(predicate.startswith(namespace) for predicate in predicates):
        return {}
    # How it ended comes first: remarks on dates and numbers may be long.
    first = (f"{namespace}outcome", *_DATES, *(f"{namespace}{name}" for name in _THEN))
    return {predicate: place - len(first) for place, predicate in enumerate(first)}
