r"""What a SPARQL text says on its surface, by the terminals of the grammar.

Knows SPARQL 1.1 (Query Language, 19.8) and what the drafts of 1.2 add; builds no syntax tree and
asks no engine. Any text can be read, in time linear in its length.

The terminals alone do not settle every text: in `1<f('a>b')`, `<f('a>` has the form of an IRI, and
Oxigraph, which reads without tokens, compares there. So `services`, `loads` and `nesting` follow
all readings, and follow them again with `\uXXXX` resolved: the standard does so before parsing
(19.2), Oxigraph in strings and IRIs only. They may find what an engine does not, and miss nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from heapq import heappop, heappush
from itertools import pairwise
from urllib.parse import urljoin

from pyoxigraph import NamedNode

from graph.errors import InvalidQuery


class Kind(StrEnum):
    """The terminals; WORD is any keyword, ERROR a character that begins no terminal."""

    IRIREF = auto()
    PNAME = auto()
    BLANK_NODE_LABEL = auto()
    VAR = auto()
    LANG_DIR = auto()
    STRING = auto()
    NUMBER = auto()
    WORD = auto()
    PUNCTUATION = auto()
    ERROR = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One terminal; `start` and `end` count code points from 0, end excluded."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The word in capitals, or nothing: keywords know no case (19.8)."""
        return self.text.upper() if self.kind is Kind.WORD else ""


def _all(body: str) -> str:
    """A pattern: `body` as often as it comes, none of it given back.

    The look ahead, twice denied, is for Python before 3.11.5: where a repetition fails half-way, it
    goes on from there and not from where the repetition began (CPython's issue 106052), and so it
    does after a plain look ahead.
    """
    return f"(?:(?!(?!{body}))(?:{body}))*+"


_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS = rf"{_BASE}_\-0-9\u00b7\u0300-\u036f\u203f-\u2040"
_HEX = "[0-9A-Fa-f]"
_PLX = rf"%{_HEX}{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]"
_UCHAR = (  # no surrogates: what would be a long string with one may be read as two short ones
    rf"\\u(?:[0-9A-CE-Fa-ce-f]{_HEX}|[Dd][0-7]){_HEX}{{2}}"
    rf"|\\U00(?:(?:0[1-9A-Fa-f]|10){_HEX}{{4}}|00(?:[0-9A-CE-Fa-ce-f]{_HEX}|[Dd][0-7]){_HEX}{{2}})"
)
_ESCAPE = rf"\\[tbnrf\"'\\]|{_UCHAR}"
# Keywords after which another may stand without a space: DELETEWHERE is DELETE, WHERE.
_GLUED = (
    "ASK|SELECT|CONSTRUCT|DISTINCT|REDUCED|FROM|ORDER|GROUP(?!_)|BY|HAVING|FILTER|NOT|SERVICE|"
    "LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|SILENT|INTO|TO|DEFAULT|INSERT|DELETE|USING|UNDEF|"
    "TRUE|FALSE|A(?=TRUE|FALSE)"
)
_IRI_CHARS = _all(r"""[^\x00-\x20<>"{}|^`\\]|\\[uU]""")
_LABEL_CHARS = _all(rf"\.*+[{_CHARS}]++")
_SUBTAGS = _all(r"-[A-Za-z0-9]++")
_TERMINAL = re.compile(
    rf"(?P<IRIREF><{_IRI_CHARS}>)"
    rf"|(?P<VAR>[?$][{_BASE}_0-9][{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040]*+)"
    r"|(?P<NUMBER>[+-]?+(?:(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)[eE][+-]?+[0-9]++"
    r"|[0-9]*+\.[0-9]++|[0-9]++))"
    r"|(?P<PUNCTUATION><<\(|\)>>|\{\||\|\}|<<|>>|\^\^|&&|\|\||!=|<=|>="
    r"|[{}()\[\];,.+\-*/<>=!^|~?])"
    rf"|(?P<WORD>(?ai:{_GLUED})|[A-Za-z][A-Za-z0-9_]*+)"
    rf"|(?P<BLANK_NODE_LABEL>_:[{_BASE}_0-9]{_LABEL_CHARS})"
    rf"|(?P<LANG_DIR>@[A-Za-z]++{_SUBTAGS}(?:(?!(?!--[A-Za-z]))--[A-Za-z]++)?+)"
)
_INSIDE = {
    '"': re.compile(_all(rf'[^"\\\r\n]++|{_ESCAPE}')),
    "'": re.compile(_all(rf"[^'\\\r\n]++|{_ESCAPE}")),
    '"""': re.compile(_all(rf'"{{0,2}}+(?:[^"\\]++|{_ESCAPE})')),
    "'''": re.compile(_all(rf"'{{0,2}}+(?:[^'\\]++|{_ESCAPE})")),
}
_NAME_RUN = re.compile(rf"(?=[{_BASE}:])[{_CHARS}.]*+")
_LOCAL = re.compile(rf"(?:[{_BASE}_:0-9]|{_PLX})" + _all(rf"\.*+(?:[{_CHARS}:]++|{_PLX})"))
_ENDS_IN_SERVICE = re.compile(r"(?ai:service(?:silent)?)\Z")
_SPACE = re.compile(r"[ \t\r\n]*+")
_REMARKS = re.compile(r"(#[^\r\n]*+)(?:[ \t\r\n]++|#[^\r\n]*+)*+")
_OPENING = frozenset({"(", "{", "[", "<<", "<<(", "{|"})
_CLOSING = frozenset({")", "}", "]", ">>", ")>>", "|}"})
_NAMING = frozenset({"SERVICE", "LOAD", "GRAPH", "FROM", "NAMED", "DESCRIBE"})
_TARGETS = frozenset({Kind.IRIREF, Kind.PNAME, Kind.VAR})
# What must come after the name that comes after the keyword.
_FOLLOWS = {"SERVICE": re.compile(r"\{(?!\|)"), "LOAD": re.compile(r"(?ai:into)|;|\Z")}
_FORMS = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"})
_MODIFIERS = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*+:")
_PROLOGUE = {"BASE": 2, "PREFIX": 3, "VERSION": 2}
_LATE_PROLOGUE = re.compile(r"(?ai:;(?:\s|#[^\r\n]*+)*+(?:BASE|PREFIX|VERSION)\b)")


