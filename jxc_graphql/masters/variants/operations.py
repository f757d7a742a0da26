"""Writes of variants; each requires MANAGE_CATALOG and returns its fact; the number of statements never grows."""

from collections.abc import Sequence
from itertools import chain

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import save
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.text import CodeTaken
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.catalog import assortment
from jxc_graphql.masters.catalog.assortment import Attribute, SkuTracking, Value
from jxc_graphql.masters.variants import facts, rules
from jxc_graphql.masters.variants.choices import AskedAttribute, OptionChoice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.posting import posting


@posting(Permission.MANAGE_CATALOG)
async def set_product_attributes(
    call: Call,
    *,
    product_id: int,
    attributes: Sequence[AskedAttribute],
    expected_version: int | None = None,
) -> facts.ProductAttributesSet:
    """Gives a product exactly these attributes and values, in this order; none takes them all away.

    What has an id, or a name that is there already, stays what it is to the SKUs that have it.
    """
    product = await assortment.hold(product_id)
    check_version(product, expected_version)
    present = await assortment.attributes(product_id)
    asked = rules.matched(attributes, present)
    reject_if(rules.check_attributes(asked, present, await assortment.used_values(product_id)))
    wanted = [
        Attribute(
            id=one.id or new_id(),
            name=one.name,
            values=tuple(Value(id=value.id or new_id(), name=value.name) for value in one.values),
        )
        for one in asked
    ]
    await assortment.set_attributes(product_id, wanted)
    await save(product, call, {})
    return facts.ProductAttributesSet(product_id=product_id)


@posting(Permission.MANAGE_CATALOG)
async def generate_skus(
    call: Call,
    *,
    product_id: int,
    unit: str,
    tracking: SkuTracking = SkuTracking.NONE,
    shelf_life_days: int | None = None,
    combinations: Sequence[Sequence[OptionChoice]] | None = None,
) -> facts.SkusGenerated:
    """Makes a SKU for each of these combinations, or of all, that has none; all are counted in `unit` for ever.

    Codes and names are the product's with the values behind them. Raises `Rejected` when one is too long or taken.
    """
    unit = unit.strip()
    product = await assortment.hold(product_id)
    attributes = await assortment.attributes(product_id)
    taken = await assortment.combinations(product_id)
    reject_if(
        chain(
            assortment.check_new(product, unit, tracking, shelf_life_days),
            rules.check_wanted(combinations, attributes, taken),
        )
    )
    wanted = rules.wanted(combinations, attributes, taken)
    skus = [(path, rules.named(product.code, product.name, combination)) for path, combination in wanted]
    reject_if(rules.check_generated(skus))
    new = [sku for _, sku in skus]
    made = await assortment.add_skus(
        call, product_id, new, unit=unit, tracking=tracking, shelf_life_days=shelf_life_days
    )
    reject_if(CodeTaken(path=path, taken=sku.code) for path, sku in skus if sku.code not in made)
    return facts.SkusGenerated(product_id=product_id, sku_ids=tuple(made.values()))


@posting(Permission.MANAGE_CATALOG)
async def set_sku_options(
    call: Call, *, sku_id: int, choices: Sequence[OptionChoice], expected_version: int | None = None
) -> facts.SkuOptionsSet:
    """Says for which combination of its product a SKU stands; without any choices it stands for none."""
    product_id = await assortment.product_of(sku_id)
    await assortment.hold(product_id)
    attributes = await assortment.attributes(product_id)
    reject_if(rules.check_choices(choices, attributes, ("options",)) if choices else ())
    combination = rules.combination(choices, attributes) if choices else ()
    reject_if(rules.check_free(sku_id, await assortment.sku_of(product_id, combination)))
    await assortment.choose_options(call, sku_id, combination, expected_version)
    return facts.SkuOptionsSet(sku_id=sku_id)
