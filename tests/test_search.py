"""Every list that can be searched follows one rule, on both databases; what an earlier rule made is made anew."""

from typing import Any

import httpx
import pytest

from jxc_graphql import schema
from jxc_graphql.gql.schema.types import ObjectType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.searching import Searched, index_anew
from jxc_graphql.kit.spelling import RULE, search_text
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.catalog.units import Label
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.tags import operations as tags
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers.rules import AskedGoods
from jxc_graphql.wiring import SEARCHED
from tests.kit.test_spelling import COMMON, all_readings
from tests.make.begun import begun
from tests.make.named import short_lists
from tests.make.trade import Trade, make_trade

LISTS = {
    "categories": ("茶叶饮料", "chayeyinliao cyyl 茶葉 chaxie"),
    "products": ("重庆可乐", "chongqing zhongqingkele cqkl 重慶"),
    "skus": ("綠茶 Crème", "绿茶 綠茶 lvcha lucha lücha lǜchá lc CREME crème 6901 绿"),
    "lots": ("Lót-7É", "lot-7e LÓT Ｌot"),
    "serialNumbers": ("Sn-Ab1", "sn-ab1 SN-AB Ｓn"),
    "branches": ("长沙店", "changsha zhangshadian csd 長沙"),
    "warehouses": ("厦门仓", "xiamen shamen xmc 廈門倉"),
    "places": ("女士区", "nvshi nushi nüshi nǚshìqū"),
    "suppliers": ("壳牌", "kepai qiaopai 殼牌 张经理 zhangjingli zjl 138"),
    "customers": ("薄膜厂", "bomo baomochang bmc 薄膜廠"),
    "tags": ("重要客户", "zhongyao chongyao zykh 重要 客戶"),
    "documents": ("长尾夹加急", "changweijia zhangweijia jiaji 加急 tr-"),
    "users": ("单晓重", "shanxiaozhong danxiaochong sxz dxc 單曉 u-77 U-7"),
    "roles": ("仓储查询", "cangchu cangchuchaxun cccx 倉儲 role7"),
    "schedules": ("夜间清扫", "yejianqingsao yjqs"),
    "approvalPolicies": ("重大采购", "zhongda chongdacaigou cdcg 採購"),
    "printTemplates": ("长沙送货单", "changsha zhangshasonghuodan 送货單"),
    "taxCodes": ("农产品", "nongchanpin ncp 農產 tx-9"),
    "paymentTerms": ("月结行四五", "yuejie hangsiwu yjxsw net45"),
    "currencies": ("老挝基普", "laowojipu lwjp 老撾 lak"),
    "customerLevels": ("长期贵宾", "changqi zhangqiguibin cqgb lv7"),
    "ownFields": ("产地", "chandi cd 產地 origin7"),
    "priceLists": ("薄利多销", "boli baoliduoxiao bldx 薄膜厂 pl-7"),
    "promotions": ("重阳满减", "chongyang zhongyangmanjian cymj pr-7"),
    "exchangeRates": ("老挝基普", "jipu lak"),
    "dues": ("长途运费", "changtu zhangtuyunfei ctyf 長途 ref-7 薄膜厂"),
}
"""By the list: the name of one thing in it or of what that is about, and what finds it."""


@pytest.fixture
async def things(call: Call) -> None:
    """One thing of every kind that can be searched."""
    named = {kind: name for kind, (name, _) in LISTS.items()}
    category = await categories.create_category(call, code="C1", name=named["categories"])
    product = await catalog.create_product(
        call, code="P1", name=named["products"], category_id=category.category_id, description=""
    )
    for code, name, tracking in (("S1", named["skus"], SkuTracking.LOT), ("S2", "x", SkuTracking.SERIAL)):
        sku = await catalog.create_sku(
            call, product_id=product.product_id, code=code, name=name, unit="件", tracking=tracking,
            barcodes=[Label(code=f"690{code[-1]}")],
        )  # fmt: skip
        if tracking is SkuTracking.LOT:
            await db.transactional(lots.ensure)(call, [(sku.sku_id, LotLabel(named["lots"]), ())])
    await db.transactional(db.execute)(
        "INSERT INTO serial_number (id, sku_id, number, place_id, created_at) VALUES (1, ?, ?, 3, ?)",
        (sku.sku_id, named["serialNumbers"], call.at),
    )
    await tags.create_tag(call, name=named["tags"])
    branch = await warehouses.create_branch(call, code="B1", name=named["branches"])
    made = await warehouses.create_warehouse(call, code="W1", name=named["warehouses"], branch_id=branch.branch_id)
    await warehouses.create_bins(call, warehouse_id=made.warehouse_id, bins=[WantedBin(code="A", name=named["places"])])
    profile = Profile(code="X1", name=named["suppliers"], contact_name="张经理", phone="13800000000")
    await partners.create_supplier(call, profile=profile)
    customer = await partners.create_customer(call, profile=Profile(code="X1", name=named["customers"]))
    await short_lists(call, named, customer.customer_id)
    other = await warehouses.create_warehouse(call, code="W2", name="x")
    line = AskedGoods(sku_id=sku.sku_id, quantity=Quantity.of(1))
    await transfers.create_transfer(
        call, from_warehouse_id=made.warehouse_id, to_warehouse_id=other.warehouse_id, lines=[line],
        note=named["documents"],
    )  # fmt: skip


