"""What clients see of products and SKUs, and how they keep them."""

from datetime import datetime

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    batched,
    column,
    connection,
    entity,
    extends,
    input_type,
    many,
    mutation,
    payload,
    told,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.masters.catalog import facts, models, operations
from jxc_graphql.masters.catalog.tracking import SkuTracking, ValuationMethod
from jxc_graphql.masters.catalog.units import Label, Unit
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.taxes.api import TaxCode
from jxc_graphql.office.attachments import queries as attachments
from jxc_graphql.office.attachments.api import Attachment
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.actions import delete_action
from jxc_graphql.office.documents.said import WithOwnFieldsInput


@entity(models.AttributeValue, requires=Permission.SEE_CATALOG)
class AttributeValue(Node):
    """A value of an attribute (属性值), such as 红."""

    name: str
    """Name (名称), unique for its attribute."""


@entity(models.ProductAttribute, requires=Permission.SEE_CATALOG)
class ProductAttribute(Node):
    """An attribute of a product (属性): what tells its SKUs apart, such as 颜色."""

    name: str
    """Name (名称), unique for its product."""
    values: list[AttributeValue] = many("attribute_id", order_by="position")
    """What it can be, in order."""


@entity(models.SkuOption, requires=Permission.SEE_CATALOG)
class SkuOption(Node):
    """An option of a SKU (选项): the value that it has of one attribute of its product."""

    attribute: ProductAttribute
    """Of which attribute (属性)."""
    value: AttributeValue
    """Which value (属性值)."""


@entity(models.Product, requires=Permission.SEE_CATALOG, search="search_text", texts=("code", "name", "brand"))
class Product(Node, Versioned):
    """A product (商品): what a customer would name; its SKUs are what is counted and sold."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    category: Category
    """Where it belongs (分类)."""
    brand: str
    """Brand (品牌), empty without one."""
    description: str
    """Description (描述)."""
    valuation: ValuationMethod
    """What goods cost that leave (计价方法)."""
    tax_code: TaxCode | None
    """How it is taxed where a line does not say otherwise (税码); null where that is said by nobody."""
    is_active: bool
    """Whether it may appear on new documents (启用)."""
    created_at: datetime
    """When it was created."""
    attributes: list[ProductAttribute] = many("product_id", order_by="position")
    """What tells its SKUs apart (多属性), in order; none where there is nothing to choose."""
    skus: "list[Sku]" = many("product_id", order_by="code")
    """What of it can be bought, kept and sold."""
    picture: Attachment | None = batched(attachments.pictures_of_products, "id")
    """Its picture (图片): the first of its attachments that is one; null where none is."""
    attachments: Connection[Attachment] = connection("product_id", order_by="position")
    """Its files (附件), pictures among them."""


@entity(models.SkuUnit, requires=Permission.SEE_CATALOG)
class SkuUnit(Node):
    """Another unit of a SKU (单位): one of it is numerator / denominator base units."""

    name: str
    """Name, such as 箱."""
    numerator: int
    """Base units …"""
    denominator: int
    """… in so many of it."""


@entity(models.Barcode, requires=Permission.SEE_CATALOG)
class Barcode(Node):
    """A barcode (条码) on the labels of a SKU."""

    code: str
    """What is printed, unique over all SKUs."""
    unit: str
    """The unit that the label is on."""


@entity(models.Sku, requires=Permission.SEE_CATALOG, search="search_text", texts=("code", "name"))
class Sku(Node, Versioned):
    """A SKU (规格): what is bought, kept, counted and sold."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    unit: str
    """Base unit (基本单位), in which stock is kept."""
    tracking: SkuTracking
    """By what its goods are told apart (追踪方式): not at all, by lot or by serial number."""
    shelf_life_days: int | None
    """Days from the production of a lot to its expiry (保质期); null where goods do not expire."""
    product: Product
    """The product it is a form of (商品)."""
    category: Category
    """Where its product belongs (分类)."""
    options: list[SkuOption] = many("sku_id", order_by="position")
    """Its value of each attribute of the product (选项), in the order of the attributes; none for a SKU without."""
    units: list[SkuUnit] = many("sku_id", order_by="name")
    """Other units (辅助单位)."""
    barcodes: list[Barcode] = many("sku_id", order_by="code")
    """Barcodes (条码)."""
    picture: Attachment | None = batched(attachments.pictures_of_skus, "id", "product_id")
    """Its picture (图片), or else that of its product; null where there is none."""
    attachments: Connection[Attachment] = connection("sku_id", order_by="position")
    """Its files (附件)."""
    is_active: bool
    """Whether it may appear on new documents (启用)."""
    created_at: datetime
    """When it was created."""


