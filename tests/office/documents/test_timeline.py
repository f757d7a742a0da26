"""What people read of a document's past: who, when, what, and what it was before; in their language, for their eyes."""

import re
from datetime import date
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import FromColumn, ToOne
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import Changed
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.auth.operations import create_role
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import redrafting, references, timeline
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine
from jxc_graphql.office.documents.register import kinds
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.office.tags import operations as tags
from tests.contracts.kinds import each_kind
from tests.make.begun import begun
from tests.make.clients import signed_in
from tests.make.contract import Contract, contracts
from tests.make.redrafts import changed_line
from tests.make.rights import without
from tests.make.trade import Trade, make_trade

trade = begun(make_trade, 2)

ASKED = """query ($id: ID!) { document(id: $id) { timeline(first: 50) { nodes {
  id at actor { name } what text note changesLeftOut changes { id field label line about before after } } } } }"""


async def read(client: httpx.AsyncClient, order_id: int, language: str = "en") -> list[dict[str, Any]]:
    body = {"query": ASKED, "variables": {"id": global_id("PurchaseOrder", order_id)}}
    answer = (await client.post("/graphql", json=body, headers={"accept-language": language})).json()
    assert "errors" not in answer, answer
    nodes: list[dict[str, Any]] = answer["data"]["document"]["timeline"]["nodes"]
    return nodes


def told(entry: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in ("label", "line", "about", "before", "after")) for one in entry["changes"]]


async def redrafted(trade: Trade) -> int:
    """An order whose first line costs more, whose second line is gone, with a new one and a note."""
    order_id = await trade.draft_purchase((0, "5", "77.25"), (1, "3", "9"))
    first, _ = await trade.purchase_lines(order_id)
    lines = [
        changed_line(LineToPrice, id=first.id, unit_price=UnitPrice.of("88.5")),
        changed_line(
            LineToPrice, sku_id=trade.shop.skus[1], quantity=Quantity.of("2"), unit_price=UnitPrice.of("66.75")
        ),
    ]
    await purchasing.update_purchase_order(
        trade.call, purchase_order_id=order_id, lines=lines, note="加急", expected_on=date(2090, 1, 31)
    )
    return order_id


async def test_says_what_it_was_and_what_it_is_in_the_language_of_the_reader(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    order_id = await redrafted(trade)
    names = dict(await db.fetch("SELECT id, name FROM sku"))
    one, other = (names[sku_id] for sku_id in trade.shop.skus)
    created, updated = await read(client, order_id)
    assert (created["text"], created["changes"]) == ("Purchase order created", [])
    assert (updated["text"], updated["actor"]["name"]) == ("Purchase order updated", "Administrator")
    assert told(updated) == [
        ("Expected on", None, None, None, "2090-01-31"),
        ("Note", None, None, "", "加急"),
        ("Gross", None, None, "413.25", "576"),
        ("Unit price", 1, one, "77.25", "88.5"),
        ("Amount", 1, one, "386.25", "442.5"),
        ("Unit", 2, other, "瓶", None),
        ("Quantity in unit", 2, other, "3", None),
        ("Quantity", 2, other, "3", None),
        ("Unit price", 2, other, "9", None),
        ("Amount", 2, other, "27", None),
        ("Tax code", 2, other, "未指定", None),
        ("Unit", 2, other, None, "瓶"),
        ("Quantity in unit", 2, other, None, "2"),
        ("Quantity", 2, other, None, "2"),
        ("Unit price", 2, other, None, "66.75"),
        ("Amount", 2, other, None, "133.5"),
        ("Tax code", 2, other, None, "未指定"),
    ]
    _, chinese = await read(client, order_id, "zh-CN")
    assert chinese["text"] == "修改采购订单"
    assert told(chinese)[:5] == [
        ("预计到货日期", None, None, None, "2090-01-31"),
        ("备注", None, None, "", "加急"),
        ("价税合计", None, None, "413.25", "576"),
        ("单价", 1, one, "77.25", "88.5"),
        ("金额", 1, one, "386.25", "442.5"),
    ]
    assert not [one for one in chinese["changes"] if not re.search("[\u4e00-\u9fff]", one["label"])]
    assert len({one["id"] for one in updated["changes"]}) == len(updated["changes"])


COSTS = {"77.25", "88.5", "386.25", "442.5", "413.25", "576", "66.75", "133.5"}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_tells_nobody_of_costs_who_does_not_see_them(trade: Trade, language: str) -> None:
    order_id = await redrafted(trade)
    await create_role(trade.call, code="NO_COST", name="…", permissions=sorted(without(Permission.SEE_COST)))
    async with signed_in("bob", "NO_COST") as (client, _):
        _, updated = await read(client, order_id, language)
    shown = {one["field"] for one in updated["changes"]}
    assert shown == {"expectedOn", "note", "unit", "quantityInUnit", "quantity", "taxCode"}
    texts = {text for one in updated["changes"] for text in (one["before"], one["after"])}
    assert texts.isdisjoint(COSTS)


async def test_names_nothing_that_the_reader_does_not_see(trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "1", "2"))
    moved = (Changed("PurchaseOrder", "supplier_id", 1, trade.supplier_id), Changed("PurchaseOrder", "note", "", "…"))
    fact = Fact.registry["PurchaseOrderUpdated"](purchase_order_id=order_id, changes=moved)
    key = (1, fact.stored_as, fact.encode())
    schema.executor(introspection=False)
    seen = msgspec.structs.replace(fact, changes=(Changed("PurchaseOrder", "supplier_id", None, trade.supplier_id),))
    narrow = msgspec.structs.replace(trade.call, scopes={"SUPPLIER": frozenset({1})})
    for call, found in ((trade.call, ["supplier"]), (narrow, [])):
        (shown,) = await timeline.changes_of(call, [(1, seen.stored_as, seen.encode())])
        assert [one.field for one in shown] == found
        assert [[one.field for one in some] for some in await timeline.changes_of(call, [key])] == [["note"]]
    assert await timeline.changes_of(Call(), [key]) == [[]]