async def ids(client: httpx.AsyncClient, kind: str, words: str) -> list[str]:
    query = f"query Find($words: String!) {{ {kind}(first: 50, search: $words) {{ nodes {{ id }} }} }}"
    answer = (await client.post("/graphql", json={"query": query, "variables": {"words": words}})).json()
    assert "errors" not in answer, answer
    return [node["id"] for node in answer["data"][kind]["nodes"]]


async def test_every_list_finds_names_however_they_are_typed(client: httpx.AsyncClient, things: None) -> None:
    for kind, (_, typed) in LISTS.items():
        whole = await ids(client, kind, "")
        found = {words: await ids(client, kind, words) for words in typed.split()}
        (one,) = found[typed.split()[0]]
        assert one in whole
        assert {words: given for words, given in found.items() if given != [one]} == {}
        assert await ids(client, kind, "hongcha") == []


async def test_every_heteronym_is_found_in_the_database(database: db.Database) -> None:
    heteronyms = {one: sorted(all_readings(one)) for one in COMMON if len(all_readings(one)) > 1}
    asked = [(at, reading) for at, readings in enumerate(heteronyms.values(), 1) for reading in readings]
    await db.transactional(db.execute)(
        "INSERT INTO category (id, code, name, version, search_text, updated_at) "
        "SELECT asked.id, 'C' || asked.id, asked.name, 1, asked.words, CURRENT_TIMESTAMP "
        f"FROM {db.rows({'id': 'bigint', 'name': 'text', 'words': 'text'})} AS asked",
        (db.json((at, one, search_text(f"{one}牌")) for at, one in enumerate(heteronyms, 1)),),
    )
    contains = "instr" if database.dialect == "sqlite" else "strpos"
    ((found,),) = await db.fetch(
        f"SELECT count(*) FROM {db.rows({'id': 'bigint', 'reading': 'text'})} AS asked "
        f"JOIN category ON category.id = asked.id AND {contains}(category.search_text, asked.reading) > 0",
        (db.json(asked),),
    )
    assert found == len(asked) > 2000


async def texts() -> dict[str, list[tuple[Any, ...]]]:
    return {one.table: await db.fetch(f'SELECT id, search_text FROM "{one.table}" ORDER BY id') for one in SEARCHED}


async def test_what_an_earlier_rule_made_is_made_anew(things: None) -> None:
    await index_anew(SEARCHED)  # what comes with the database was written by migrations, which know no spelling
    await db.transactional(db.execute)("DELETE FROM search_index")
    right = await texts()
    assert all(rows and all(text for _, text in rows) for rows in right.values())
    for one in SEARCHED:
        await db.transactional(db.execute)(f"UPDATE \"{one.table}\" SET search_text = 'old'")
    assert await index_anew(SEARCHED) == sum(map(len, right.values()))
    assert await texts() == right
    assert await index_anew(SEARCHED) == 0
    await db.transactional(db.execute)("UPDATE search_index SET rule = ? WHERE table_name = 'sku'", (RULE - 1,))
    assert await index_anew(SEARCHED) == len(right["sku"])


class Killed(Exception):
    pass


async def test_goes_on_where_it_was_interrupted(things: None) -> None:
    right = (await texts())["place"]
    await db.transactional(db.execute)("UPDATE place SET search_text = 'old'")
    (place,) = (one for one in SEARCHED if one.table == "place")
    seen: list[int] = []

    async def killed(ids: Any) -> None:
        await place.refresh(ids)
        if len(seen) >= 4:
            raise Killed
        seen.extend(ids)

    with pytest.raises(Killed):
        await index_anew([Searched("place", killed)], batch=2)
    made = [row for row in (await texts())["place"] if row[1] != "old"]
    assert made == right[:4]
    assert await index_anew([place], batch=2) == len(right) - 4
    assert (await texts())["place"] == right


COLUMNS = {
    "sqlite": "SELECT t.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c "
    "WHERE t.type = 'table' AND c.name = ?",
    "postgres": "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = ?",
}


