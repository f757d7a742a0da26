"""Updates change what is sent and nothing else: absent is unchanged, null clears, or is refused at its field."""

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema

from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.gql.schema.types import InputType
from jxc_graphql.gql.words.entity import NO_DEFAULT
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Ratio
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.currencies import operations as currencies
from jxc_graphql.masters.customer_levels import operations as customer_levels
from jxc_graphql.masters.customer_levels.models import USUAL as USUAL_LEVEL
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.own_fields import operations as own_fields
from jxc_graphql.masters.own_fields.models import OwnFieldKind, OwnFieldType
from jxc_graphql.masters.own_fields.rules import WantedField, WantedValue
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.payment_terms import operations as payment_terms
from jxc_graphql.masters.payment_terms.models import USUAL, PaymentBasis
from jxc_graphql.masters.taxes import operations as taxes
from jxc_graphql.masters.taxes.models import TaxKind
from jxc_graphql.masters.variants import operations as variants
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.office.print_templates import operations as print_templates
from jxc_graphql.office.print_templates.paper import Paper
from jxc_graphql.office.tags import operations as tags
from jxc_graphql.schema import schema as built
from jxc_graphql.selling.pricing import operations as pricing
from jxc_graphql.selling.pricing.models import PromotionKind, PromotionStep
from tests.contracts.test_redrafting import UPDATED
from tests.each import each

OFFICE = {"Account", "Attachment", "Company", "User"}
"""What they are told is never null (`tests/office`, `tests/books`)."""
PARTNER = {
    "code": "Z", "name": "乙", "contactName": "王", "phone": "139", "email": "a@b.cn", "address": "x",
    "taxNumber": "91110000600037341L",
    "paymentTermId": "PaymentTerm", "isActive": False,
}  # fmt: skip
_HOLDS = {"name": "乙", "priority": 3, "startsOn": "2026-02-01", "endsOn": "2026-12-31", "isActive": False}
FULL: dict[str, dict[str, Any]] = {
    "Branch": {"code": "Z", "name": "乙", "isActive": False},
    "Bin": {"code": "Z", "name": "乙", "isActive": False},
    "Warehouse": {"code": "Z", "name": "乙", "address": "x", "branchId": "Branch", "isActive": False},
    "Category": {"code": "Z", "name": "乙"},
    "Product": {
        "code": "Z", "name": "乙", "categoryId": "Category", "brand": "牌", "description": "x", "valuation": "FIFO",
        "taxCodeId": "TaxCode", "isActive": True,
    },
    "Sku": {"code": "Z", "name": "乙", "shelfLifeDays": 30, "isActive": False},
    "Lot": {"producedOn": "2026-01-01", "expiresOn": "2026-02-01", "note": "x"},
    "Supplier": PARTNER | {"creditGrade": "B"},
    "Customer": PARTNER | {"levelId": "CustomerLevel"},
    "CustomerLevel": {"code": "Z", "name": "乙"},
    "PriceList": _HOLDS,
    "Promotion": _HOLDS,
    "Schedule": {
        "name": "Z", "cron": "5 4 * * *", "workdaysOnly": True, "isActive": False, "jobInput": '{"list_name":"skus"}',
    },
    "Tag": {"name": "急", "color": "#ff0000"},
    "OwnField": {"name": "乙", "choices": ["蓝"], "isRequired": True, "isActive": False, "position": 3},
    "TaxCode": {"name": "乙", "endsOn": "2027-12-31"},
    "Currency": {"name": "乙", "isActive": False},
    "PaymentTerm": {"name": "乙"},
    "PrintTemplate": {"name": "Z", "paper": "A5", "text": "{{ document.number }}"},
}  # fmt: skip
"""A value for every field that an update may give; the name of a kind stands for the id of one."""