async def test_tells_which_tags_came_and_went(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "1", "2"))
    ids = [(await tags.create_tag(trade.call, name=name)).tag_id for name in ("重要", "催货")]
    await tags.tag_document(trade.call, document_id=order_id, add_tag_ids=ids[:1])
    await tags.tag_document(trade.call, document_id=order_id, add_tag_ids=ids[1:], remove_tag_ids=ids[:1])
    _, first, second = await read(client, order_id, "zh-CN")
    assert told(first) == [("标签", None, None, None, "重要")]
    assert told(second) == [("标签", None, None, None, "催货"), ("标签", None, None, "重要", None)]


CHAIN = {
    "en": [("Status", "Draft", "Submitted"), ("Status", "Submitted", "Approved"), ("Status", "Approved", "Received")],
    "zh-CN": [("状态", "草稿", "待审"), ("状态", "待审", "已审"), ("状态", "已审", "全部入库")],
}


@pytest.mark.parametrize("language", sorted(CHAIN))
async def test_tells_from_which_status_to_which_a_document_was_moved_on(
    client: httpx.AsyncClient, trade: Trade, language: str
) -> None:
    order_id = await trade.buy((0, "1", "2"))
    await trade.receive(order_id, (0, "1"))
    created, *steps = await read(client, order_id, language)
    assert created["changes"] == []
    assert [(one["label"], one["before"], one["after"]) for step in steps for one in step["changes"]] == CHAIN[language]
    assert {(one["field"], one["line"], one["about"]) for step in steps for one in step["changes"]} == {
        ("status", None, None)
    }


async def test_tells_of_older_steps_where_there_is_one_way_only(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "1", "2"))
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    await purchasing.cancel_purchase_order(trade.call, purchase_order_id=order_id)
    loan = Fact.registry["LoanCancelled"](loan_id=1)
    posted = Fact.registry["AdjustmentPosted"](adjustment_id=1, stock_level_ids=())
    known = [(1, loan.stored_as, loan.encode()), (2, posted.stored_as, posted.encode())]
    schema.executor(introspection=False)
    first, second = await timeline.changes_of(trade.call, known)
    assert [(one.field, one.before, one.after) for one in first] == [("status", "Draft", "Cancelled")]
    assert second == []  # it was a draft, or waited for approval
    _, *steps = await read(client, order_id)
    assert [told(one) for one in steps] == [
        [("Status", None, None, "Draft", "Submitted")], [("Status", None, None, "Submitted", "Cancelled")],
    ]  # fmt: skip
    old = await trade.draft_purchase((0, "1", "2"))
    for name in ("PurchaseOrderSubmitted", "PurchaseOrderCancelled"):
        await older(trade.call, old, name)
    _, *steps = await read(client, old)
    assert [told(one) for one in steps] == [[("Status", None, None, "Draft", "Submitted")], []]


