"""What clients see of numbering rules, and how they set them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from jxc_graphql.gql.declare import Connection, Id, Node, Versioned, batched, connection, entity, query, value
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, UnknownId
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.actions import delete_action, document_action
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.numbers import DatePart, NumberReset
from jxc_graphql.office.numbering import models, operations, queries


@entity(models.NumberingRule, requires=Permission.MANAGE_COMPANY, few=True)
class NumberingRule(Node, Versioned):
    """Numbering rule (编号规则): how documents of a kind are numbered, such as `CG-BJ-202611-0001`."""

    document_kind: DocumentKind
    """Of which documents (单据类型)."""
    prefix: str
    """What a number begins with (前缀): 1 to 8 letters, digits or Chinese characters."""
    date_part: DatePart
    """What it shows of the business date (编号日期)."""
    separator: str
    """What stands between its parts (分隔符): nothing, `-`, `.` or `_`; between two numbers a `-` anyway."""
    shows_branch: bool
    """Whether it shows the code of the branch (门店编码): six letters and digits at most; 0 without one."""
    digits: int
    """How many digits its count has at least (位数)."""
    reset: NumberReset
    """When counting begins anew (编号归零); no oftener than its date shows."""
    next_number: str = batched(queries.next_numbers_of, "id")
    """What the next document would be called today (下一单号), if nobody else makes one meanwhile."""


class Query:
    numbering_rules: Connection[NumberingRule] = connection(order_by="document_kind")
    """Numbering rules of the company's own (编号规则); kinds without one are numbered as `nextNumbers` shows."""


@value(row_of=("document_kind",), requires=Permission.MANAGE_COMPANY)
class NextNumber:
    """What the next document of a kind would be called today (下一单号)."""

    document_kind: DocumentKind
    """The kind (单据类型)."""
    number: str
    """Its number, if nobody else makes one meanwhile."""
    numbering_rule: NumberingRule | None
    """By which rule; null where it is the program's own."""


@query(list[NextNumber])
async def next_numbers(
    call: Call,
    *,
    branch_id: Annotated[Id[Literal["branch"]] | None, "In this branch; by default where there is none."] = None,
) -> Sequence[queries.NextNumber]:
    """What the next document of each kind would be called today (下一单号)."""
    if not await queries.is_branch(branch_id):
        raise NotFound(UnknownId(path=("branch_id",), kind="Branch"))
    return await queries.next_numbers(call, branch_id)


set_numbering_rule = document_action(operations.set_numbering_rule, NumberingRule, tried=True)
delete_numbering_rule = delete_action(operations.delete_numbering_rule, NumberingRule)