class _Lexer:
    """The terminal at any place of a text.

    Remembers the last comment, the last run of letters that no colon ends, and the last quotation
    marks that nothing closes: however many readings come by, each is read once.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._nameless = self._remark = range(0)
        self._beyond = 0
        self._unclosed = dict.fromkeys(_INSIDE, range(0))

    def skip(self, at: int) -> int:
        """The place after the white space and comments that begin at `at`."""
        if space := _SPACE.match(self._text, at):
            at = space.end()
        if at not in self._remark or self._text[at] != "#":
            remarks = _REMARKS.match(self._text, at)
            if remarks is None:
                return at
            self._remark, self._beyond = range(*remarks.span(1)), remarks.end()
        return self._beyond

    def token(self, at: int) -> Token:
        """The longest terminal at `at`."""
        if end := self._name_end(at):
            return Token(Kind.PNAME, self._text[at:end], at, end)
        if end := self._string_end(at):
            return Token(Kind.STRING, self._text[at:end], at, end)
        if match := _TERMINAL.match(self._text, at):
            return Token(Kind[match.lastgroup or ""], match[0], at, match.end())
        return Token(Kind.ERROR, self._text[at], at, at + 1)

    def _name_end(self, at: int) -> int | None:
        run = None if at in self._nameless else _NAME_RUN.match(self._text, at)
        if run is None:
            return None
        if not self._text.startswith(":", run.end()) or run[0].endswith("."):
            self._nameless = range(*run.span())
            return None
        local = _LOCAL.match(self._text, run.end() + 1)
        return local.end() if local else run.end() + 1

    def _string_end(self, at: int) -> int | None:
        for quote in (self._text[at] * 3, self._text[at]):
            if quote not in _INSIDE or not self._text.startswith(quote, at):
                continue
            # A mark that the last string held was escaped, so a string from it fails there too.
            if at in self._unclosed[quote]:
                continue
            if inside := _INSIDE[quote].match(self._text, at + len(quote)):
                if self._text.startswith(quote, inside.end()):
                    return inside.end() + len(quote)
                self._unclosed[quote] = range(at, inside.end())
        return None


def tokens(text: str) -> list[Token]:
    """The terminals of the text, without white space and comments.

    Each is the longest that fits (19.8), but `<` after an operand in an expression is an
    operator: no IRI can stand there.

    >>> [token.text for token in tokens("ASK { ?s ?p <#a> FILTER(?s<?o&&?o>1) } # <#b>")]
    ['ASK', '{', '?s', '?p', '<#a>', 'FILTER', '(', '?s', '<', '?o', '&&', '?o', '>', '1', ')', '}']
    """
    lexer = _Lexer(text)
    found: list[Token] = []
    holds = ["SELECT"]  # what each open bracket holds; `(` in a SELECT holds an expression
    at = lexer.skip(0)
    while at < len(text):
        token = lexer.token(at)
        if text[at] == "<" and holds[-1] == "expression" and _ends_operand(found[-1]):
            sign = "<=" if text.startswith("<=", at) else "<"
            token = Token(Kind.PUNCTUATION, sign, at, at + len(sign))
        if token.text == "(":
            listed = holds[-1] == "pattern" and not _precede_expression(found[-2:])
            holds.append("pattern" if listed else "expression")
        elif token.text in _OPENING:
            holds.append("pattern")
        elif token.text in _CLOSING and len(holds) > 1:
            holds.pop()
        elif token.keyword == "SELECT" and holds[-1] == "pattern":
            holds[-1] = "SELECT"
        found.append(token)
        at = lexer.skip(token.end)
    return found


def _ends_operand(token: Token) -> bool:
    if token.kind in {Kind.WORD, Kind.PUNCTUATION}:
        return token.keyword in {"TRUE", "FALSE"} or token.text in {")", "}", ")>>"}
    return token.kind is not Kind.ERROR


def _precede_expression(last: Sequence[Token]) -> bool:
    """Whether a parenthesis after these, in a pattern, holds an expression and no list or path."""
    called = last[-1].kind in {Kind.IRIREF, Kind.PNAME} and last[0].keyword == "FILTER"
    return called or last[-1].keyword not in {"", "A", "TRUE", "FALSE"}


def _readings(text: str) -> Iterator[tuple[str, Token, int, int]]:
    """Each token of every reading: what it follows, it, how deep it lies, where the next begins.

    After an operand, `<` may begin an IRI or compare: it takes a parser to say which.
    """
    lexer = _Lexer(text)
    parenthesis = text.find("(")  # there is no expression before it
    reached = {lexer.skip(0): {"": 0}}
    places = list(reached)
    while places and (at := heappop(places)) < len(text):
        choices = [lexer.token(at)]
        if text[at] == "<" and -1 < parenthesis < at and choices[0].text not in {"<", "<="}:
            choices.append(Token(Kind.PUNCTUATION, "<", at, at + 1))
        for token in choices:
            after = lexer.skip(token.end)
            for before, depth in reached[at].items():
                if token is not choices[0] and before != "operand":
                    continue
                if token.text == before == "/":
                    continue  # an IRI taken for a comparison, as in ?x<http://e/>: nothing has //
                inner = depth + (token.text in _OPENING)
                outer = max(0, inner - (token.text in _CLOSING))
                yield before, token, inner, after
                if after not in reached:
                    reached[after] = {}
                    heappush(places, after)
                for state in _states(before, token):
                    reached[after][state] = max(outer, reached[after].get(state, 0))
        del reached[at]


def _states(before: str, token: Token) -> Iterator[str]:
    """What the token after this one may follow."""
    if token.keyword == "SILENT":
        yield before
    elif token.keyword in _NAMING or token.text == "/":
        yield token.keyword or token.text
    else:
        yield "operand" if _ends_operand(token) else ""
    if token.kind is Kind.PNAME and _ENDS_IN_SERVICE.search(token.text[-13:]):
        yield "perhaps SERVICE"


def _unescape(text: str) -> str:
    return re.sub(_UCHAR, lambda match: chr(int(match[0][2:], 16)), text)


def _spellings(text: str) -> list[str]:
    r"""The text as it stands, and with `\uXXXX` resolved where that makes another."""
    return list(dict.fromkeys((text, _unescape(text))))


def services(text: str) -> list[str | None]:
    """The endpoints that the text asks with SERVICE (SPARQL 1.1 Federated Query, section 2).

    None stands for a variable, a relative IRI, and a name whose prefix has not one meaning here.

    >>> services("ASK { SERVICE <http://e/> { ?s ?p 'SERVICE <http://f/>' } SERVICE ?t {} }")
    ['http://e/', None]
    """
    return _named_after("SERVICE", text)


def loads(text: str) -> list[str | None]:
    """The documents that an update fetches with LOAD (SPARQL 1.1 Update, 3.1.4); see `services`.

    >>> loads("PREFIX e: <http://e/> LOAD SILENT e:a INTO GRAPH e:g; LOAD <b>")
    ['http://e/a', None]
    """
    return _named_after("LOAD", text)


def _named_after(keyword: str, text: str) -> list[str | None]:
    found: dict[str | None, None] = {}
    for spelling in _spellings(text):
        if keyword not in spelling.upper():
            continue
        targets: list[str] = []
        iris: dict[int, str] = {}
        names: set[tuple[str, int]] = set()
        for before, token, _, after in _readings(spelling):
            if before == keyword and token.kind in _TARGETS:
                targets.append(token.text)
            elif _may_hide(keyword, before, token) and _FOLLOWS[keyword].match(spelling, after):
                targets.append("?")
            if token.kind is Kind.IRIREF:
                iris[token.start] = token.text
            elif token.kind is Kind.PNAME and token.text.endswith(":"):  # perhaps declared here
                names.add((token.text[:-1], after))
                if token.text.upper().startswith("PREFIX"):
                    names.add((token.text[6:-1], after))
        namespaces = {at: _resolve(iris[at], {}) for at in iris.keys() & {at for _, at in names}}
        prefixes: dict[str, set[str | None]] = {}
        for name, at in names:
            if at in namespaces:
                prefixes.setdefault(name, set()).add(namespaces[at])
        found |= dict.fromkeys(_resolve(target, prefixes) for target in targets)
    return list(found)


def _may_hide(keyword: str, before: str, token: Token) -> bool:
    """Whether the token is, to an engine without tokens, what the keyword names.

    Such an engine takes `SERVICEe:x {` for the keyword and a name. Oxigraph (spargebra 0.4) also
    ends a local name before its second dot, and does without the local part where the IRI would be
    none: `e:a.b.SERVICE <x> {` and, where `e:` is `http://h:`, `e:SERVICE <x> {` ask for <x>.
    """
    if token.kind is Kind.PNAME and before not in _NAMING:
        stuck = token.text[: token.text.rindex(":")].upper()
        if stuck.startswith(keyword) or (keyword == "SERVICE" and keyword in stuck):
            return True
    return before == f"perhaps {keyword}" and token.kind in _TARGETS


def _resolve(term: str, prefixes: Mapping[str, set[str | None]]) -> str | None:
    if term.startswith("<"):
        iri = _unescape(term[1:-1])
        return iri if _SCHEME.match(iri) else None
    prefix, _, local = term.partition(":")
    namespaces = prefixes.get(prefix, set())
    namespace = next(iter(namespaces), None)
    if len(namespaces) > 1 or namespace is None or prefix.upper().startswith("SILENT"):
        return None
    return namespace + _without_escapes(local)


def nesting(text: str) -> int:
    """How many of `(`, `{`, `[` and `<<` are open at once, at most, in any reading.

    >>> nesting("ASK { ?s ?p '((((' FILTER(?s IN (1, 2)) } # [[[[")
    3
    """
    return max((depth for s in _spellings(text) for _, _, depth, _ in _readings(s)), default=0)


def names_its_dataset(text: str) -> bool:
    """Whether a query says with FROM which graphs it reads (13.2).

    >>> names_its_dataset("SELECT * FROM <http://e/g> WHERE { ?from ?p 'FROM <x>' }")
    True
    >>> names_its_dataset("SELECT * WHERE { ?from ?p 'FROM <x>' }")
    False
    """
    return any(token.keyword == "FROM" for token in tokens(text))


def with_from(query: str, default: Sequence[str], named: Sequence[str]) -> str:
    """The query with the dataset of its request written into it (SPARQL 1.1 Protocol, 2.1.4).

    What the request names takes the place of what the query names. A query that is not whole
    stays as it is. Raises `InvalidQuery` where an IRI is not absolute.

    >>> with_from("SELECT * { ?s ?p ?o }", ["http://e/g"], ["http://e/h"])
    'SELECT * FROM <http://e/g> FROM NAMED <http://e/h> { ?s ?p ?o }'
    >>> with_from("DESCRIBE ?s FROM <http://e/f> WHERE { ?s ?p 1 } LIMIT 1", ["http://e/g"], [])
    'DESCRIBE ?s FROM <http://e/g> WHERE { ?s ?p 1 } LIMIT 1'
    """
    clauses = [f"FROM {_absolute(iri)} " for iri in default]
    clauses += [f"FROM NAMED {_absolute(iri)} " for iri in named]
    outer = _outer(query)
    form = next((at for at, token in enumerate(outer) if token.keyword in _FORMS), len(outer))
    outer = outer[form:]
    place = _before_pattern(outer) if clauses and outer else None
    if place is None:
        return query
    end = outer[place].start if place < len(outer) else outer[-1].end
    head, tail = query[:end], query[end:]
    for at in reversed([at for at in range(place) if outer[at].keyword == "FROM"]):
        words = [token for token in outer[at + 1 : at + 3] if token.keyword != "NAMED"]
        if not words or words[0].kind not in _TARGETS:
            return query
        head = head[: outer[at].start] + head[words[0].end :].removeprefix(" ")
    gap = "" if head[-1].isspace() else " "
    return "".join([head, gap, *clauses, tail])


def _outer(
    text: str, opening: frozenset[str] = _OPENING, closing: frozenset[str] = _CLOSING
) -> list[Token]:
    """The tokens outside of all brackets, and the brackets that open and close."""
    found = []
    depth = 0
    for token in tokens(text):
        depth = max(0, depth - (token.text in closing))
        if depth == 0:
            found.append(token)
        depth += token.text in opening
    return found


def _before_pattern(outer: Sequence[Token]) -> int | None:
    """Before which of a query's outer tokens a dataset clause stands (19.8, 7 to 14)."""
    where = next((at for at, token in enumerate(outer) if token.keyword == "WHERE"), None)
    if where is not None:
        return where
    opened = [at for at, token in enumerate(outer) if token.text == "{"]
    wanted = 1 if outer[0].keyword == "CONSTRUCT" else 0
    if len(opened) > wanted:
        return opened[wanted]
    if outer[0].keyword != "DESCRIBE":
        return None
    ends = (at for at, token in enumerate(outer) if token.keyword in _MODIFIERS)
    return next(ends, len(outer))


