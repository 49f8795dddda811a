"""Tables as CSV (RFC 4180) in one ZIP archive, with their description (CSV on the Web, 2015).

The same tables give the same bytes. Knows tables; knows nothing of what stands in them.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The name that a reader of CSV on the Web looks for beside a table (Tabular Data Model, 5.3).
DESCRIPTION_NAME = "csv-metadata.json"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that ZIP can tell
_READABLE_BY_ALL = 0o644 << 16

Cell = str | int | float | Sequence[str] | None


@dataclass(frozen=True)
class Column:
    """A column: its name, its XSD datatype, the property that it says of its row's subject.

    `many` cells hold several values with a space between, as IRIs can have.
    """

    name: str
    datatype: str = "string"
    property_iri: str | None = None
    many: bool = False
    required: bool = False
    says_language: bool = False

    def described(self, language: str) -> dict[str, Any]:
        """The column in the metadata vocabulary (Metadata Vocabulary for Tabular Data, 5.6)."""
        told: dict[str, Any] = {"name": self.name, "titles": self.name, "datatype": self.datatype}
        if self.property_iri:
            told["propertyUrl"] = self.property_iri
        if self.datatype == "anyURI":
            told["valueUrl"] = f"{{+{self.name}}}"
        if self.many:
            told["separator"] = " "
        if self.required:
            told["required"] = True
        if self.says_language and language:
            told["lang"] = language
        return told


@dataclass(frozen=True)
class Table:
    """A table: `key` names the columns that tell its rows apart, `about` the row's subject.

    `refers` says of a column in which table and column its values stand.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]
    key: tuple[str, ...]
    about: str | None = None
    refers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The table's file in the archive."""
        return f"{self.name}.csv"

    def described(self, language: str) -> dict[str, Any]:
        """The table in the metadata vocabulary."""
        schema: dict[str, Any] = {
            "columns": [column.described(language) for column in self.columns],
            "primaryKey": list(self.key),
        }
        if self.about:
            schema["aboutUrl"] = f"{{+{self.about}}}"
        if self.refers:
            schema["foreignKeys"] = [
                {
                    "columnReference": own,
                    "reference": {"resource": f"{table}.csv", "columnReference": theirs},
                }
                for own, (table, theirs) in self.refers.items()
            ]
        return {"url": self.file, "tableSchema": schema}


def description(
    tables: Iterable[Table], language: str, about: Mapping[str, Any] | None = None
) -> bytes:
    """The description of tables; `about` are further properties, such as `dc:license`."""
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        **(about or {}),
        "tables": [table.described(language) for table in tables],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def write_table(table: Table) -> bytes:
    """A table as CSV: UTF-8, a header, CRLF (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(value) for value in row])
    # What is no Unicode text, such as half a surrogate pair, has no UTF-8.
    return text.getvalue().encode("utf-8", "replace")


def write_archive(
    tables: Sequence[Table], language: str, about: Mapping[str, Any] | None = None
) -> bytes:
    """All tables and their description in one archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            *((table.file, write_table(table)) for table in tables),
            (DESCRIPTION_NAME, description(tables, language, about)),
        ):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on whatever system this runs
            entry.external_attr = _READABLE_BY_ALL
            archive.writestr(entry, content)
    return whole.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return repr(value)
    return " ".join(value)
