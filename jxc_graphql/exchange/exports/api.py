"""What clients see of files that exports made, and how they ask for them."""

from jxc_graphql.exchange.exports import models, operations, queries
from jxc_graphql.exchange.exports.models import FileFormat
from jxc_graphql.exchange.exports.rules import AskedList, arguments_of
from jxc_graphql.gql.declare import Connection, Node, batched, connection, entity, input_type, mutation, payload
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.jobs import facts
from jxc_graphql.office.jobs.api import Job
from jxc_graphql.office.jobs.models import MANAGE_JOBS


@entity(models.DataFile, own=("owner_id", MANAGE_JOBS), search="name", goes_on=True, described=True)
class DataFile(Node):
    """A data file (数据文件): what an export made. Without MANAGE_JOBS one sees one's own."""

    owner: User
    """Whose it is (所有者): he alone fetches it."""
    link: str | None = batched(queries.links_of, "id", "owner_id", "rights")
    """The path where its owner fetches it within five minutes (下载链接), by GET and without a token; null for others.

    It is null as well where his rights are less than when it was made. They are looked at again when he fetches it.
    """


class Query:
    data_files: Connection[DataFile] = connection(order_by="-id")
    """Data files (数据文件), newest first; a month after they were made they are thrown away."""


@payload
class ExportListPayload:
    """The job that makes the file."""

    job: Job | None
    """The job: when it is DONE, its `result` names the file."""


@input_type
class ExportListInput:
    """Which list to make a file of."""

    list_name: str
    """The field of Query, such as `skus` (列表)."""
    columns: list[str] | None = None
    """Paths of fields, such as `code` and `product.name` (列); none: all values of the objects themselves."""
    arguments: str | None = None
    """What the list is asked with, as JSON: `{"where": …, "search": …, "orderBy": …}` (条件)."""
    file_format: FileFormat = FileFormat.XLSX
    """What kind of file (格式)."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@mutation(ExportListPayload)
async def export_list(call: Call, input: ExportListInput) -> facts.JobQueued:
    """Has a list made into a file (导出列表), with what its query would show; headers are in the caller's language."""
    asked = AskedList(
        list_name=input.list_name,
        columns=tuple(input.columns or ()),
        arguments=arguments_of(input.arguments),
        file_format=input.file_format,
        locale=call.locale,
    )
    return await operations.export_list(call, asked=asked)
