"""What clients see of suppliers, their prices and customers, and how they keep them."""

from datetime import datetime

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    column,
    connection,
    entity,
    extends,
    input_type,
    mutation,
    payload,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.api import Sku, SkuUnit
from jxc_graphql.masters.customer_levels.api import CustomerLevel
from jxc_graphql.masters.partners import facts, models, operations
from jxc_graphql.masters.partners.models import CreditGrade
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.masters.payment_terms.api import PaymentTerm
from jxc_graphql.office.attachments.api import Attachment
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.actions import delete_action, document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.documents.said import OwnFieldValueInput


@entity(
    models.Supplier,
    requires=Permission.SEE_PARTNERS,
    scope={Dimension.SUPPLIER: "id"},
    search="search_text",
    texts=("code", "name", "contact_name", "phone"),
)
class Supplier(Node, Versioned):
    """A supplier (供应商): whom we buy from."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    contact_name: str
    """Whom to ask for (联系人)."""
    phone: str
    """Telephone (电话)."""
    email: str
    """E-mail address."""
    address: str
    """Postal address (地址)."""
    tax_number: str
    """Tax number (税号)."""
    payment_term: PaymentTerm
    """When it is paid, or pays (付款条件), unless an order says otherwise."""
    is_active: bool
    """Whether it may appear on new documents (启用)."""
    on_hold: bool
    """Whether it gets no new orders for now (冻结)."""
    credit_grade: CreditGrade
    """How far it is trusted (信用等级); approval policies decide by it."""
    created_at: datetime
    """When it was created."""
    attachments: Connection[Attachment] = connection("supplier_id", order_by="position")
    """Its files (附件), such as contracts."""
    prices: "Connection[SupplierPrice]" = connection("supplier_id", requires=Permission.SEE_COST)
    """What it asks for which SKU (供货价)."""


@entity(models.SupplierPrice, requires=Permission.SEE_COST, scope={Dimension.SUPPLIER: "supplier_id"})
class SupplierPrice(Node, Versioned):
    """What a supplier asks for a SKU (供货价), and on which terms; quantities are in the SKU's base unit."""

    supplier: Supplier
    """Who asks it."""
    sku: Sku
    """For what."""
    unit: SkuUnit | None
    """Of which other unit that is the price; null: of the base unit."""
    unit_price: UnitPrice
    """Price of one such unit (单价)."""
    currency: str
    """In which currency that is (币种), as ISO 4217 has it."""
    minimum_quantity: Quantity
    """The least that it sells at once (起订量)."""
    pack_quantity: Quantity
    """It sells in multiples of this (包装量)."""
    lead_time_days: int
    """Days from order to arrival (交货期)."""
    is_preferred: bool
    """Whether the SKU is bought here unless somebody decides otherwise (首选)."""