def undeclared_prefix(text: str) -> str | None:
    """The first prefix that the text uses and does not declare (4.1.1).

    >>> undeclared_prefix("PREFIX e: <http://e/> ASK { e:a foaf:name '<x:y>' }")
    'foaf'
    """
    found = tokens(text)
    declared = {name.text[:-1] for word, name in pairwise(found) if word.keyword == "PREFIX"}
    used = (token.text.partition(":")[0] for token in found if token.kind is Kind.PNAME)
    return next((prefix for prefix in used if prefix not in declared), None)


def mentioned(text: str, base: str | None = None) -> set[str]:
    """The absolute IRIs that the text writes, whole, relative to `base` or with a prefix.

    >>> sorted(mentioned("PREFIX e: <http://e/> DELETE DATA { e:a a <b> }", "http://e/"))
    ['http://e/', 'http://e/a', 'http://e/b']
    """
    found = tokens(text)
    prefixes: dict[str, set[str | None]] = {}
    for word, name, iri in zip(found, found[1:], found[2:], strict=False):
        if word.keyword == "PREFIX":
            prefixes[name.text[:-1]] = {urljoin(base or "", _unescape(iri.text[1:-1]))}
    terms = (token for token in found if token.kind in {Kind.IRIREF, Kind.PNAME})
    iris = (
        urljoin(base, _unescape(token.text[1:-1]))
        if base and token.kind is Kind.IRIREF
        else _resolve(token.text, prefixes)
        for token in terms
    )
    return {iri for iri in iris if iri}


