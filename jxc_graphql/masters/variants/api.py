"""How clients make the SKUs of a product out of attributes and their values, and find one by its options."""

from typing import Annotated

from jxc_graphql.gql.declare import Id, input_type, mutation, payload, query
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog.api import AttributeValue, Product, ProductAttribute, Sku
from jxc_graphql.masters.catalog.assortment import SkuTracking
from jxc_graphql.masters.variants import facts, operations, queries
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice
from jxc_graphql.office.documents.said import WithOwnFieldsInput


@input_type
class OptionInput:
    """A value of an attribute of a product, both by name."""

    attribute: str
    """The attribute (属性), such as 颜色."""
    value: str
    """Its value (属性值), such as 红."""


@query(Sku | None)
async def sku_by_options(
    call: Call,
    product_id: Annotated[Id[Product], "The product."],
    options: Annotated[list[OptionInput], "A value of each of its attributes."],
) -> int | None:
    """The SKU of a product that has these options (按属性查规格); null where there is none yet."""
    return await queries.sku_by_options(call, product_id=product_id, choices=_choices(options))


@payload
class SetProductAttributesPayload:
    """The product after the change."""

    product: Product | None
    """The product."""


@input_type
class AttributeValueInput:
    """A value of an attribute."""

    name: str
    """Name (名称), up to 40 characters, unique for its attribute."""
    id: Id[AttributeValue] | None = None
    """The value that is called this from now on; without it the one with this name, or a new one."""


@input_type
class ProductAttributeInput:
    """An attribute of a product, with all its values."""

    name: str
    """Name (名称), up to 40 characters, unique for its product."""
    values: list[AttributeValueInput]
    """What it can be (属性值), 1 to 50, in order; those that SKUs have must be among them."""
    id: Id[ProductAttribute] | None = None
    """The attribute that is called this from now on; without it the one with this name, or a new one."""


@input_type
class SetProductAttributesInput:
    """All attributes of a product."""

    id: Id[Product]
    """The product."""
    attributes: list[ProductAttributeInput]
    """All its attributes from now on (属性), up to 3, in order; the same ones while its SKUs have options."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""
    idempotency_key: str | None = None
    """A key of your own; a repeat with it answers with the first result."""


@mutation(SetProductAttributesPayload)
async def set_product_attributes(call: Call, input: SetProductAttributesInput) -> facts.ProductAttributesSet:
    """Give a product exactly these attributes and values (设置商品属性); what is there already keeps its SKUs."""
    attributes = [
        AskedAttribute(
            id=one.id, name=one.name, values=tuple(AskedValue(id=value.id, name=value.name) for value in one.values)
        )
        for one in input.attributes
    ]
    return await operations.set_product_attributes(
        call, product_id=input.id, attributes=attributes, expected_version=input.expected_version
    )


@payload
class GenerateSkusPayload:
    """The new SKUs and their product."""

    product: Product | None
    """The product."""
    skus: list[Sku]
    """The new SKUs; none where nothing was missing."""


@input_type
class CombinationInput:
    """A value of each attribute of a product."""

    options: list[OptionInput]
    """The values (选项)."""


@input_type
class GenerateSkusInput(WithOwnFieldsInput):
    """Which SKUs of a product are to be made, and what they have in common, own fields (自定义字段) included."""

    id: Id[Product]
    """The product."""
    unit: str
    """Base unit (基本单位) of the new SKUs, up to 20 characters; it never changes."""
    tracking: SkuTracking = SkuTracking.NONE
    """By what their goods are told apart (追踪方式); it never changes."""
    shelf_life_days: int | None = None
    """Days from the production of a lot to its expiry (保质期), 1 to 36500; only for SKUs that are tracked by lot."""
    combinations: list[CombinationInput] | None = None
    """For what (组合), up to 200; without it for every combination that has no SKU."""
    idempotency_key: str | None = None
    """A key of your own; a repeat with it answers with the first result."""


@mutation(GenerateSkusPayload)
async def generate_skus(call: Call, input: GenerateSkusInput) -> facts.SkusGenerated:
    """Make a SKU for each combination that has none (批量生成规格), up to 200, named by the product and the values."""
    asked = input.combinations
    return await operations.generate_skus(
        call,
        product_id=input.id,
        unit=input.unit,
        tracking=input.tracking,
        shelf_life_days=input.shelf_life_days,
        combinations=None if asked is None else [_choices(one.options) for one in asked],
    )


@payload
class SetSkuOptionsPayload:
    """The SKU after the change."""

    sku: Sku | None
    """The SKU."""


@input_type
class SetSkuOptionsInput:
    """For which combination a SKU stands."""

    id: Id[Sku]
    """The SKU."""
    options: list[OptionInput]
    """A value of each attribute of its product (选项), or none at all."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(SetSkuOptionsPayload)
async def set_sku_options(call: Call, input: SetSkuOptionsInput) -> facts.SkuOptionsSet:
    """Say for which combination of its product's attributes a SKU stands (设置规格选项), or for none."""
    return await operations.set_sku_options(
        call, sku_id=input.id, choices=_choices(input.options), expected_version=input.expected_version
    )


def _choices(options: list[OptionInput]) -> list[OptionChoice]:
    return [OptionChoice(attribute=option.attribute.strip(), value=option.value.strip()) for option in options]
