"""Sending files and having them taken in by jobs."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from jxc_graphql import schema
from jxc_graphql.exchange.exports.models import DataFile
from jxc_graphql.exchange.imports import operations
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.exchange.imports.rules import AskedImport
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import db, links
from jxc_graphql.kit.call import Call
from jxc_graphql.office.jobs import running
from jxc_graphql.office.jobs.models import Job, JobState
from tests.shelves import InFolder

Rows = Sequence[Sequence[Any]]


async def make_room(database: db.Database, folder: Path) -> None:
    """A folder for files and one to import from, a key for links, and who reads lists."""
    told = {"files_dir": folder / "files", "imports_dir": folder}
    database.settings = structs.replace(database.settings, **told)
    await links.ensure_key()
    schema.executor(introspection=False)


def book(path: Path, rows: Rows) -> Path:
    with Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(at, column, cell)
    return path


async def asked_for(call: Call, kind: ImportKind, path: Path, **told: Any) -> int:
    """The job of an import."""
    file = await operations.keep_sent(call, path)
    asked = AskedImport(import_kind=kind, file=global_id("DataFile", file.id), **told)
    return (await operations.import_file(call, asked=asked)).job_id


async def imported(call: Call, kind: ImportKind, path: Path, **told: Any) -> dict[str, Any]:
    """What an import came to, as its job says it."""
    job_id = await asked_for(call, kind, path, **told)
    await running.settle()
    return await result(job_id)


async def result(job_id: int) -> dict[str, Any]:
    job = await Job.get(id=job_id)
    assert job.state is JobState.DONE, f"{job.error_code} {job.error_text}"
    return dict(msgspec.json.decode(job.result))


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(told[name] for name in ("created", "updated", "unchanged", "refused"))


async def refused(told: dict[str, Any]) -> list[list[Any]]:
    """The rows of the file of those that were refused, header first."""
    if "file" not in told:
        return []
    file = await DataFile.get(id=read_global_id(told["file"])[1])
    kept = io.BytesIO(InFolder(db.settings().files, "data").read(file.hash))
    return [list(row) for row in CalamineWorkbook.from_filelike(kept).get_sheet_by_index(0).to_python()]