SHOWN_AS = {"jobInput": "jobInput: input"}
"""Fields that what is updated has by another name: in an input, `input` says nothing."""
LONG_AGO = "2020-01-01 00:00:00+00:00"
EMPTY_AGAIN = {
    "paymentTermId": {"id": global_id("PaymentTerm", USUAL)},
    "levelId": {"id": global_id("CustomerLevel", USUAL_LEVEL)},
}
"""What is cleared is null or an empty text, or has a value of its own."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    from jxc_graphql.schema import full_sdl  # noqa: PLC0415  (rules are tested without building the schema)

    return build_schema(full_sdl())


@pytest.fixture
async def ids(call: Call, client: httpx.AsyncClient) -> dict[str, str]:  # what exports are asked for is known to it
    branch = (await warehouses.create_branch(call, code="B", name="B")).branch_id
    warehouse = (await warehouses.create_warehouse(call, code="W", name="W")).warehouse_id
    (place,) = (await warehouses.create_bins(call, warehouse_id=warehouse, bins=[WantedBin(code="A")])).place_ids
    category = (await categories.create_category(call, code="C", name="C")).category_id
    product = (await catalog.create_product(call, code="P", name="P", category_id=category)).product_id
    sku = await catalog.create_sku(call, product_id=product, code="S", name="S", unit="瓶", tracking=SkuTracking.LOT)
    known = {"Branch": branch, "Warehouse": warehouse, "Place": place, "Category": category, "Product": product}
    known["Sku"] = sku.sku_id
    known["Supplier"] = (await partners.create_supplier(call, profile=Profile(code="P", name="P"))).supplier_id
    known["Customer"] = (await partners.create_customer(call, profile=Profile(code="P", name="P"))).customer_id
    (known["Lot"],) = await _lots(call, sku.sku_id)
    listed: dict[str, Any] = {"job_kind": JobKind["EXPORT"], "job_input": '{"list_name": "lots"}'}
    nightly = await jobs.create_schedule(call, name="N", cron="0 3 * * *", **listed)
    known["Schedule"] = nightly.schedule_id
    asked: dict[str, Any] = {"kind": TaxKind.STANDARD, "rate": Ratio.of("0.17")}
    known["TaxCode"] = (await taxes.create_tax_code(call, code="17", name="甲", **asked)).tax_code_id
    known["Currency"] = (await currencies.create_currency(call, code="CLP", name="甲", places=0)).currency_id
    term = await payment_terms.create_payment_term(call, code="45", name="甲", basis=PaymentBasis.DOCUMENT, days=45)
    known["PaymentTerm"] = term.payment_term_id
    level = await customer_levels.create_customer_level(call, code="L", name="甲")
    known["CustomerLevel"] = level.customer_level_id
    known["PriceList"] = (await pricing.create_price_list(call, code="L", name="甲")).price_list_id
    off: dict[str, Any] = {"step": PromotionStep.LINE, "kind": PromotionKind.PERCENT, "percent": Ratio.of("0.1")}
    known["Promotion"] = (await pricing.create_promotion(call, code="L", name="甲", **off)).promotion_id
    known["Tag"] = (await tags.create_tag(call, name="T", color="#000000")).tag_id
    colour: dict[str, Any] = {"kind": OwnFieldKind.SKU, "code": "colour", "value_type": OwnFieldType.CHOICE}
    made = await own_fields.create_own_field(call, wanted=WantedField(name="颜色", choices=["红"]), **colour)
    known["OwnField"] = made.own_field_id
    asked = {"document_kind": DocumentKind["SHIPMENT"], "paper": Paper.A4, "text": "{{ title }}"}
    template = await print_templates.create_print_template(call, name="N", **asked)
    known["PrintTemplate"] = template.print_template_id
    return {kind: global_id(kind, number) for kind, number in known.items()}


@db.transactional
async def _lots(call: Call, sku_id: int, **dates: date) -> Any:
    return await lots.ensure(call, [(sku_id, LotLabel(number="L", **dates), ())])


def _input(schema: GraphQLSchema, name: str) -> GraphQLInputObjectType:
    found = schema.type_map[f"Update{name}Input"]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def test_every_update_of_the_schema_is_tried_here_or_named(schema: GraphQLSchema) -> None:
    updates = {found[1] for name in schema.type_map if (found := re.fullmatch(r"Update(\w+)Input", name))}
    assert updates == {*FULL, *UPDATED, *OFFICE}
    for name, values in FULL.items():
        assert {*_input(schema, name).fields} - {"fields"} == {"id", "expectedVersion", *values}, name


@each("name", FULL)
async def test_an_update_changes_what_is_sent_and_nothing_else(
    client: httpx.AsyncClient, schema: GraphQLSchema, ids: dict[str, str], name: str
) -> None:
    kind = {"Bin": "Place"}.get(name, name)
    full = {field: ids.get(value, value) if field.endswith("Id") else value for field, value in FULL[name].items()}
    document = _mutation(schema, name, kind, full)

    async def update(**given: Any) -> tuple[Any, list[Any]]:
        body = {"query": document, "variables": {"input": {"id": ids[kind], **given}}}
        answer = (await client.post("/graphql", json=body)).json()
        assert "errors" not in answer, answer
        (found,) = answer["data"].values()
        wrong = [(one["code"], one["path"]) for one in found.pop("userErrors")]
        (thing,) = found.values()
        return thing, wrong

    before, wrong = await update(**full)
    assert wrong == []
    assert before | {"version": 2} == _shown(full) | {"version": 2}
    facts = await db.fetch("SELECT count(*) FROM journal")
    assert await update() == (before, [])
    assert await update(**full) == (before, [])
    assert await db.fetch("SELECT count(*) FROM journal") == facts
    for field, said in _input(schema, name).fields.items():
        if field not in full:
            continue
        after, wrong = await update(**{field: None})
        if "Null clears it." in (said.description or ""):
            assert wrong == []
            shown = field.removesuffix("Id")
            assert {one for one in after if after[one] != before[one]} == {shown, "version"}, field
            assert after[shown] in (EMPTY_AGAIN.get(field), "")
            before, _ = await update(**{field: full[field]})
        else:
            assert (after, wrong) == (None, [("REQUIRED", ["input", field])])


def test_what_a_setting_leaves_out_stays_or_is_named_here() -> None:
    """A field that may be left out is `UNSET` then: nothing that was set before has its default again."""
    mutation, found = built().types.mutation, set[str]()
    assert mutation
    for field in mutation.fields.values():
        if re.match(r"(set|update)[A-Z]", field.name):
            found |= {*_falling_back(field.arguments["input"].type.of, field.name)}
    assert found == WHICH | NOTHING_YET


def _falling_back(given: Any, path: str) -> Iterator[str]:
    """The fields that have a default, or are empty, where nobody says them; not of what is replaced as a whole."""
    assert isinstance(given, InputType)
    for name, one in given.fields.items():
        clears = one.required or one.description.endswith("Null clears it.")
        if name not in OF_EVERY_REQUEST and (one.default is not NO_DEFAULT or (one.type.nullable and not clears)):
            yield f"{path}.{name}"
        if isinstance(one.type.of, InputType) and name not in REPLACED | {"lines", "lot"}:
            yield from _falling_back(one.type.of, f"{path}.{name}")


OF_EVERY_REQUEST = {"expectedVersion", "idempotencyKey", "dryRun", "fields"}
REPLACED = {"attributes", "barcodes", "components", "conditions", "grants", "options", "steps", "units"}
"""Lists that are all of it from now on; lines are tried in `test_redrafting`."""
WHICH = {
    "setApprovalDeputy.id", "setApprovalPolicy.id", "setCreditLimit.customerId", "setListPrices.prices.fromQuantity",
    "setNumberingRule.branchId", "setStockLimits.limits.startsOn",
}  # fmt: skip
"""What says which one it is that is set."""
NOTHING_YET = {"updateAttachment.isFirst"}
"""What does something where it is said alone."""


async def test_whatever_changes_a_thing_is_its_next_version(call: Call, ids: dict[str, str]) -> None:
    known = {kind: read_global_id(one)[1] for kind, one in ids.items()}
    colours = [AskedAttribute(name="颜色", values=(AskedValue(name="红"),))]
    choices = [OptionChoice(attribute="颜色", value="红")]
    product, sku, lot = known["Product"], known["Sku"], known["Lot"]
    steps: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("category", lambda: categories.move_category(call, category_id=known["Category"], parent_id=None)),
        ("product", lambda: variants.set_product_attributes(call, product_id=product, attributes=colours)),
        ("sku", lambda: variants.set_sku_options(call, sku_id=sku, choices=choices)),
        ("sku", lambda: catalog.set_sku_units(call, sku_id=sku, units=[], barcodes=[])),
        ("sku", lambda: catalog.update_product(call, product_id=product, is_active=False)),
        ("lot", lambda: _lots(call, sku, produced_on=date(2026, 1, 1))),
        ("lot", lambda: db.transactional(lots.expire)(call, lot, date(2026, 2, 1))),
        ("lot", lambda: lots.block_lot(call, lot_id=lot)),
        ("lot", lambda: lots.unblock_lot(call, lot_id=lot)),
        ("supplier", lambda: partners.hold_supplier(call, supplier_id=known["Supplier"])),
        ("supplier", lambda: partners.release_supplier(call, supplier_id=known["Supplier"])),
        (
            "sku",
            lambda: own_fields.set_own_fields(
                call, owner=("Sku", sku), fields=[WantedValue(code="colour", value="红")]
            ),
        ),
    ]
    for table, step in steps:
        await db.transactional(db.execute)(f"UPDATE {table} SET version = 7, updated_at = '{LONG_AGO}'")
        await step()
        ((version, updated_at),) = await db.fetch(f"SELECT version, updated_at FROM {table}")
        assert (version, str(updated_at)[:4] > LONG_AGO[:4]) == (8, True), table


def _mutation(schema: GraphQLSchema, name: str, kind: str, full: dict[str, Any]) -> str:
    shown = schema.type_map[kind]
    assert isinstance(shown, GraphQLObjectType)
    fields = [SHOWN_AS.get(f, f if f in shown.fields else f"{f.removesuffix('Id')} {{ id }}") for f in full]
    thing = kind[0].lower() + kind[1:]
    payload = schema.type_map[f"Update{name}Payload"]
    assert isinstance(payload, GraphQLObjectType)
    assert payload.fields[thing].type == shown
    return (
        f"mutation($input: Update{name}Input!) {{ update{name}(input: $input) "
        f"{{ {thing} {{ {' '.join(fields)} version }} userErrors {{ code path }} }} }}"
    )


def _shown(full: dict[str, Any]) -> dict[str, Any]:
    return {field.removesuffix("Id"): {"id": value} if field.endswith("Id") else value for field, value in full.items()}
