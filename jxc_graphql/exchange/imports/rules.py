"""What an import is asked for, and how far it is."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.exchange.imports.kinds import KINDS, Importable, ImportKind
from jxc_graphql.exchange.imports.taking import Done
from jxc_graphql.kit.errors import Reason

PART = 200
"""Rows of one transaction."""
MOST_REFUSED = 5_000
"""Behind so many rows that are wrong nobody reads on."""


class UnknownImportColumn(Reason, frozen=True, kw_only=True):
    """A mapping names a column that such files do not have."""

    name: str


class FileNotYours(Reason, frozen=True, kw_only=True):
    """There is no such file that the caller sent."""


class NoFileThere(Reason, frozen=True, kw_only=True):
    """No file of the folder for imports fits the pattern, or no folder is set."""

    pattern: str


class PatternUnusable(Reason, frozen=True, kw_only=True):
    """A pattern names files of one folder, such as `skus-*.xlsx`, and leads nowhere else."""


class AskedImport(msgspec.Struct, frozen=True, kw_only=True):
    """Which file is taken in, and as what."""

    import_kind: ImportKind
    file: str = ""
    """The id of a data file, as clients have it."""
    pattern: str = ""
    """Else the names of files in the folder for imports, of which the newest is taken."""
    mapping: dict[str, str] = {}
    """By header, the column that it stands for, where the names do not say it."""
    constants: dict[str, str] = {}
    """By column, what stands there in every row of a file that has no such column."""
    try_only: bool = False
    locale: str = "en"


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not taken in: its number in the file, where it is wrong, and why."""

    number: int
    cell: str
    text: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows became what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def with_more(self, done: Collection[Done], refused: int) -> "Counts":
        """The same, and what became of further rows."""
        more = {one.value: getattr(self, one.value) + sum(each is one for each in done) for one in Done}
        return Counts(**more, refused=self.refused + refused)


def check_asked(asked: AskedImport, of: Importable) -> Iterator[Reason]:
    """What is wrong with a wish, before its file is looked at."""
    known = {one.key for one in of.columns}
    for path, names in (("mapping", asked.mapping.values()), ("constants", asked.constants)):
        for name in names:
            if name not in known:
                yield UnknownImportColumn(path=(path,), name=name)
    if asked.pattern and ("/" in asked.pattern or "\\" in asked.pattern or asked.pattern.startswith(".")):
        yield PatternUnusable(path=("pattern",))


def names_of(asked: AskedImport, of: Importable) -> Mapping[str, Collection[str]]:
    """By column, what it may be called; a header that is mapped stands for what the caller says alone."""
    told = {
        key: [header for header, column in asked.mapping.items() if column == key] for key in asked.mapping.values()
    }
    return {
        key: told.get(key) or [one for one in all_names if one not in asked.mapping]
        for key, all_names in of.names.items()
    }


def keys_of(of: Importable) -> Mapping[str, str]:
    """By what operations call a field, the column that it comes from."""
    keys = {one.key: one.key for one in of.columns}
    referred = {f"{key}_id": key for key in keys}
    return {**referred, "supplier_price_id": "sku", "name": keys.get("name") or keys.get("unit", ""), **keys}


def part(kind: ImportKind, rows: list[SentRow], done: int) -> list[SentRow]:
    """The next rows, with all that go together with the last of them."""
    end = done + max(PART, KINDS[kind].part)
    while 0 < end < len(rows) and KINDS[kind].goes_with(rows[end - 1], rows[end]):
        end += 1
    return rows[done:end]


def together(kind: ImportKind, rows: list[SentRow]) -> list[SentRow]:
    """The rows in their order, but those that go together one behind the other."""
    if not KINDS[kind].together:
        return rows
    groups = dict[object, list[SentRow]]()
    for row in rows:
        groups.setdefault(KINDS[kind].group(row), []).append(row)
    return [row for group in groups.values() for row in group]


def as_told(counts: Counts, **more: Any) -> dict[str, Any]:
    """What came of it, as the job says it."""
    return {**msgspec.to_builtins(counts), **more}
