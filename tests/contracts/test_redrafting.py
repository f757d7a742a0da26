"""What is true of updates of documents of all kinds: what is given is changed, and lines that stay keep their ids.

Every update of a document in the schema is tried, with every field of it and of its lines.
"""

import re
from typing import Any, get_args, get_type_hints

import httpx
import msgspec
import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema, is_required_input_field

from jxc_graphql.gql.declare import camel
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.units import Unit
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice
from jxc_graphql.masters.taxes.models import NONE
from jxc_graphql.selling.pricing import operations as pricing
from jxc_graphql.selling.pricing.checks import AskedListPrice
from tests import accounts
from tests.make.contract import Contract, contracts, make_stocked, operations_of
from tests.make.trade import Trade

LATER = "2126-01-01"
PREPAID = 2
"""The id of a payment term that comes with the database."""
HEADER = {
    "expectedOn": LATER,
    "dueOn": LATER,
    "validThrough": LATER,
    "neededOn": LATER,
    "sellerId": "User",
    "paymentTermId": "PaymentTerm",
    "reason": "FOUND",
    "note": "改",
    "externalNumber": "PO-7",
    "pricesIncludeTax": True,
    "discount": "1",
    "freight": "CUSTOMER",
    "resolution": "REPLACE",
    "authorizationNumber": "RMA-7",
    "carrier": "顺丰",
    "trackingNumber": "SF-7",
}
LINE: dict[str, Any] = {
    "skuId": "Sku", "quantity": "5", "unit": "箱", "unitPrice": "7", "placeId": "Place", "serials": ["甲"],
    "valueChange": "5", "unitCost": "7", "discount": "1", "taxCodeId": "TaxCode",
    "goodsReceiptLineId": "GoodsReceiptLine", "shipmentLineId": "ShipmentLine", "reason": "EXPIRED",
    "resolution": "REFUND_ONLY", "neededOn": "2030-01-31",
}  # fmt: skip
"""A value for each field that the update of a document may give, and for each field of its lines."""
UNTRIED = {"lotNumber", "lot", "lotId", "currency", "exchangeRate"}
UNTRIED |= {"supplierId"}  # of a line: who is to be asked, of those that sell the SKU
UNTRIED |= {"exchangeSkuId", "exchangeQuantity", "exchangePrice"}
"""What only some goods have, of a line, and what changes together; the tests of the kind try it."""
CLEARED = {
    "unit": "瓶", "unitPrice": "3", "discount": "0", "taxCodeId": global_id("TaxCode", NONE), "resolution": "RETURN",
}  # fmt: skip
"""What a field that is cleared says, where that is not null."""
SHOWN = {
    "quantity": ("quantityInUnit", "quantity"), "skuId": ("sku",), "placeId": ("place",), "lotId": ("lot",),
    "taxCodeId": ("taxCode",), "goodsReceiptLineId": ("goodsReceiptLine",), "shipmentLineId": ("shipmentLine",),
}  # fmt: skip
"""Where a line shows what a field of its input says: in the first of these that it has."""
THINGS = {"sku", "place", "lot", "taxCode", "goodsReceiptLine", "shipmentLine"}
"""What of that is a thing with an id."""
NAMED = {"skuId", "goodsReceiptLineId", "shipmentLineId"}
"""What a line is about, one of which it has to say."""

OF_ALL = {"id", "lines", "fields", "expectedVersion", "dryRun"}
"""What every update may have; own fields are tried in `tests/masters/own_fields`."""

UPDATED = sorted(
    one.kind.__name__
    for one in contracts()
    if f"update_{one.table}" in {operation.__name__ for operation in operations_of(one.kind)}
)
every_update = pytest.mark.parametrize("name", UPDATED)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    from jxc_graphql.schema import full_sdl  # noqa: PLC0415  (rules are tested without building the schema)

    return build_schema(full_sdl())


