"""Documents on paper."""

import re
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, RateOfExchange
from jxc_graphql.masters.catalog.models import Sku
from jxc_graphql.office.company.operations import update_company
from jxc_graphql.office.company.settings import Choice
from jxc_graphql.office.print_templates.paper import SIZES, Paper
from jxc_graphql.prints.asked import LINES
from jxc_graphql.warehousing.stocktakes.operations import plan_stocktake, start_stocktake
from tests.contracts.kinds import every_kind
from tests.make.contract import Contract, elsewhere, make_stocked
from tests.make.trade import Trade
from tests.operations import ask, send, sign_in_as

CELL = re.compile(r"<t([dh])[^>]*>(.*?)</t\1>")


def rows(page: str, of: str = "tbody") -> list[list[str]]:
    """The cells of each line of the sheets of a page."""
    found = re.findall(rf"<{of}>(.*?)</{of}>", page, re.DOTALL)
    return [
        [text for _, text in CELL.findall(row)] for part in found for row in re.findall(r"<tr.*?</tr>", part, re.DOTALL)
    ]


async def printed(client: httpx.AsyncClient, kind: str, document_id: int, **asked: str) -> str:
    answer = await client.get(f"/print/{global_id(kind, document_id)}", params={"language": "zh-CN"} | asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def columns(page: str) -> list[str]:
    """The titles of the lines."""
    return rows(page, "thead")[0]


def column(page: str, title: str) -> list[str]:
    """What stands under a title, line by line."""
    return [cells[columns(page).index(title)] for cells in rows(page)]


@every_kind
async def test_every_kind_is_printed_with_all_its_lines(
    client: httpx.AsyncClient, trade: Trade, contract: Contract
) -> None:
    document_id = await contract.carried_out(trade)
    kind, made = contract.kind.__name__, await contract.kind.get(id=document_id)
    for paper in (Paper.CONTINUOUS_93, Paper.TICKET_58):
        page = await printed(client, kind, document_id, paper=paper)
        names = [cells[columns(page).index("品名")] for cells in rows(page) if cells[0] != "合计"]
        assert len(names) == len(set(names)) > 0
        assert made.number in page
        assert "<svg" in page
        assert "<script" not in page


async def test_sheets_add_up(client: httpx.AsyncClient, call: Call, sizes: dict[int, Trade]) -> None:
    shop = sizes[10]
    order_id = await shop.draft_purchase(*[(sku, "3", f"{sku + 1}.35") for sku in range(10)])
    page = await printed(client, "PurchaseOrder", order_id, paper=Paper.CONTINUOUS_93)
    assert page.count('class="sheet"') == 4
    assert "第 2 页，共 4 页" in page
    assert column(page, "序号") == [str(n) for n in range(1, 11)]
    amounts = column(page, "金额")
    assert amounts[:2] == ["4.05", "7.05"]
    sums = rows(page, "tfoot")
    assert [cells[0] for cells in sums] == ["本页小计"] * 4 + [
        "合计",
        '大写金额　<span class="in-words">壹佰柒拾伍元伍角</span>',
    ]
    by_sheet = [cells[columns(page).index("金额")] for cells in sums[:5]]
    assert by_sheet == ["21.15", "48.15", "75.15", "31.05", "175.50"]
    assert [cells[columns(page).index("数量")] for cells in sums[:5]] == ["9", "9", "9", "3", "30"]


async def test_tax_and_discounts_stand_where_there_are_some(client: httpx.AsyncClient, trade: Trade) -> None:
    line = trade.asked([(0, "2", "50")])[0]
    taxed = [msgspec.structs.replace(line, tax_code_id=tax_code_id) for tax_code_id in (await codes("13"), None)]
    page = await printed(client, "SalesOrder", await trade.draft_sale(lines=taxed, discount=Money.of("21.30")))
    titles = ("金额", "整单优惠", "税率", "税额", "价税合计")
    assert [column(page, title) for title in titles] == [
        ["100.00", "100.00"], ["11.30", "10.00"], ["13%", "0%"], ["11.53", "0.00"], ["100.23", "90.00"],
    ]  # fmt: skip
    assert "壹佰玖拾元贰角叁分" in page
    assert "优惠" not in columns(page)
    plain = await printed(client, "SalesOrder", await trade.draft_sale((0, "2", "50")))
    assert not {*titles[1:]} & {*columns(plain)}


async def test_another_currency_is_named_and_only_yuan_are_written_in_words(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    given = {"currency": "USD", "exchange_rate": RateOfExchange.of("7.1235")}
    page = await printed(client, "SalesOrder", await trade.draft_sale((0, "2", "50"), **given))
    assert "<dt>币种</dt><dd>USD</dd>" in page
    assert "大写金额" not in page
    assert "100.00" in page
    own = await printed(client, "SalesOrder", await trade.draft_sale((0, "2", "50")))
    assert "币种" not in own
    assert "壹佰元整" in own


async def codes(code: str) -> int:
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = ?", (code,))
    return int(tax_code_id)


async def test_quantities_of_different_units_are_not_added_up(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "3", "1"), (1, "2", "1", "箱"))
    total = rows(await printed(client, "PurchaseOrder", order_id), "tfoot")[0]
    assert total[0] == "合计"
    assert total.count("") == len(total) - 2  # all but the word and the amount


async def test_what_goods_cost_is_no_customers_business(client: httpx.AsyncClient, trade: Trade) -> None:
    shipment_id = (await trade.ship(await trade.sell((0, "1", "9.5")), (0, "1"))).shipment_id
    note = await printed(client, "Shipment", shipment_id)
    assert "送货单" in note
    assert column(note, "单价") == ["9.50"]
    assert "金额" not in columns(note)
    receipt_id = (await trade.receive(await trade.buy((0, "1", "3")), (0, "1"))).goods_receipt_id
    assert column(await printed(client, "GoodsReceipt", receipt_id), "金额") == ["3.00"]


async def test_who_may_not_see_costs_has_paper_without_them(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "3", "1.25"))
    await sign_in_as(client, "WAREHOUSE_KEEPER")
    page = await printed(client, "PurchaseOrder", order_id)
    assert {"单价", "金额"}.isdisjoint(columns(page))
    assert "大写" not in page