@extends(Attachment)
class AttachmentOfGoods:
    """What an attachment may be of."""

    product: Product | None = column(hides_row=True)
    """The product that it is attached to; null where it is something else."""
    sku: Sku | None = column(hides_row=True)
    """The SKU that it is attached to; null where it is something else."""


@extends(Category)
class CategoryProducts:
    """What belongs to a category."""

    products: Connection[Product] = connection("category_id", order_by="code")
    """Its products (商品), without those of categories below it."""


class Query:
    products: Connection[Product] = connection(order_by="code")
    """Products (商品)."""
    skus: Connection[Sku] = connection(order_by="code")
    """SKUs (规格)."""


@payload
class CreateProductPayload:
    """The new product."""

    product: Product | None
    """The product."""


@input_type
class CreateProductInput(WithOwnFieldsInput):
    """A new product."""

    code: str
    """Code (编码), unique, up to 40 characters."""
    name: str
    """Name (名称), up to 200 characters."""
    category_id: Id[Category]
    """Where it belongs (分类)."""
    brand: str = ""
    """Brand (品牌), up to 100 characters."""
    description: str = ""
    """Description (描述), up to 2000 characters."""
    valuation: ValuationMethod | None = None
    """What goods cost that leave (计价方法); as the settings of the company say unless said otherwise."""
    tax_code_id: Id[TaxCode] | None = None
    """How it is taxed where a line does not say otherwise (税码)."""


@mutation(CreateProductPayload)
async def create_product(call: Call, input: CreateProductInput) -> facts.ProductCreated:
    """Create a product (新建商品); its SKUs are created after it."""
    return await operations.create_product(call, **told(input, fields=None))


@payload
class UpdateProductPayload:
    """The product after the change."""

    product: Product | None
    """The product."""


