"""What a point of sale asks: which SKU has these options."""

from collections.abc import Sequence

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import reject_if
from jxc_graphql.masters.catalog import assortment
from jxc_graphql.masters.variants import rules
from jxc_graphql.masters.variants.choices import OptionChoice
from jxc_graphql.office.auth.permissions import Permission


async def sku_by_options(call: Call, *, product_id: int, choices: Sequence[OptionChoice]) -> int | None:
    """The SKU of a product that stands for a combination, None when there is none yet; requires SEE_CATALOG.

    Raises `Rejected` for choices that are no combination of the product.
    """
    call.require(Permission.SEE_CATALOG)
    attributes = await assortment.attributes(product_id)
    reject_if(rules.check_choices(choices, attributes, ("options",)))
    found = await assortment.sku_of(product_id, rules.combination(choices, attributes))
    return found[0] if found else None
