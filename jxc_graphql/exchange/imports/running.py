"""Importing part by part: what a part would come to, what of it is right, and the file of rows that were refused."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from xlsxwriter import Workbook

from jxc_graphql.exchange.imports import reading, rules
from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.exchange.imports.kinds import KINDS, Importable, ImportKind, whole
from jxc_graphql.exchange.imports.rules import AskedImport, Counts, RefusedRow
from jxc_graphql.exchange.imports.taking import Done, TakenRows, place
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason, reject_if
from jxc_graphql.kit.messages import render

_WIDTH = 16
_NOTES = {"en": ("Cell", "Reason"), "zh-CN": ("单元格", "拒收原因")}


class Sent(msgspec.Struct, frozen=True):
    """A file as it was read."""

    header: list[str]
    rows: list[SentRow]
    of: Importable


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of a file: those that are right, what they come to, and those that are refused."""

    right: list[SentRow]
    done: list[Done]
    refused: list[RefusedRow]

    @property
    def length(self) -> int:
        """How many rows it has."""
        return len(self.right) + len(self.refused)


class _RehearsalOver(Exception):
    """Takes back what was written."""


async def sent(asked: AskedImport, path: Path) -> Sent:
    """The rows of a file; raises `Rejected` for what is wrong with all of it."""
    of = await whole(asked.import_kind)
    needed = [one for one in of.needed if one not in asked.constants]
    header, found = await asyncio.to_thread(reading.rows, path, rules.names_of(asked, of), needed)
    if asked.constants:
        found = [row.with_constants(asked.constants) for row in found]
    return Sent(header, rules.together(asked.import_kind, found), of)


async def rehearsed(call: Call, asked: AskedImport, rows: Sequence[SentRow]) -> Part:
    """What some rows would come to, without those that are refused; nothing is kept of it."""
    right, refused = list(rows), list[RefusedRow]()
    keys = rules.keys_of(await whole(asked.import_kind))
    while True:
        taken = await _undone(call, asked.import_kind, right)
        if not taken.refused:
            return Part(right=right, done=[*taken.done.values()], refused=sorted(refused, key=lambda one: one.number))
        refused += [
            _told(row, taken.refused[row.number], keys, asked.locale) for row in right if row.number in taken.refused
        ]
        right = [row for row in right if row.number not in taken.refused]


async def take(call: Call, kind: ImportKind, rows: Sequence[SentRow]) -> TakenRows:
    """Takes rows in, in the transaction that is open."""
    return await KINDS[kind].take(call, rows)


async def _undone(call: Call, kind: ImportKind, rows: Sequence[SentRow]) -> TakenRows:
    found = TakenRows()

    @db.transactional
    async def all_of_them() -> None:
        nonlocal found
        found = await take(call, kind, rows)
        raise _RehearsalOver

    with suppress(_RehearsalOver):
        await all_of_them()
    return found


def _told(row: SentRow, reasons: Sequence[Reason], keys: Mapping[str, str], locale: str) -> RefusedRow:
    cells = [place(reason, row, keys) for reason in reasons]
    texts = [render(reason, locale) for reason in reasons]
    return RefusedRow(number=row.number, cell=" ".join(dict.fromkeys(cells)), text=" ".join(dict.fromkeys(texts)))


def write_refused(path: Path, sent: Sent, refused: Sequence[RefusedRow], asked: AskedImport) -> None:
    """Makes a workbook of the rows that were refused, as they stood, with cell and reason beside them."""
    names = rules.names_of(asked, sent.of)
    rows: Mapping[int, SentRow] = {row.number: row for row in sent.rows}
    columns = [key for key in names if any(key in row.cells for row in sent.rows[:1])]
    titles = {one.key: one.chinese if asked.locale == "zh-CN" else one.english for one in sent.of.columns}
    with Workbook(
        str(path), {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False}
    ) as book:
        sheet, text = book.add_worksheet(), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(columns) + 1, _WIDTH, text)
        lines = [[*(titles[key] for key in columns), *_NOTES.get(asked.locale, _NOTES["en"])]]
        lines += [
            [
                *(rows[one.number].cells[key].text if key in rows[one.number].cells else "" for key in columns),
                one.cell,
                one.text,
            ]
            for one in refused
        ]
        for at, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, cell, text)


def write_template(path: Path, of: Importable, locale: str) -> None:
    """Makes a workbook with the header of a kind, a star at what must be filled in, and an example."""
    columns = of.columns
    with Workbook(str(path)) as book:
        sheet, text, bold = book.add_worksheet(), book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet.set_column(0, len(columns) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        for at, one in enumerate(columns):
            name = one.chinese if locale == "zh-CN" else one.english
            sheet.write_string(0, at, f"{name}*" if one.needed else name, bold)
            sheet.write_string(1, at, one.example, text)


async def import_whole(call: Call, asked: AskedImport, path: Path) -> tuple[Counts, Path | None]:
    """Takes a whole file in at once, as for the command line; says what it came to, and where refused rows are."""
    file, counts, refused = await sent(asked, path), Counts(), list[RefusedRow]()
    at = 0
    while at < len(file.rows):
        part = await rehearsed(call, asked, rules.part(asked.import_kind, file.rows, at))
        at += part.length
        done = part.done if asked.try_only else await _taken(call, asked.import_kind, part.right)
        counts, refused = counts.with_more(done, len(part.refused)), [*refused, *part.refused]
    if not refused:
        return counts, None
    beside = path.with_name(f"{path.stem}-refused.xlsx")
    await asyncio.to_thread(write_refused, beside, file, refused, asked)
    return counts, beside


@db.transactional
async def _taken(call: Call, kind: ImportKind, rows: Sequence[SentRow]) -> list[Done]:
    taken = await take(call, kind, rows)
    reject_if(reason for reasons in taken.refused.values() for reason in reasons)
    return [*taken.done.values()]
