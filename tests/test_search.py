"""Every list that can be searched follows one rule, on both databases; what an earlier rule made is made anew."""

from typing import Any

import httpx
import pytest

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
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers.rules import AskedGoods
from jxc_graphql.wiring import SEARCHED
from tests.kit.test_spelling import COMMON, all_readings

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
    "documents": ("长尾夹加急", "changweijia zhangweijia jiaji 加急 tr-"),
}
"""By the list: the name of one thing in it, and what finds it."""


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
    branch = await warehouses.create_branch(call, code="B1", name=named["branches"])
    made = await warehouses.create_warehouse(call, code="W1", name=named["warehouses"], branch_id=branch.branch_id)
    await warehouses.create_bins(call, warehouse_id=made.warehouse_id, bins=[WantedBin(code="A", name=named["places"])])
    profile = Profile(code="X1", name=named["suppliers"], contact_name="张经理", phone="13800000000")
    await partners.create_supplier(call, profile=profile)
    await partners.create_customer(call, profile=Profile(code="X1", name=named["customers"]))
    other = await warehouses.create_warehouse(call, code="W2", name="x")
    line = AskedGoods(sku_id=sku.sku_id, quantity=Quantity.of(1))
    await transfers.create_transfer(
        call, from_warehouse_id=made.warehouse_id, to_warehouse_id=other.warehouse_id, lines=[line],
        note=named["documents"],
    )  # fmt: skip


async def ids(client: httpx.AsyncClient, kind: str, words: str) -> list[str]:
    query = f"query Find($words: String!) {{ {kind}(first: 5, search: $words) {{ nodes {{ id }} }} }}"
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
    return {one.table: await db.fetch(f"SELECT id, search_text FROM {one.table} ORDER BY id") for one in SEARCHED}


async def test_what_an_earlier_rule_made_is_made_anew(things: None) -> None:
    right = await texts()
    assert all(rows for rows in right.values())
    for one in SEARCHED:
        await db.transactional(db.execute)(f"UPDATE {one.table} SET search_text = 'old'")
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