def _operations(update: str) -> list[Sequence[Token]]:
    """For each operation, its tokens outside of the braces, and the braces."""
    found: list[list[Token]] = [[]]
    for token in _outer(update, frozenset({"{", "{|"}), frozenset({"}", "|}"})):
        if token.text == ";":
            found.append([])
        else:
            found[-1].append(token)
    return [operation for outer in found if (operation := _without_prologue(outer))]


def _without_prologue(outer: Sequence[Token]) -> Sequence[Token]:
    start = 0
    while start < len(outer):
        glued = [token.kind for token in outer[start : start + 2]] == [Kind.PNAME, Kind.IRIREF]
        size = 2 if glued else _PROLOGUE.get(outer[start].keyword, 0)  # glued: PREFIXe:<…>
        if not size:
            break
        start += size
    return outer[start:]


def operations(update: str) -> list[str]:
    """The kinds of the update's operations, in order (SPARQL 1.1 Update, section 3).

    >>> operations("PREFIX : <http://e/> CLEAR ALL; INSERT DATA { :a :b 1 }; WITH :g DELETE {}")
    ['CLEAR', 'INSERT DATA', 'MODIFY']
    """
    return [_kind(operation) for operation in _operations(update)]


def _kind(operation: Sequence[Token]) -> str:
    first, second = [*(token.keyword for token in operation[:2]), ""][:2]
    if first in {"INSERT", "DELETE"} and second in {"DATA", "WHERE"}:
        return f"{first} {second}"
    return "MODIFY" if first in {"INSERT", "DELETE", "WITH"} else first


