"""What is unique is so in the whole company, and whoever asks for it hears that it is taken, but not by what."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import CodeTaken
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.rules import BarcodeTaken
from jxc_graphql.masters.catalog.units import Label
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.auth.rules import UsernameTaken
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.print_templates import operations as print_templates
from jxc_graphql.office.print_templates.paper import Paper
from jxc_graphql.office.print_templates.rules import PrintTemplateNameTaken
from tests.each import each
from tests.refusals import refusal

TYPED = "T-1"
Taking = Callable[["Company"], Awaitable[Any]]


class Company(msgspec.Struct, frozen=True):
    """Two of each by which users are divided: one that the caller sees, and a hidden one with the code."""

    call: Call
    """Of whoever sees the first ones alone."""
    seen: dict[Dimension, int]
    category_id: int
    product_id: int


@pytest.fixture
async def company(call: Call) -> Company:
    seen: dict[Dimension, int] = {}
    for code in ("MINE", TYPED):
        profile = Profile(code=code, name=f"秘密 {code}")
        made = {
            Dimension.WAREHOUSE: (await warehouses.create_warehouse(call, code=code, name="秘密")).warehouse_id,
            Dimension.CUSTOMER: (await partners.create_customer(call, profile=profile)).customer_id,
            Dimension.SUPPLIER: (await partners.create_supplier(call, profile=profile)).supplier_id,
        }
        seen = seen or made
    await warehouses.create_bins(call, warehouse_id=made[Dimension.WAREHOUSE], bins=[WantedBin(code=TYPED)])
    await warehouses.create_bins(call, warehouse_id=seen[Dimension.WAREHOUSE], bins=[WantedBin(code="MINE")])
    await warehouses.create_branch(call, code=TYPED, name="秘密")
    category_id = (await categories.create_category(call, code=TYPED, name="秘密")).category_id
    product = await catalog.create_product(call, code=TYPED, name="秘密", category_id=category_id)
    await catalog.create_sku(
        call, product_id=product.product_id, code=TYPED, name="秘密", unit="件", barcodes=[Label(code=TYPED)]
    )
    await print_templates.create_print_template(
        call, name=TYPED, document_kind=DocumentKind["SHIPMENT"], paper=Paper.A5, text="秘密"
    )
    await auth.create_role(call, code="T1", name="秘密", permissions=[])
    await auth.create_user(call, username=TYPED, name="秘密", roles=[])
    part = msgspec.structs.replace(call, scopes={name: frozenset({one}) for name, one in seen.items()})
    return Company(part, seen, category_id, product.product_id)


def sku(company: Company, code: str, *barcodes: str) -> Awaitable[Any]:
    labels = [Label(code=one) for one in barcodes]
    return catalog.create_sku(
        company.call, product_id=company.product_id, code=code, name="x", unit="件", barcodes=labels
    )


CODE = CodeTaken(path=("code",), taken=TYPED)
WAYS: dict[str, tuple[Taking, Reason]] = {
    "new warehouse": (lambda one: warehouses.create_warehouse(one.call, code=TYPED, name="x"), CODE),
    "warehouse": (
        lambda one: warehouses.update_warehouse(one.call, warehouse_id=one.seen[Dimension.WAREHOUSE], code=TYPED),
        CODE,
    ),
    "customer": (
        lambda one: partners.update_customer(
            one.call, customer_id=one.seen[Dimension.CUSTOMER], profile=Profile(code=TYPED)
        ),
        CODE,
    ),
    "supplier": (
        lambda one: partners.update_supplier(
            one.call, supplier_id=one.seen[Dimension.SUPPLIER], profile=Profile(code=TYPED)
        ),
        CODE,
    ),
    "branch": (lambda one: warehouses.create_branch(one.call, code=TYPED, name="x"), CODE),
    "category": (lambda one: categories.create_category(one.call, code=TYPED, name="x"), CODE),
    "product": (
        lambda one: catalog.create_product(one.call, code=TYPED, name="x", category_id=one.category_id),
        CODE,
    ),
    "SKU": (lambda one: sku(one, TYPED), CODE),
    "barcode": (
        lambda one: sku(one, "x", TYPED),
        BarcodeTaken(path=("barcodes", 0, "code"), barcode=TYPED),
    ),
    "bin": (
        lambda one: warehouses.create_bins(
            one.call, warehouse_id=one.seen[Dimension.WAREHOUSE], bins=[WantedBin(code="MINE")]
        ),
        CodeTaken(path=("bins", 0, "code"), taken="MINE"),
    ),
    "role": (
        lambda one: auth.create_role(one.call, code="T1", name="x", permissions=[]),
        CodeTaken(path=("code",), taken="T1"),
    ),
    "print template": (
        lambda one: print_templates.create_print_template(
            one.call, name=TYPED, document_kind=DocumentKind["SHIPMENT"], paper=Paper.A4, text="x"
        ),
        PrintTemplateNameTaken(path=("name",)),
    ),
    "user": (
        lambda one: auth.create_user(one.call, username=TYPED, name="x", roles=[]),
        UsernameTaken(path=("username",), username=TYPED.lower()),
    ),
}
"""By what is taken, who tries to, and all that he is told."""
OF_ONE_PRODUCT = {"COMBINATION_TAKEN"}
"""What is unique among the SKUs of a product: whoever sees one sees them all."""


@each("way", WAYS)
async def test_nothing_is_told_but_what_was_typed(company: Company, way: str) -> None:
    act, told = WAYS[way]
    assert await refusal(act(company)) == [told]


def test_every_such_refusal_is_tried() -> None:
    assert schema.schema()
    taken = {code for code in Reason.registry if code.endswith("_TAKEN")}
    assert taken == {told.code for _, told in WAYS.values()} | OF_ONE_PRODUCT


async def test_what_is_unique_among_hidden_things_alone_is_free(company: Company) -> None:
    here = company.seen[Dimension.WAREHOUSE]
    assert await warehouses.create_bins(company.call, warehouse_id=here, bins=[WantedBin(code=TYPED)])
