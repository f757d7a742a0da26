"""What clients see of own fields, and how they say and fill them in."""

from typing import Any

import msgspec

from jxc_graphql.gql.declare import (
    Coded,
    Connection,
    Id,
    Node,
    Versioned,
    batched,
    computed,
    connection,
    entity,
    extends,
    input_type,
    many,
    mutation,
    payload,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.masters.catalog.api import Product, Sku
from jxc_graphql.masters.own_fields import facts, models, operations, queries, rules
from jxc_graphql.masters.own_fields.models import OwnFieldKind, OwnFieldType, ReferenceKind
from jxc_graphql.masters.partners.api import Customer, Supplier
from jxc_graphql.masters.warehouses.api import Warehouse
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.documents.actions import delete_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.documents.said import OwnFieldValueInput

_KEPT = ("value", *models.REFERENCES)
_LEADS_TO = {
    "supplier": Supplier, "customer": Customer, "sku": Sku, "product": Product, "user": User, "warehouse": Warehouse,
}  # fmt: skip
_CODED = Coded(
    "field_id", models.OwnField, "code", "in_order", queries.readings,
    to=tuple((f"to_{table}_id", _LEADS_TO[table]) for table in models.TARGETS),
)  # fmt: skip


@entity(models.OwnField, search="search_text", texts=("code", "name"), few=True)
class OwnField(Node, Versioned):
    """An own field (自定义字段): what things of a kind say besides what all have."""

    kind: OwnFieldKind
    """Of which things it is (所属对象)."""
    code: str
    """Code (编码), unique among those of the kind; programs and filters go by it."""
    name: str
    """Name (名称), for people."""
    value_type: OwnFieldType
    """Of which type its values are (类型)."""
    decimals: int
    """How many decimal places numbers have."""
    choices: list[str] = computed(rules.choices_of_text, "choices")
    """What can be chosen (选项)."""
    reference_kind: ReferenceKind | None
    """To what references are; null where it is of another type."""
    is_required: bool
    """Whether a document leaves its draft, and a thing is made, only with it (必填)."""
    is_active: bool
    """Whether it is filled in (启用)."""
    position: int
    """Its place among those of the kind (排序)."""


@entity(models.OwnFieldValue)
class OwnFieldValue:
    """What a thing says in one of its own fields (自定义字段的值), through which alone it is reached."""

    id: Id[Any]
    """Its id (标识), opaque; another one after it was changed."""
    field: OwnField
    """The own field."""
    value: str | None = batched(queries.values, *_KEPT)
    """Its value as it is filled in, for programs; null where it refers to what the viewer does not see."""
    text: str | None = batched(queries.texts, *_KEPT)
    """The same for people: of a reference, the name of what it is to; null where the viewer does not see that."""


@extends(Document)
class DocumentOwnFields:
    """What every document has of it."""

    fields: list[OwnFieldValue] = many("document_id", coded=_CODED)
    """What is filled in of its own fields (自定义字段)."""


@extends(Sku)
class SkuOwnFields:
    """What every SKU has of it."""

    fields: list[OwnFieldValue] = many("sku_id", coded=_CODED)
    """What is filled in of its own fields (自定义字段)."""


@extends(Product)
class ProductOwnFields:
    """What every product has of it."""

    fields: list[OwnFieldValue] = many("product_id", coded=_CODED)
    """What is filled in of its own fields (自定义字段)."""


@extends(Supplier)
class SupplierOwnFields:
    """What every supplier has of it."""

    fields: list[OwnFieldValue] = many("supplier_id", coded=_CODED)
    """What is filled in of its own fields (自定义字段)."""


@extends(Customer)
class CustomerOwnFields:
    """What every customer has of it."""

    fields: list[OwnFieldValue] = many("customer_id", coded=_CODED)
    """What is filled in of its own fields (自定义字段)."""


class Query:
    own_fields: Connection[OwnField] = connection(order_by="position")
    """Own fields (自定义字段) in their places."""


@input_type
class CreateOwnFieldInput:
    """A new own field; its kind, code and type stay, and what goes with the type but the choices."""

    kind: OwnFieldKind
    """Of which things it is (所属对象)."""
    code: str
    """Code (编码): up to 40 letters a to z, digits and underscores, unique among those of the kind."""
    name: str
    """Name (名称), up to 100 characters."""
    value_type: OwnFieldType
    """Of which type its values are; the same as that of all other fields with the code (类型)."""
    decimals: int | None = None
    """How many decimal places numbers have, 0 to 6, by default none."""
    choices: list[str] | None = None
    """What can be chosen (选项), up to 100 texts of up to 100 characters."""
    reference_kind: ReferenceKind | None = None
    """To what references are (引用对象)."""
    is_required: bool = False
    """Whether a document leaves its draft, and a thing is made, only with it (必填)."""
    position: int | None = None
    """Its place among those of the kind (排序), 0 to 10,000."""


@payload
class CreateOwnFieldPayload:
    """The new own field."""

    own_field: OwnField | None
    """The own field."""


@mutation(CreateOwnFieldPayload)
async def create_own_field(call: Call, input: CreateOwnFieldInput) -> facts.OwnFieldCreated:
    """Has things of a kind say something of the company's own (新建自定义字段)."""
    wanted = rules.wanted(input)
    return await operations.create_own_field(
        call, kind=input.kind, code=input.code, value_type=input.value_type, wanted=wanted,
        is_required=input.is_required,
    )  # fmt: skip


@input_type
class UpdateOwnFieldInput:
    """What changes of an own field; what is left out stays."""

    id: Id[OwnField]
    """The own field."""
    name: Change[str] = UNSET
    """Name (名称), up to 100 characters."""
    choices: Change[list[str]] = UNSET
    """What can be chosen from now on (选项); what was chosen stays."""
    is_required: Change[bool] = UNSET
    """Whether a document leaves its draft, and a thing is made, only with it (必填)."""
    is_active: Change[bool] = UNSET
    """Whether it is filled in (启用)."""
    position: Change[int] = UNSET
    """Its place among those of the kind (排序)."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@payload
class UpdateOwnFieldPayload:
    """The own field after the change."""

    own_field: OwnField | None
    """The own field."""


@mutation(UpdateOwnFieldPayload)
async def update_own_field(call: Call, input: UpdateOwnFieldInput) -> facts.OwnFieldUpdated:
    """Change an own field, or have it filled in no longer (修改自定义字段)."""
    return await operations.update_own_field(
        call, own_field_id=input.id, wanted=rules.wanted(input), is_required=input.is_required,
        is_active=input.is_active, expected_version=input.expected_version,
    )  # fmt: skip


delete_own_field = delete_action(operations.delete_own_field, OwnField)


@input_type
class SetOwnFieldsInput:
    """What a thing says from now on; fields that are not named stay as they are."""

    id: Id[Any]
    """A document of any kind, a SKU, a product, a supplier or a customer."""
    fields: list[OwnFieldValueInput]
    """What is filled in or cleared (自定义字段), each field once."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, it is done once (幂等键)."""
    dry_run: bool = False
    """Whether it is only tried (试算): all is checked and the payload shows what would be, yet nothing is kept."""


@payload
class SetOwnFieldsPayload:
    """That of which they are; the others are null."""

    document: Document | None
    """The document."""
    sku: Sku | None
    """The SKU."""
    product: Product | None
    """The product."""
    supplier: Supplier | None
    """The supplier."""
    customer: Customer | None
    """The customer."""


@mutation(SetOwnFieldsPayload)
async def set_own_fields(call: Call, input: SetOwnFieldsInput) -> facts.OwnFieldsSet:
    """Fills in own fields of a document or of master data, or clears them (填写自定义字段)."""
    bare = msgspec.structs.replace(call, fields=())
    return await operations.set_own_fields(
        bare,
        owner=input.id,  # type: ignore[arg-type]
        fields=[rules.WantedValue(code=one.code, value=one.value) for one in input.fields],
        expected_version=input.expected_version,
    )