def with_one_prologue(update: str, base: str | None = None) -> str:
    """The update without prologues between its operations, which Oxigraph does not take.

    They hold from there on (SPARQL 1.1, 19.8, rule 29); what they shorten is written out. Lines
    stay where they are.

    >>> with_one_prologue("CLEAR ALL; PREFIX e: <http://e/> INSERT DATA { e:s e:p 1 }")
    'CLEAR ALL;                       INSERT DATA { <http://e/s> <http://e/p> 1 }'
    """
    if not _LATE_PROLOGUE.search(update):
        return update
    prefixes: dict[str, str] = {}
    moved = late = False  # whether the base is another one now; whether an operation stands before
    begins, depth, skipped = True, 0, 0
    pieces: list[str] = []
    done = 0
    found = tokens(update)
    for at, token in enumerate(found):
        if skipped:
            skipped -= 1
            continue
        written = None
        declared = _declaration(found, at) if begins else []
        if declared:
            last = declared[-1]
            if token.keyword == "BASE":
                base, moved = _against(base, last), late
            elif token.keyword == "PREFIX" and late:
                prefixes[declared[1].text[:-1]] = _against(base, last)
            skipped, end = len(declared) - 1, last.end
            if late:
                written = re.sub(r"[^\r\n]", " ", update[token.start : end])
        else:
            end = token.end
            begins = token.text == ";" and depth == 0
            late = late or begins
            depth += (token.text in {"{", "{|"}) - (token.text in {"}", "|}"})
            prefix, _, local = token.text.partition(":")
            if token.kind is Kind.PNAME and prefix in prefixes:
                written = f"<{prefixes[prefix]}{_without_escapes(local)}>"
            elif token.kind is Kind.IRIREF and moved:
                written = f"<{_against(base, token)}>"
        if written is not None:
            pieces += [update[done : token.start], written]
            done = end
    return "".join([*pieces, update[done:]])


