"""Reads the YAML and text files of an article's folder, and knows each value's place.

A value that breaks the schema becomes a `Problem` with file, line and column.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import Node, ScalarNode

from graph.errors import InvalidArticle, Problem

ModelT = TypeVar("ModelT", bound=BaseModel)

_SIZE_LIMIT_BYTES = 16 * 1024 * 1024
# What XML 1.0, section 2.2, cannot hold: RDF/XML and the result formats could not say it.
_UNWRITABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


class _PlainComposer(Composer):
    """Refuses tags, and aliases: few lines of them can stand for more than memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Node | None:
        event = self.parser.peek_event()
        refused = (
            "an alias" if isinstance(event, AliasEvent) else getattr(event, "tag", None) and "a tag"
        )
        if refused:
            problem = f"{refused} is not read here; write the plain value"
            raise ComposerError(None, None, problem, event.start_mark)
        node: Node | None = super().compose_node(parent, index)
        return node


class _PlainConstructor(RoundTripConstructor):
    """Leaves dates as they are written: `2014-02-30` is a text until it is checked."""

    def construct_yaml_date(self, node: ScalarNode) -> str:
        return str(node.value)

    def construct_scalar(self, node: ScalarNode) -> Any:
        if found := _UNWRITABLE.search(str(node.value)):
            problem = f"{_code_point(found.group())} is not a character of a text"
            raise ConstructorError(None, None, problem, node.start_mark)
        return super().construct_scalar(node)

    def check_mapping_key(
        self, node: Any, key_node: Any, mapping: Any, key: Any, value: Any
    ) -> Any:
        """Whether a key is new. Raises `ConstructorError` for one that holds others."""
        try:
            return super().check_mapping_key(node, key_node, mapping, key, value)
        except TypeError as error:
            raise ConstructorError(
                None, node.start_mark, "a key is a mapping or a list", key_node.start_mark
            ) from error


_PlainConstructor.add_constructor(
    "tag:yaml.org,2002:timestamp", _PlainConstructor.construct_yaml_date
)


class Document:
    """A YAML file with the place of each of its values."""

    def __init__(self, path: Path, content: Any) -> None:
        self.path = path
        self.content = content

    def problem(self, where: Sequence[str | int], message: str, mend: str = "") -> Problem:
        """A mistake at the value that the keys and indexes of `where` lead to."""
        line, column = self._place(where)
        return Problem(self.path, line, column, message, mend)

    def _place(self, where: Sequence[str | int]) -> tuple[int, int]:
        """The place of a value; of its key, where the value only begins on a later line."""
        node, place = self.content, (0, 0)
        for step in where:
            try:
                if isinstance(node, CommentedMap):
                    key, value = node.lc.key(step), node.lc.value(step)
                    place = value if value[0] == key[0] else key
                elif isinstance(node, CommentedSeq):
                    place = node.lc.item(step)
                node = node[step]
            except (AttributeError, KeyError, IndexError, TypeError):
                continue  # a step of the schema's, which the file does not have
        return place[0] + 1, place[1] + 1


def read_text(path: Path) -> str:
    """Read a UTF-8 text with LF line ends in NFC, as positions require.

    Raises `InvalidArticle` when the file is absent, empty, too large or otherwise encoded.
    """
    if not path.is_file():
        raise InvalidArticle([Problem(path, 0, 0, "The file is missing.", "Add it.")])
    try:
        if path.stat().st_size > _SIZE_LIMIT_BYTES:
            problem = Problem(path, 0, 0, "The file is larger than 16 MiB.", "Split it.")
            raise InvalidArticle([problem])
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(path, 0, 0, f"{error.strerror}.", "Make it a file that can be read.")
        raise InvalidArticle([problem]) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problem = Problem(path, line, column, "The file is not UTF-8.", "Save it as UTF-8.")
        raise InvalidArticle([problem]) from error
    if not text.strip():
        raise InvalidArticle([Problem(path, 1, 1, "The file is empty.", "Write its content.")])
    if text.startswith("\ufeff"):
        message = "The file begins with a byte order mark, which would shift all positions."
        raise InvalidArticle([Problem(path, 1, 1, message, "Save it as UTF-8 without BOM.")])
    if found := _UNWRITABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        message = f"{_code_point(found.group())} is not a character of a text."
        raise InvalidArticle([Problem(path, line, column, message, "Remove it.")])
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        message = "The file has carriage returns."
        raise InvalidArticle([Problem(path, line, 1, message, "Save it with LF line ends.")])
    if not unicodedata.is_normalized("NFC", text):
        normal = unicodedata.normalize("NFC", text)
        pairs = enumerate(zip(text, normal, strict=False))
        at = next((i for i, (a, b) in pairs if a != b), len(normal))
        line = text.count("\n", 0, at) + 1
        message = "The file is not in Unicode normal form C, so positions would not hold."
        raise InvalidArticle([Problem(path, line, 1, message, "Normalise it to NFC.")])
    return text