@entity(
    models.Customer,
    requires=Permission.SEE_PARTNERS,
    scope={Dimension.CUSTOMER: "id"},
    search="search_text",
    texts=("code", "name", "contact_name", "phone"),
)
class Customer(Node, Versioned):
    """A customer (客户): whom we sell to."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    contact_name: str
    """Whom to ask for (联系人)."""
    phone: str
    """Telephone (电话)."""
    email: str
    """E-mail address."""
    address: str
    """Postal address (地址)."""
    tax_number: str
    """Tax number (税号)."""
    payment_term: PaymentTerm
    """When it is paid, or pays (付款条件), unless an order says otherwise."""
    level: CustomerLevel
    """Which prices it has (客户等级), beside those that are its own."""
    is_active: bool
    """Whether it may appear on new documents (启用)."""
    created_at: datetime
    """When it was created."""
    attachments: Connection[Attachment] = connection("customer_id", order_by="position")
    """Its files (附件), such as contracts."""


@extends(Attachment)
class AttachmentOfPartner:
    """What an attachment may be of."""

    supplier: Supplier | None = column(hides_row=True)
    """The supplier that it is attached to; null where it is something else."""
    customer: Customer | None = column(hides_row=True)
    """The customer that it is attached to; null where it is something else."""


@extends(Sku)
class SupplyOfSku:
    """Who sells a SKU."""

    supplier_prices: Connection[SupplierPrice] = connection("sku_id")
    """What suppliers ask for it (供货价)."""


@extends(Document)
class PartnerOfDocument:
    """With whom a document is."""

    supplier: Supplier | None
    """The supplier (供应商) of what is bought."""
    customer: Customer | None
    """The customer (客户) of what is sold."""


class Query:
    suppliers: Connection[Supplier] = connection(order_by="code")
    """Suppliers (供应商)."""
    supplier_prices: Connection[SupplierPrice] = connection()
    """What suppliers ask for SKUs (供货价)."""
    customers: Connection[Customer] = connection(order_by="code")
    """Customers (客户)."""


@input_type
class PartnerInput:
    """What may be said of a supplier or customer; what is left out stays, or is empty in a new one."""

    fields: list[OwnFieldValueInput] | None = None
    """What it says in own fields (自定义字段); those that are not named stay, and it takes SET_OWN_FIELDS."""
    contact_name: Change[str | None] = UNSET
    """Whom to ask for (联系人), up to 100 characters."""
    phone: Change[str | None] = UNSET
    """Telephone (电话), up to 40 characters."""
    email: Change[str | None] = UNSET
    """E-mail address, up to 200 characters."""
    address: Change[str | None] = UNSET
    """Postal address (地址), up to 400 characters."""
    tax_number: Change[str | None] = UNSET
    """Tax number (税号), up to 40 characters."""
    payment_term_id: Change[Id[PaymentTerm] | None] = UNSET
    """When it is paid, or pays (付款条件); thirty days unless said otherwise."""
    is_active: Change[bool] = UNSET
    """Whether it may appear on new documents (启用)."""


@payload
class CreateSupplierPayload:
    """The new supplier."""

    supplier: Supplier | None
    """The supplier."""


@input_type
class CreateSupplierInput(PartnerInput):
    """A new supplier."""

    code: str
    """Code (编码), unique, up to 40 characters."""
    name: str
    """Name (名称), up to 200 characters."""
    credit_grade: Change[CreditGrade] = UNSET
    """How far it is trusted (信用等级)."""


@mutation(CreateSupplierPayload)
async def create_supplier(call: Call, input: CreateSupplierInput) -> facts.SupplierCreated:
    """Create a supplier (新建供应商)."""
    return await operations.create_supplier(call, profile=_profile(input))


@payload
class UpdateSupplierPayload:
    """The supplier after the change."""

    supplier: Supplier | None
    """The supplier."""


@input_type
class UpdateSupplierInput(PartnerInput):
    """What changes of a supplier; what is left out stays."""

    id: Id[Supplier]
    """The supplier."""
    code: Change[str] = UNSET
    """Code (编码), unique, up to 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), up to 200 characters."""
    credit_grade: Change[CreditGrade] = UNSET
    """How far it is trusted (信用等级)."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateSupplierPayload)
async def update_supplier(call: Call, input: UpdateSupplierInput) -> facts.SupplierUpdated:
    """Change a supplier's data (修改供应商)."""
    return await operations.update_supplier(
        call, supplier_id=input.id, profile=_profile(input), expected_version=input.expected_version
    )


hold_supplier = document_action(operations.hold_supplier, Supplier)
release_supplier = document_action(operations.release_supplier, Supplier)


@payload
class SetSupplierPricesPayload:
    """The supplier and the prices that were set."""

    supplier: Supplier | None
    """The supplier."""
    supplier_prices: list[SupplierPrice]
    """The prices, seen with SEE_COST."""