@each_kind(one for one in contracts() if DocumentAction.UPDATE in one.kind.states.actions)
async def test_the_statuses_of_a_document_lead_from_one_to_the_next(
    client: httpx.AsyncClient, call: Call, trade: Trade, contract: Contract
) -> None:
    await trade.stock_up("100", "100")
    document_id = await contract.make(call, **await contract.what(trade))
    await contract.carry_on(call, document_id)
    body = {"query": ASKED, "variables": {"id": global_id(contract.kind.__name__, document_id)}}
    nodes = (await client.post("/graphql", json=body)).json()["data"]["document"]["timeline"]["nodes"]
    ways = [(one["before"], one["after"]) for node in nodes for one in node["changes"] if one["field"] == "status"]
    ((status,),) = await db.fetch("SELECT status FROM document WHERE id = ?", (document_id,))
    assert ["Draft", *(after for _, after in ways)] == [
        *(before for before, _ in ways), label("DocumentStatus", status, "en")
    ]  # fmt: skip
    assert ways


async def test_is_bounded(client: httpx.AsyncClient, trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrafting, "MOST_TOLD", 4)
    order_id = await redrafted(trade)
    _, updated = await read(client, order_id)
    assert (len(updated["changes"]), updated["changesLeftOut"]) == (4, 13)


async def test_shows_older_entries_without_changes(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "1", "2"))
    await older(trade.call, order_id)
    _, updated = await read(client, order_id)
    assert (updated["text"], updated["changes"], updated["changesLeftOut"]) == ("Purchase order updated", [], 0)


@db.transactional
async def older(call: Call, order_id: int, name: str = "PurchaseOrderUpdated") -> None:
    """As 0.1.0 wrote it."""
    xid = "0" if db.dialect() == "sqlite" else "pg_current_xact_id()::text::bigint"
    await db.execute(
        "INSERT INTO journal (xid, at, name, subject_id, is_echo, address, request_id, body) "
        f"VALUES ({xid}, ?, ?, ?, false, '', '', ?)",
        (call.at, name, order_id, f'{{"purchase_order_id":{order_id},"stock_level_ids":[]}}'),
    )


DRAFTED = [one for one in kinds() if "changes" in Fact.registry.get(f"{one.__name__}Updated", Fact).__struct_fields__]


@pytest.mark.parametrize("kind", DRAFTED, ids=lambda one: one.__name__)
@pytest.mark.parametrize("lacks", [None, *sorted({Permission.SEE_COST})])
async def test_of_no_kind_anything_is_told_that_its_fields_hide(
    call: Call, kind: type[DocumentHeader], lacks: str | None
) -> None:
    """A change of every column there is, which the field of it shows or hides; and all have names in both languages."""
    types = schema.schema().types
    timeline.shown_by(types)
    reader = msgspec.structs.replace(call, permissions=without(lacks) if lacks else call.permissions, locale="zh-CN")
    lines = [one for one in DocumentLine.__subclasses__() if references.header_of(one) is kind]
    changes = [
        Changed(model.__name__, column, None, _value(types.objects[model.__name__], column), *where)
        for model, where in ((kind, ()), *((line, (1, None)) for line in lines))
        for column in db.columns_of(model)
    ]
    fact = Fact.registry[f"{kind.__name__}Updated"](**{f"{db_name(kind)}_id": 1, "changes": tuple(changes)})
    ((*shown,),) = await timeline.changes_of(reader, [(1, fact.stored_as, fact.encode())])
    hidden = {
        (one is not kind, field.name) for one in (kind, *lines)
        for field in types.objects[one.__name__].fields.values()
        if field.requires and field.requires not in reader.permissions
    }  # fmt: skip
    assert not hidden & {(one.line is not None, one.field) for one in shown}
    assert lacks is None or hidden
    assert len(shown) > 5 or kind.seen_by == lacks
    assert [one.field for one in shown if not re.search("[\u4e00-\u9fff]", one.label)] == []


def db_name(kind: type[DocumentHeader]) -> str:
    return str(kind._meta.db_table)  # noqa: SLF001  (Tortoise's documented place for it)


SOME = {"Date": "2026-01-01", "DateTime": "2026-01-01T00:00:00+00:00", "Boolean": True, "String": "x"}


def _value(entity: Any, column: str) -> Any:
    """Some value that the column could have; none for what points to other things."""
    for field in entity.fields.values():
        match field.source:
            case FromColumn(found) if found.name == column:
                leaf = found.leaf
                return next(iter(leaf.enum)).value if leaf.enum else SOME.get(leaf.graphql, 10000)
            case ToOne(found) if found.name == column:
                return None
    return 1