async def test_every_column_that_is_searched_can_be_made_anew(database: db.Database) -> None:
    tables = {table for (table,) in await db.fetch(COLUMNS[database.dialect], ("search_text",))}
    assert tables == {one.table for one in SEARCHED}


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize(
    ("where", "is_looked_for_in_what_is_spelt"),
    [('code: {startsWith: "S1"}', False), ('code: {eq: "S1"}', False), ('code: {contains: "S1"}', True)],
)
async def test_what_an_index_of_its_own_leads_to_is_not_looked_for_in_what_is_spelt(
    client: httpx.AsyncClient, where: str, is_looked_for_in_what_is_spelt: bool
) -> None:
    with db.statements() as sent:
        answer = await client.post("/graphql", json={"query": f"{{ skus(where: {{{where}}}) {{ nodes {{ code }} }} }}"})
    assert "S1" in {one["code"] for one in answer.json()["data"]["skus"]["nodes"]}
    (found,) = [text for text in sent if 'FROM "sku"' in text]
    assert ("pairs" in found) is is_looked_for_in_what_is_spelt


WITHOUT = {
    "accountCharts": "one for each accounting standard, without a text of its own",
    **dict.fromkeys(
        ["kitAvailability", "skuAvailability", "customerLots", "supplierLots", "consignmentSettlements"],
        "of one thing, which is named by its id",
    ),
    **dict.fromkeys(
        ["stockSurpluses", "stockShortages", "stockMatches", "stockAsOf", "slowMovers", "stockOutages"],
        "a report over goods that are chosen beforehand: the longest rows first, by what they come to",
    ),
    **dict.fromkeys(
        ["trialBalance", "AccountLedger.days"], "sums of a report over accounts, which is one page of a book"
    ),
    **dict.fromkeys(
        ["StockValuation.groups", "StockAgeing.groups", "StockTurnover.groups", "AgedDues.partners"],
        "sums of a report, whose rows are not in the database",
    ),
}
"""Lists that cannot be searched, and why; rows of most are worked out when they are asked for."""


def test_whatever_is_in_the_database_can_be_searched() -> None:
    types = schema.schema().types
    without = set()
    for owner in types.objects.values():
        for field in owner.fields.values():
            of = field.type.of
            if isinstance(of, ObjectType) and of.kind == "connection" and "search" not in field.arguments:
                without.add(field.name if owner is types.query else f"{owner.name}.{field.name}")
    assert without == WITHOUT.keys()


trade = begun(make_trade)


async def test_what_is_told_of_a_level_is_found_by_its_goods(client: httpx.AsyncClient, trade: Trade) -> None:
    await trade.stock_up("5", "7")
    rows = await db.fetch("SELECT code FROM sku ORDER BY id LIMIT 2")
    for kind in ("stockDays", "stockMonths", "costLayers", "supplierDays"):
        whole = await ids(client, kind, "")
        found = [await ids(client, kind, name) for (name,) in rows]
        assert [len(one) for one in found] == [1, 1], kind
        assert sorted(one for some in found for one in some) == sorted(whole), kind


async def test_movements_are_in_the_order_of_the_numbers_of_their_documents(
    client: httpx.AsyncClient, trade: Trade
) -> None:
    await trade.stock_up("5", "7")
    await trade.stock_up("3")
    await trade.ship(await trade.sell((0, "1", "9")), (0, "1"))
    for kind in ("stockMovements", "dues"):
        numbers: dict[str, list[str]] = {}
        for way in ("ASC", "DESC"):
            numbers[way], after, has_more = [], "", True
            while has_more:
                order = f"orderBy: [{{ field: DOCUMENT_NUMBER, direction: {way} }}], first: 2{after}"
                page = "{ nodes { document { number } } pageInfo { endCursor hasNextPage } }"
                answer = (await client.post("/graphql", json={"query": f"{{ {kind}({order}) {page} }}"})).json()
                told = answer["data"][kind]
                numbers[way] += [one["document"]["number"] for one in told["nodes"]]
                after, has_more = f', after: "{told["pageInfo"]["endCursor"]}"', told["pageInfo"]["hasNextPage"]
        assert numbers["ASC"] == sorted(numbers["ASC"]) == numbers["DESC"][::-1], kind
        assert len(set(numbers["ASC"])) > 2, kind


async def test_dues_are_filtered_by_what_their_notes_say(client: httpx.AsyncClient, things: None) -> None:
    query = "query Find($text: String!) { dues(where: { note: { contains: $text } }) { totalCount } }"
    for text, count in (("运费", 1), ("房租", 0)):
        answer = (await client.post("/graphql", json={"query": query, "variables": {"text": text}})).json()
        assert answer["data"] == {"dues": {"totalCount": count}}