def read_yaml(path: Path) -> Document:
    """Read a YAML 1.2 mapping.

    Raises `InvalidArticle` when the file is absent or no such YAML.
    """
    text = read_text(path)
    yaml = YAML(typ="rt")
    yaml.Composer = _PlainComposer
    yaml.Constructor = _PlainConstructor
    try:
        with warnings.catch_warnings():
            # An anchor given twice leads nobody astray: aliases are refused.
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            content = yaml.load(text)
    except DuplicateKeyError as error:
        mark = error.problem_mark
        raise InvalidArticle(
            [
                Problem(
                    path,
                    mark.line + 1 if mark else 0,
                    mark.column + 1 if mark else 0,
                    f"The key “{_duplicate(error.problem)}” stands twice.",
                    "Rename one of the two.",
                )
            ]
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.problem == "found unexpected end of stream":
            mark = error.context_mark or mark  # where the quote was opened
        raise InvalidArticle(
            [
                Problem(
                    path,
                    mark.line + 1 if mark else 0,
                    mark.column + 1 if mark else 0,
                    f"This is no YAML: {_first_line(error.problem)}.",
                    "Check indentation, colons and quotes here and just above.",
                )
            ]
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        message = f"This is no YAML: {_first_line(str(error))}."
        raise InvalidArticle([Problem(path, 0, 0, message, "Check the file.")]) from error
    if not isinstance(content, CommentedMap):
        raise InvalidArticle(
            [Problem(path, 1, 1, "The file holds no mapping.", "Write `key: value` lines.")]
        )
    return Document(path, content)


def parse(model: type[ModelT], document: Document) -> ModelT:
    """Check a document against a schema.

    Raises `InvalidArticle` with a problem for each value that breaks it.
    """
    try:
        return model.model_validate(_plain(document.content))
    except ValidationError as error:
        raise InvalidArticle(
            document.problem(e["loc"], *_explain(e)) for e in error.errors()
        ) from error


def suggest(name: object, known: Iterable[str]) -> str:
    """Say which of the known names was probably meant."""
    near = difflib.get_close_matches(str(name), list(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _duplicate(message: str | None) -> str:
    found = re.match(r'found duplicate key "(.*?)" with value ', message or "", re.DOTALL)
    return found[1] if found else ""


def _first_line(message: str | None) -> str:
    return (message or "unreadable").strip().splitlines()[0].rstrip(".")


def _plain(value: Any) -> Any:
    """The value without the loader's own types, which carry places and comments."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


def _explain(error: Mapping[str, Any]) -> tuple[str, str]:
    keys = [step for step in error["loc"] if isinstance(step, str) and step != "[key]"]
    name, given = (keys[-1] if keys else "the file"), error.get("input")
    match error["type"]:
        case "missing":
            return f"“{name}” is missing.", "Add it."
        case "extra_forbidden":
            return f"“{name}” is not a key that belongs here.", "Remove it or correct its spelling."
        case "value_error":
            message, _, mend = str(error["ctx"]["error"]).partition("; ")
            return f"“{name}”: {message}.", f"{mend[:1].upper()}{mend[1:] or 'Correct it'}."
        case "string_pattern_mismatch":
            return f"“{given}” does not have the form of “{name}”.", f"{error['msg']}."
        case kind if kind.startswith(("int", "decimal", "float", "finite")):
            if isinstance(given, str):
                return f"“{given}” is a text, not a number.", "Write the number without quotes."
            return f"“{given}” is no number for “{name}”.", "Write a plain number in base units."
        case _:
            shown = given if isinstance(given, str | int | float) else "what stands there"
            return f"“{name}” cannot be “{shown}”.", f"{error['msg']}."