def test_every_update_of_a_document_is_tried_with_all_its_fields(schema: GraphQLSchema) -> None:
    kinds = {one.kind.__name__ for one in contracts()}
    updates = {found[1] for name in schema.type_map if (found := re.fullmatch(r"Update(\w+)Input", name))}
    assert updates & kinds == {*UPDATED}
    for name in UPDATED:
        untried = {*_input(schema, f"Update{name}Input").fields} - {*OF_ALL, *HEADER, *UNTRIED}
        assert not untried, f"{name}: give each a value in HEADER"
        untried = {*_input(schema, f"{name}LineChangeInput").fields} - {"id", *LINE, *UNTRIED}
        assert not untried, f"{name}: give each a value in LINE"


class Draft(msgspec.Struct):
    """A draft of a kind, changed over the wire."""

    client: httpx.AsyncClient
    schema: GraphQLSchema
    name: str
    id: str

    @property
    def header(self) -> dict[str, Any]:
        """A value for every field that the update may give."""
        return _of(HEADER, self.schema, f"Update{self.name}Input")

    @property
    def line(self) -> dict[str, Any]:
        """A value for every field of a line of it."""
        return _of(LINE, self.schema, f"{self.name}LineChangeInput")

    async def update(self, **given: Any) -> tuple[Any, list[Any]]:
        """The document after it and what was wrong; it is as it was wherever something was."""
        body = {"query": _mutation(self.schema, self.name), "variables": {"input": {"id": self.id, **given}}}
        answer = (await self.client.post("/graphql", json=body)).json()
        assert "errors" not in answer, answer
        (found,) = answer["data"].values()
        (thing,) = (one for key, one in found.items() if key != "userErrors")
        told = thing and {field: _told(value) for field, value in thing.items()}
        return told, [(one["code"], one["path"]) for one in found["userErrors"]]


@pytest.fixture
def contract(name: str) -> Contract:
    (found,) = (one for one in contracts() if one.kind.__name__ == name)
    return found


@pytest.fixture
async def draft(
    client: httpx.AsyncClient, call: Call, trade: Trade, schema: GraphQLSchema, contract: Contract
) -> Draft:
    """Of two lines."""
    name = contract.kind.__name__
    made = await contract.make(call, **await contract.what(trade))
    await _another_sku(call)
    return Draft(client, schema, name, global_id(name, made))


@every_update
async def test_the_id_alone_changes_nothing(draft: Draft) -> None:
    before, wrong = await draft.update()
    assert (wrong, before["version"], len(before["lines"])) == ([], 1, 2)
    given = await _given(draft.header)
    full, wrong = await draft.update(**given)
    assert wrong == []
    assert full == before | given | {"version": 2}
    facts = await db.fetch("SELECT count(*) FROM journal")
    stay = [{"id": line["id"]} for line in full["lines"]]
    assert await draft.update() == (full, [])
    assert await draft.update(**given) == (full, [])
    assert await draft.update(lines=stay, expectedVersion=2) == (full, [])
    assert await db.fetch("SELECT count(*) FROM journal") == facts


@every_update
async def test_null_clears_or_is_refused_at_its_field(draft: Draft) -> None:
    given = await _given(draft.header)
    full, wrong = await draft.update(**given)
    assert wrong == []
    for field, said in _input(draft.schema, f"Update{draft.name}Input").fields.items():
        if field not in given:
            continue
        after, wrong = await draft.update(**{field: None})
        if "Null clears it." in (said.description or ""):
            assert wrong == []
            assert _differences(after, full) == {field, "version"}
            assert (after[field] or None) == CLEARED.get(field)
            full, _ = await draft.update(**{field: given[field]})
        else:
            assert wrong == [("REQUIRED", ["input", field])]
    assert await draft.update(lines=None) == (None, [("REQUIRED", ["input", "lines"])])
    assert await draft.update(lines=[]) == (None, [("EMPTY_DOCUMENT", ["input", "lines"])])