def _declaration(found: Sequence[Token], at: int) -> Sequence[Token]:
    """The tokens of a prologue's declaration that begins here, if one does (19.8, rules 5 to 7)."""
    declared = found[at : at + _PROLOGUE.get(found[at].keyword, 0)]
    match [each.kind for each in declared[1:]]:
        case [Kind.PNAME, Kind.IRIREF] if declared[1].text.endswith(":"):
            return declared
        case [Kind.IRIREF] if declared[0].keyword == "BASE":
            return declared
        case [Kind.STRING] if declared[0].keyword == "VERSION":
            return declared
    return []


def _against(base: str | None, reference: Token) -> str:
    iri = reference.text[1:-1]
    return urljoin(base, iri) if base and not _SCHEME.match(iri) else iri


def _without_escapes(local: str) -> str:
    return re.sub(r"\\(.)", r"\1", local)


def as_insertions(update: str) -> str | None:
    """An update that inserts what this one names; None for one that does more than name quads.

    >>> as_insertions("INSERT DATA { <a> <b> 1 } ; DELETE DATA { <a> <b> 2 }")
    'INSERT DATA { <a> <b> 1 } ; INSERT DATA { <a> <b> 2 }'
    >>> as_insertions("DELETE WHERE { ?s ?p 1 }") is None
    True
    """
    pieces: list[str] = []
    done = 0
    for operation in _operations(update):
        kind, first = _kind(operation), operation[0]
        if kind not in {"INSERT DATA", "DELETE DATA"}:
            return None
        pieces += [update[done : first.start], "INSERT"]
        done = first.start + len(first.text)
    return "".join([*pieces, update[done:]])