async def test_nobody_and_whoever_does_not_see_it_have_none(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "3", "1.25"))
    where = f"/print/{global_id('PurchaseOrder', order_id)}"
    await sign_in_as(client, "WAREHOUSE_KEEPER", (await elsewhere(trade)))
    answer = await client.get(where)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")
    del client.headers["authorization"]
    assert (await client.get(where)).json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("id_", "asked", "status", "code"),
    [
        ("PurchaseOrder", {"paper": "B5"}, 400, "BAD_REQUEST"),
        ("PurchaseOrder", {"language": "fr"}, 400, "BAD_REQUEST"),
        ("PurchaseOrder", {"position": "soon"}, 400, "BAD_REQUEST"),
        ("PurchaseOrder", {}, 404, "NOT_FOUND"),
        ("Sku", {}, 404, "NOT_FOUND"),
        ("", {}, 404, "NOT_FOUND"),
    ],
)
async def test_what_cannot_be_printed_is_said(
    client: httpx.AsyncClient, id_: str, asked: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get(f"/print/{global_id(id_, 1) if id_ else 'nothing'}", params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_a_page_runs_and_loads_nothing(client: httpx.AsyncClient, call: Call, trade: Trade) -> None:
    await update_company(call, choice=Choice(name="<b>龙井</b> & 商行", address="杭州", phone="0571"))
    order_id = await trade.draft_purchase((0, "3", "1.25"), note="<script>alert(1)</script>")
    answer = await client.get(f"/print/{global_id('PurchaseOrder', order_id)}", params={"language": "en"})
    assert "&lt;b&gt;龙井&lt;/b&gt; &amp; 商行" in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert "Purchase order" in answer.text


async def test_many_lines_of_a_stocktake_are_all_there(client: httpx.AsyncClient, call: Call) -> None:
    shop = await make_stocked(call, LINES + 20)
    planned = await plan_stocktake(call, warehouse_id=shop.shop.warehouse.id)
    await start_stocktake(call, stocktake_id=planned.subject_id)
    page = await printed(client, "Stocktake", planned.subject_id)
    assert "盘点表" in page
    assert len(set(column(page, "货号"))) == len(rows(page)) == LINES + 20
    assert set(column(page, "实盘数量")) == {""}


def test_papers_hold_their_lines() -> None:
    assert all(size.is_roll or (size.lines or 0) * 6 < (size.height or 0) - 2 * size.margin for size in SIZES.values())


async def test_a_company_has_papers_of_its_own(client: httpx.AsyncClient, trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "3", "1.25"))
    where = f"/print/{global_id('PurchaseOrder', order_id)}"

    async def made(**given: str) -> dict[str, Any]:
        asked = {
            "name": "采购",
            "documentKind": "PURCHASE_ORDER",
            "paper": "A5",
            "text": "{{ document.number }}",
        } | given
        return await ask(client, "print_templates", "CreatePrintTemplate", {"input": asked})

    (wrong,) = (await made(text="\n{% set a = 1 %}"))["userErrors"]
    assert (wrong["code"], wrong["path"]) == ("PRINT_TEMPLATE_INVALID", ["input", "text"])
    own = "<h1>{{ title }}</h1>{% for line in lines %}<p>{{ line.sku.code }} {{ line.amount }}</p>{% endfor %}"
    template = (await made(text=own))["printTemplate"]
    assert (await made())["userErrors"][0]["code"] == "PRINT_TEMPLATE_NAME_TAKEN"
    asked = {"template": template["id"], "language": "zh-CN"}
    (line,) = await trade.purchase_lines(order_id)
    sku = await Sku.get(id=line.sku_id)
    assert (await client.get(where, params=asked)).text == f"<h1>采购订单</h1><p>{sku.code} 3.75</p>"

    other = (await made(name="别的", documentKind="SHIPMENT"))["printTemplate"]
    unknown = await client.get(where, params={"template": "none"})
    assert (unknown.status_code, unknown.json()["errors"][0]["extensions"]["code"]) == (400, "UNKNOWN_ID")
    assert (await client.get(where, params={"template": other["id"]})).status_code == 404
    grows = (await made(name="长", text="{{ lines }}"))["printTemplate"]
    answer = await client.get(where, params={"template": grows["id"]})
    assert answer.json()["errors"][0]["extensions"]["code"] == "PRINT_TEMPLATE_INVALID"
    changed = {"id": grows["id"], "text": "{{ lines|length }}", "expectedVersion": 1}
    assert (await ask(client, "print_templates", "UpdatePrintTemplate", {"input": changed}))["userErrors"] == []
    assert (await client.get(where, params={"template": grows["id"]})).text == "1"

    await sign_in_as(client, "WAREHOUSE_KEEPER")
    assert f"<p>{sku.code} None</p>" in (await client.get(where, params=asked)).text
    refused = await send(client, "print_templates", "DeletePrintTemplate", {"input": {"id": grows["id"]}})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_what_a_company_says_of_its_own_is_printed(client: httpx.AsyncClient, trade: Trade) -> None:
    order = global_id("PurchaseOrder", await trade.draft_purchase((0, "1", "2")))
    for position, code in enumerate(("terms", "project", "old")):
        field = {
            "kind": "PURCHASE_ORDER",
            "code": code,
            "name": f"{code}名",
            "valueType": "TEXT",
            "position": 9 - position,
        }
        made = (await ask(client, "own_fields", "CreateOwnField", {"input": field}))["ownField"]
    said = [{"code": code, "value": f"<{code}>"} for code in ("terms", "project", "old")]
    await ask(client, "own_fields", "SetOwnFields", {"input": {"id": order, "fields": said}})
    await ask(client, "own_fields", "UpdateOwnField", {"input": {"id": made["id"], "isActive": False}})
    page = (await client.get(f"/print/{order}", params={"language": "zh-CN"})).text
    assert "<dt>project名</dt><dd>&lt;project&gt;</dd></div><div><dt>terms名</dt><dd>&lt;terms&gt;</dd>" in page
    assert "old名" not in page
    asked = {"name": "自", "documentKind": "PURCHASE_ORDER", "paper": "A4", "text": "{{ own.old }}|{{ own.other }}"}
    template = (await ask(client, "print_templates", "CreatePrintTemplate", {"input": asked}))["printTemplate"]
    assert (await client.get(f"/print/{order}", params={"template": template["id"]})).text == "&lt;old&gt;|"
