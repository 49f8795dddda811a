"""What is answered for an IRI that nothing here speaks of: 410 for what was retired, else 404."""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from flask import Response

from graph.errors import ResourceNotFound
from graph.label import called, name_from
from graph.readable import readable_date
from graph.retirement import Register, Retired
from graph.store import EditionStore
from server.errors import problem
from server.language import choose, message
from server.state import state

_SUGGESTED = 5
_NAMES_READ = 100_000
_NAMES_COMPARED = 5_000  # each costs a request its share; the index finds among more

_NAMES = """
SELECT DISTINCT ?thing WHERE { ?thing a ?class FILTER(isIRI(?thing)) } LIMIT %d
"""


def nothing_about(iri: str) -> Response:
    """A problem document for machines, a page for people."""
    retired = _retired(iri)
    if retired:
        return _gone(retired)
    words = message("error.no_resource", choose()).format(iri=iri)
    return problem(404, str(ResourceNotFound(iri)), words, suggestions=_near(iri))


def _retired(iri: str) -> Retired | None:
    here = state()
    if here.configuration.is_remote or not iri.startswith(here.vocabulary.base):
        return None
    return Register(Path(here.configuration.store)).find(iri)


def _gone(retired: Retired) -> Response:
    kept = retired.last_edition in EditionStore(Path(state().configuration.store)).names()
    detail = (
        f"<{retired.iri}> was retired on {retired.made[:10]}, with edition {retired.edition}. "
        + (
            f"Edition {retired.last_edition}, which is kept, still has it: "
            f"`shuangma query --edition {retired.last_edition}`."
            if kept
            else f"Edition {retired.last_edition} was the last that had it; it is not kept."
        )
    )
    words = message("error.retired", choose()).format(
        iri=retired.iri, date=readable_date(retired.made[:10], choose()), edition=retired.edition
    )
    words += message(f"error.retired.{'kept' if kept else 'pruned'}", choose()).format(
        edition=retired.last_edition
    )
    return problem(
        410,
        detail,
        words,
        retired=retired.made,
        retiredBy=retired.edition,
        lastEdition=retired.last_edition,
        lastEditionIsKept=kept,
        **({"lastCopy": _copy_of(retired)} if kept else {}),
    )


def _copy_of(retired: Retired) -> str:
    """Where the last edition that had it tells of it."""
    local = retired.iri.removeprefix(state().vocabulary.base)
    return f"/export/{quote(local)}.ttl?edition={retired.last_edition}"


def _near(iri: str) -> list[dict[str, str]]:
    """Things whose IRIs are near to one that is not here, and things that are called so."""
    found = {each["iri"]: each for each in (*_spelt_alike(iri), *_called_so(iri))}
    return list(found.values())[:_SUGGESTED]


def _called_so(iri: str) -> list[dict[str, str]]:
    index = state().index_now
    found = index.search(name_from(iri), limit=_SUGGESTED).things if index else []
    labels = [called([(n.text, n.language, n.rank) for n in t.names], choose()) for t in found]
    return [{"iri": t.iri, "label": label or t.iri} for t, label in zip(found, labels, strict=True)]


def _spelt_alike(iri: str) -> list[dict[str, str]]:
    base = state().vocabulary.base
    kind = iri.removeprefix(base).partition("/")[0]
    if not iri.startswith(f"{base}{kind}/"):
        return []
    names = _names(state().engine.edition, f"{base}{kind}/")
    if len(names) > _NAMES_COMPARED:
        return []
    asked = iri.removeprefix(f"{base}{kind}/").lower()[:200]
    near = difflib.get_close_matches(asked, names, n=_SUGGESTED, cutoff=0.5)
    return [{"iri": f"{base}{kind}/{names[folded]}", "label": names[folded]} for folded in near]


@lru_cache(maxsize=16)
def _names(_edition: str, prefix: str) -> dict[str, str]:
    """The names below a prefix, by themselves in small letters; read once for each edition."""
    rows = state().engine.select(_NAMES % _NAMES_READ)
    ours = (row["thing"].value for row in rows if row["thing"].value.startswith(prefix))
    names = (iri.removeprefix(prefix) for iri in ours if "#" not in iri)
    return {name.lower(): name for name in names}