def with_using(update: str, default: Sequence[str], named: Sequence[str]) -> str:
    """The update with the dataset of its WHERE clauses given (SPARQL 1.1 Protocol, 2.2.3).

    Only inserts. Raises `InvalidQuery` where an operation has USING or WITH itself, or an IRI is
    not absolute.

    >>> with_using("INSERT {} WHERE {}; CLEAR ALL", ["http://e/g"], [])
    'INSERT {} USING <http://e/g> WHERE {}; CLEAR ALL'
    >>> with_using("DELETE WHERE { ?s ?p 1 }", [], ["http://e/g"])
    'DELETE { ?s ?p 1 } USING NAMED <http://e/g> WHERE { ?s ?p 1 }'
    """
    clauses = [f"USING {_absolute(iri)} " for iri in default]
    clauses += [f"USING NAMED {_absolute(iri)} " for iri in named]
    pieces: list[str] = []
    done = 0
    for operation in _operations(update) if clauses else ():
        where = next((at for at, token in enumerate(operation) if token.keyword == "WHERE"), None)
        if where is None:
            continue
        for token in operation[:where]:  # a name is stuck to its keyword here
            if token.keyword in {"USING", "WITH"} or token.kind is Kind.PNAME:
                raise _named_twice(update, token)
        pieces.append(update[done : operation[where].start])
        done = operation[where].start
        if _kind(operation) == "DELETE WHERE":  # short for DELETE {…} WHERE {…} (Update, 3.1.3.3)
            pieces.append(update[operation[where].end : operation[-1].end].lstrip() + " ")
        pieces += clauses
    return "".join([*pieces, update[done:]])


def _absolute(iri: str) -> str:
    try:
        return str(NamedNode(iri))
    except ValueError as error:
        raise InvalidQuery(f"“{iri}” is not an absolute IRI.") from error


def _named_twice(update: str, token: Token) -> InvalidQuery:
    line = update.count("\n", 0, token.start) + 1
    column = token.start - update.rfind("\n", 0, token.start)
    return InvalidQuery(
        f"{token.text} names a graph, and the request names the graphs too. Leave out one of them.",
        line,
        column,
    )
