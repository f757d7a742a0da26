"""What clients see of the files that can be imported, and how they have one taken in."""

from typing import Annotated

from jxc_graphql.exchange.exports.api import DataFile
from jxc_graphql.exchange.exports.rules import arguments_of
from jxc_graphql.exchange.imports import operations, queries
from jxc_graphql.exchange.imports.kinds import ImportKind
from jxc_graphql.exchange.imports.rules import AskedImport
from jxc_graphql.gql.declare import Id, input_type, mutation, payload, query, value
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.office.jobs import facts
from jxc_graphql.office.jobs.api import Job


@value(row_of=("import_kind", "key"))
class ImportColumn:
    """A column of a file that can be imported."""

    key: str
    """By what a mapping names it."""
    name: str
    """Its name in the caller's language (列名)."""
    is_needed: bool
    """Whether every file has it (必填)."""
    example: str
    """What may stand there (示例)."""


@value(row_of=("import_kind",))
class ImportForm:
    """How a file of a kind is made and sent."""

    columns: list[ImportColumn]
    """The columns (列), also known by their names in the other language and by synonyms."""
    template: str | None
    """The path of a workbook with header and example (模板), by GET within five minutes; null for nobody."""
    upload: str | None
    """Where a file is sent by PUT within five minutes; it answers `{"file": id}`. Null without IMPORT_FILES."""


@query(ImportForm | None)
async def import_form(call: Call, *, import_kind: Annotated[ImportKind, "What stands in the rows."]) -> queries.Form:
    """How a file is made and sent that is to be imported (导入)."""
    return await queries.form(call, import_kind)


@payload
class ImportFilePayload:
    """The job that takes the file in."""

    job: Job | None
    """The job: its `result` counts rows `created`, `updated`, `unchanged`, `refused`; `file` has those refused."""


@input_type
class ImportFileInput:
    """Which file to take in, and as what."""

    import_kind: ImportKind
    """What stands in its rows (导入类型)."""
    file_id: Id[DataFile]
    """The file that was sent (文件): CSV or a workbook."""
    mapping: str | None = None
    """Which column a header stands for, as JSON `{"Artikel": "code"}` (列映射), where its name does not say it."""
    constants: str | None = None
    """What stands in every row in a column that the file has not, as JSON `{"warehouse": "MAIN"}` (固定值)."""
    try_only: bool = False
    """Only say what would come of it (试运行)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@mutation(ImportFilePayload)
async def import_file(call: Call, input: ImportFileInput) -> facts.JobQueued:
    """Has the rows of a file taken in (导入数据), by the same checks and rights as everything else."""
    asked = AskedImport(
        import_kind=input.import_kind,
        file=global_id("DataFile", input.file_id),
        mapping=_texts(input.mapping),
        constants=_texts(input.constants),
        try_only=input.try_only,
        locale=call.locale,
    )
    return await operations.import_file(call, asked=asked)


def _texts(told: str | None) -> dict[str, str]:
    return {str(name): str(text) for name, text in arguments_of(told).items()}