@input_type
class UpdateProductInput(WithOwnFieldsInput):
    """What changes of a product; what is left out stays."""

    id: Id[Product]
    """The product."""
    code: Change[str] = UNSET
    """Code (编码), unique, up to 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), up to 200 characters."""
    category_id: Change[Id[Category]] = UNSET
    """Where it belongs (分类)."""
    brand: Change[str | None] = UNSET
    """Brand (品牌), up to 100 characters."""
    description: Change[str | None] = UNSET
    """Description (描述), up to 2000 characters."""
    valuation: Change[ValuationMethod] = UNSET
    """What goods cost that leave (计价方法); another method takes hold of a stock level at its next movement."""
    tax_code_id: Change[Id[TaxCode] | None] = UNSET
    """How it is taxed where a line does not say otherwise (税码)."""
    is_active: Change[bool] = UNSET
    """Whether it may appear on new documents (启用); false takes all its SKUs with it."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateProductPayload)
async def update_product(call: Call, input: UpdateProductInput) -> facts.ProductUpdated:
    """Change a product (修改商品)."""
    return await operations.update_product(call, **told(input, id="product_id", fields=None))


@payload
class CreateSkuPayload:
    """The new SKU."""

    sku: Sku | None
    """The SKU."""


@input_type
class SkuUnitInput:
    """Another unit of a SKU: one of it is numerator / denominator base units."""

    name: str
    """Name, such as 箱, up to 20 characters."""
    numerator: int
    """Base units …"""
    denominator: int = 1
    """… in so many of it."""


@input_type
class BarcodeInput:
    """A barcode of a SKU."""

    code: str
    """What is printed, up to 60 characters, unique over all SKUs."""
    unit: str | None = None
    """The unit that the label is on; without it the base unit."""


@input_type
class CreateSkuInput(WithOwnFieldsInput):
    """A new SKU."""

    product_id: Id[Product]
    """The product it is a form of (商品)."""
    code: str
    """Code (编码), unique, up to 40 characters."""
    name: str
    """Name (名称), up to 200 characters."""
    unit: str
    """Base unit (基本单位), up to 20 characters; it never changes."""
    tracking: SkuTracking = SkuTracking.NONE
    """By what its goods are told apart (追踪方式); it never changes."""
    shelf_life_days: int | None = None
    """Days from the production of a lot to its expiry (保质期), 1 to 36500; only for a SKU that is tracked by lot."""
    units: list[SkuUnitInput] | None = None
    """Other units (辅助单位)."""
    barcodes: list[BarcodeInput] | None = None
    """Barcodes (条码)."""


@mutation(CreateSkuPayload)
async def create_sku(call: Call, input: CreateSkuInput) -> facts.SkuCreated:
    """Create a SKU of a product (新建规格)."""
    return await operations.create_sku(
        call,
        product_id=input.product_id,
        code=input.code,
        name=input.name,
        unit=input.unit,
        tracking=input.tracking,
        shelf_life_days=input.shelf_life_days,
        units=_units(input.units),
        barcodes=_labels(input.barcodes),
    )


@payload
class UpdateSkuPayload:
    """The SKU after the change."""

    sku: Sku | None
    """The SKU."""


@input_type
class UpdateSkuInput(WithOwnFieldsInput):
    """What changes of a SKU; what is left out stays."""

    id: Id[Sku]
    """The SKU."""
    code: Change[str] = UNSET
    """Code (编码), unique, up to 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), up to 200 characters."""
    is_active: Change[bool] = UNSET
    """Whether it may appear on new documents (启用); not while its product may not."""
    shelf_life_days: Change[int | None] = UNSET
    """Days from the production of a lot to its expiry (保质期), 1 to 36500."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateSkuPayload)
async def update_sku(call: Call, input: UpdateSkuInput) -> facts.SkuUpdated:
    """Change a SKU (修改规格); its base unit and its tracking never change."""
    return await operations.update_sku(call, **told(input, id="sku_id", fields=None))


@payload
class SetSkuUnitsPayload:
    """The SKU with its units and barcodes."""

    sku: Sku | None
    """The SKU."""


@input_type
class SetSkuUnitsInput:
    """All other units and all barcodes of a SKU."""

    id: Id[Sku]
    """The SKU."""
    units: list[SkuUnitInput]
    """All other units from now on (辅助单位)."""
    barcodes: list[BarcodeInput]
    """All barcodes from now on (条码)."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(SetSkuUnitsPayload)
async def set_sku_units(call: Call, input: SetSkuUnitsInput) -> facts.SkuUnitsSet:
    """Give a SKU exactly these other units and barcodes (设置单位与条码); existing documents stay as they are."""
    return await operations.set_sku_units(
        call,
        sku_id=input.id,
        units=_units(input.units),
        barcodes=_labels(input.barcodes),
        expected_version=input.expected_version,
    )


def _units(units: list[SkuUnitInput] | None) -> list[Unit]:
    return [Unit(name=unit.name, numerator=unit.numerator, denominator=unit.denominator) for unit in units or ()]


def _labels(barcodes: list[BarcodeInput] | None) -> list[Label]:
    return [Label(code=barcode.code, unit=barcode.unit) for barcode in barcodes or ()]


delete_product = delete_action(operations.delete_product, Product)
delete_sku = delete_action(operations.delete_sku, Sku)
delete_sku_unit = delete_action(operations.delete_sku_unit, SkuUnit)