@every_update
async def test_a_field_of_a_line_changes_and_all_else_of_it_stays(draft: Draft, contract: Contract) -> None:
    before, _ = await draft.update()
    kept, second = (line["id"] for line in before["lines"])
    given, either = await _given(draft.line), _either(contract)
    for field, said in _input(draft.schema, f"{draft.name}LineChangeInput").fields.items():
        if field not in given:
            continue
        lines = [{"id": kept, field: given[field]}, {"id": second}]
        full, wrong = await draft.update(lines=lines)
        assert wrong == [], field
        assert [line["id"] for line in full["lines"]] == [kept, second]
        assert full["lines"][1] == before["lines"][1]
        shown = _shown(field, full["lines"][0])
        assert _told(full["lines"][0][shown]) == given[field], field
        assert await draft.update(lines=lines) == (full, [])
        after, wrong = await draft.update(lines=[{"id": kept, field: None}, {"id": second}])
        if "Null clears it." not in (said.description or ""):
            assert wrong == [("REQUIRED", ["input", "lines", "0", field])]
        elif field in either:  # it says neither then, as a new line that names its goods alone
            _, unclear = await draft.update(lines=[{"id": second}, {"skuId": given["skuId"]}])
            assert [path for _, path in unclear] == [["input", "lines", "1"]]
            assert wrong == [(unclear[0][0], ["input", "lines", "0"])]
        else:
            assert wrong == []
            assert (_told(after["lines"][0][shown]) or None) == CLEARED.get(field), field
            assert await verification.differences() == []


@every_update
async def test_lines_are_added_removed_and_put_in_another_order(draft: Draft, contract: Contract) -> None:
    before, _ = await draft.update()
    first, second = (line["id"] for line in before["lines"])
    turned, wrong = await draft.update(lines=[{"id": second}, {"id": first}])
    assert (wrong, turned["version"]) == ([], 2)
    assert [line["id"] for line in turned["lines"]] == [second, first]
    assert [line | {"lineNo": 0} for line in turned["lines"]] == [
        line | {"lineNo": 0} for line in before["lines"][::-1]
    ]
    alone, wrong = await draft.update(lines=[{"id": first}])
    assert (wrong, [line["id"] for line in alone["lines"]], alone["version"]) == ([], [first], 3)
    gone = await draft.update(lines=[{"id": second}])
    assert gone == (None, [("UNKNOWN_ID", ["input", "lines", "0", "id"])])
    needed = {
        name: value
        for name, value in (await _given(draft.line)).items()
        if name in NAMED | {"quantity", "unitPrice", "valueChange", "reason"}
    }
    both, wrong = await draft.update(lines=[needed, {"id": first}])
    assert (wrong, both["lines"][1]["id"]) == ([], first)
    assert both["lines"][0]["id"] not in {first, second}
    assert await verification.differences() == []


@every_update
async def test_all_that_is_wrong_with_lines_is_told_at_once(draft: Draft, call: Call, contract: Contract) -> None:
    another = await contract.make(call, **await contract.what(await make_stocked(call)))
    ((strange,),) = await db.fetch(
        f"SELECT min(id) FROM {contract.table}_line WHERE {contract.key} = ?",
        (another,),
    )
    before, _ = await draft.update()
    first = before["lines"][0]["id"]
    lines = [{"id": first}, {"id": first}, {"id": global_id(f"{draft.name}Line", strange)}, {}, {"id": first}]
    after, wrong = await draft.update(lines=lines, note="长" * 501)
    assert after is None
    inputs = _input(draft.schema, f"{draft.name}LineInput").fields
    needed = [field for field in draft.line if is_required_input_field(inputs[field])]
    assert sorted(wrong) == sorted([
        ("TEXT_TOO_LONG", ["input", "note"]),
        ("LINE_GIVEN_TWICE", ["input", "lines", "1", "id"]),
        ("UNKNOWN_ID", ["input", "lines", "2", "id"]),
        *(("REQUIRED", ["input", "lines", "3", field]) for field in needed),
        ("LINE_GIVEN_TWICE", ["input", "lines", "4", "id"]),
    ])  # fmt: skip
    named = next(field for field in draft.line if field in NAMED)
    unknown = [{"id": first}, {}, {"id": before["lines"][1]["id"], named: global_id(LINE[named], 1)}]
    _, wrong = await draft.update(lines=unknown)
    assert ("UNKNOWN_ID", ["input", "lines", "2", named]) in wrong
    assert await draft.update() == (before, [])