@input_type
class SupplierPriceInput:
    """What a supplier asks for a SKU; quantities are in its base unit."""

    sku_id: Id[Sku]
    """The SKU."""
    unit_price: UnitPrice
    """Price of one unit (单价), not negative."""
    unit_id: Change[Id[SkuUnit] | None] = UNSET
    """Which other unit of the SKU it is the price of; of the base unit in a new price."""
    currency: Change[str | None] = UNSET
    """In which currency it is (币种), as ISO 4217 has it; that of the books in a new price."""
    minimum_quantity: Change[Quantity | None] = UNSET
    """The least that it sells at once (起订量); 0 in a new price."""
    pack_quantity: Change[Quantity | None] = UNSET
    """It sells in multiples of this (包装量), more than zero; 1 in a new price."""
    lead_time_days: Change[int | None] = UNSET
    """Days from order to arrival (交货期), 0 to 730; 0 in a new price."""
    is_preferred: Change[bool] = UNSET
    """Whether the SKU is bought here unless somebody decides otherwise (首选); takes this from other suppliers."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@input_type
class SetSupplierPricesInput:
    """Prices of one supplier."""

    id: Id[Supplier]
    """The supplier."""
    prices: list[SupplierPriceInput]
    """Prices to add or replace, at most 500; prices of other SKUs stay."""


@mutation(SetSupplierPricesPayload)
async def set_supplier_prices(call: Call, input: SetSupplierPricesInput) -> facts.SupplierPricesSet:
    """Set what a supplier asks for SKUs (维护供货价): all lines or none."""
    prices = [AskedPrice(**vars(price)) for price in input.prices]
    return await operations.set_supplier_prices(call, supplier_id=input.id, prices=prices)


@payload
class RemoveSupplierPricesPayload:
    """The supplier without the prices."""

    supplier: Supplier | None
    """The supplier."""


@input_type
class RemoveSupplierPricesInput:
    """Prices of one supplier that no longer hold."""

    id: Id[Supplier]
    """The supplier."""
    sku_ids: list[Id[Sku]]
    """The SKUs that it does not sell any more, at most 500."""


@mutation(RemoveSupplierPricesPayload)
async def remove_supplier_prices(call: Call, input: RemoveSupplierPricesInput) -> facts.SupplierPricesRemoved:
    """Forget what a supplier asks for SKUs (删除供货价)."""
    return await operations.remove_supplier_prices(call, supplier_id=input.id, sku_ids=input.sku_ids)


@payload
class CreateCustomerPayload:
    """The new customer."""

    customer: Customer | None
    """The customer."""


@input_type
class CreateCustomerInput(PartnerInput):
    """A new customer."""

    code: str
    """Code (编码), unique, up to 40 characters."""
    name: str
    """Name (名称), up to 200 characters."""
    level_id: Change[Id[CustomerLevel] | None] = UNSET
    """Its level (客户等级); the usual one unless said otherwise."""


@mutation(CreateCustomerPayload)
async def create_customer(call: Call, input: CreateCustomerInput) -> facts.CustomerCreated:
    """Create a customer (新建客户)."""
    return await operations.create_customer(call, profile=_profile(input))


@payload
class UpdateCustomerPayload:
    """The customer after the change."""

    customer: Customer | None
    """The customer."""


@input_type
class UpdateCustomerInput(PartnerInput):
    """What changes of a customer; what is left out stays."""

    id: Id[Customer]
    """The customer."""
    code: Change[str] = UNSET
    """Code (编码), unique, up to 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), up to 200 characters."""
    level_id: Change[Id[CustomerLevel] | None] = UNSET
    """Its level (客户等级); the usual one unless said otherwise."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateCustomerPayload)
async def update_customer(call: Call, input: UpdateCustomerInput) -> facts.CustomerUpdated:
    """Change a customer's data (修改客户)."""
    return await operations.update_customer(
        call, customer_id=input.id, profile=_profile(input), expected_version=input.expected_version
    )


def _profile(given: PartnerInput) -> Profile:
    return Profile(**{name: value for name, value in vars(given).items() if name in Profile.__struct_fields__})


delete_supplier = delete_action(operations.delete_supplier, Supplier)
delete_customer = delete_action(operations.delete_customer, Customer)
delete_supplier_price = delete_action(operations.delete_supplier_price, SupplierPrice)