async def _another_sku(call: Call) -> None:
    """One that no line names yet, of which twelve are a box, and for which the supplier asks three."""
    ((product_id,),) = await db.fetch("SELECT min(id) FROM product")
    fact = await catalog.create_sku(call, product_id=product_id, code="新", name="新", unit="瓶")
    await catalog.set_sku_units(call, sku_id=fact.sku_id, units=[Unit(name="箱", numerator=12)], barcodes=[])
    ((supplier_id,),) = await db.fetch("SELECT min(id) FROM supplier")
    await accounts.made("wang", "SELLER")
    price = AskedPrice(sku_id=fact.sku_id, unit_price=UnitPrice.of("3"))
    await partners.set_supplier_prices(call, supplier_id=supplier_id, prices=[price])
    prices = [AskedListPrice(sku_id=fact.sku_id, unit_price=UnitPrice.of("3"))]
    for code, with_tax in (("甲", False), ("乙", True)):
        made = await pricing.create_price_list(call, code=code, name=code, prices_include_tax=with_tax)
        await pricing.set_list_prices(call, price_list_id=made.price_list_id, prices=prices)


async def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The values, with ids of things for the names of their kinds: a SKU of no line, what came, or left, last."""
    ((sku_id,),) = await db.fetch("SELECT id FROM sku WHERE code = '新'")
    ((place_id,),) = await db.fetch("SELECT stock_place_id FROM warehouse ORDER BY id LIMIT 1")
    ((tax_code_id,),) = await db.fetch("SELECT id FROM tax_code WHERE code = '13'")
    known = {"Sku": global_id("Sku", sku_id), "Place": global_id("Place", place_id)}
    known["TaxCode"] = global_id("TaxCode", tax_code_id)
    known["PaymentTerm"] = global_id("PaymentTerm", PREPAID)
    ((user_id,),) = await db.fetch("SELECT id FROM \"user\" WHERE username = 'wang'")
    known["User"] = global_id("User", user_id)
    ((line_id,),) = await db.fetch("SELECT coalesce(max(id), 0) FROM shipment_line")
    known["ShipmentLine"] = global_id("ShipmentLine", line_id)
    ((came_id,),) = await db.fetch("SELECT coalesce(max(id), 0) FROM goods_receipt_line")
    known["GoodsReceiptLine"] = global_id("GoodsReceiptLine", came_id)
    return {field: known.get(value, value) if field.endswith("Id") else value for field, value in values.items()}


def _input(schema: GraphQLSchema, name: str) -> GraphQLInputObjectType:
    found = schema.type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def _of(values: dict[str, Any], schema: GraphQLSchema, name: str) -> dict[str, Any]:
    return {field: values[field] for field in _input(schema, name).fields if field in values}


def _either(contract: Contract) -> set[str]:
    """The fields of a line of which one stands instead of the other."""
    (asked,) = get_args(get_type_hints(contract.makes)["lines"])
    return {camel(name) for name in getattr(asked, "instead_of", ())}


def _mutation(schema: GraphQLSchema, name: str) -> str:
    given = _of(HEADER, schema, f"Update{name}Input")
    header = " ".join(f"{one}: {one[:-2]} {{ id }}" if one.endswith("Id") else one for one in given)
    thing = name[0].lower() + name[1:]
    shown = schema.type_map[f"{name}Line"]
    assert isinstance(shown, GraphQLObjectType)
    scalars = {_shown(field, shown.fields) for field in _of(LINE, schema, f"{name}LineChangeInput")}
    line = " ".join(f"{field} {{ id }}" if field in THINGS else field for field in sorted(scalars))
    return (
        f"mutation($input: Update{name}Input!) {{ update{name}(input: $input) {{ {thing} {{ "
        f"{header} version lines {{ id lineNo {line} }} }} userErrors {{ code path }} }} }}"
    )


def _shown(field: str, fields: Any) -> str:
    return next(one for one in SHOWN.get(field, (field,)) if one in fields)


def _told(shown: Any) -> Any:
    return shown["id"] if isinstance(shown, dict) else shown


def _differences(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {field for field in one if one[field] != other[field]}
