"""The schema of all features together, and what runs operations on it: one of each per process."""

import json
from functools import cache

from graphql import introspection_from_schema
from graphql.type import is_abstract_type

from jxc_graphql.books.goods import api as stock
from jxc_graphql.buying.purchasing import api as purchasing
from jxc_graphql.buying.receiving import api as receiving
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.insight.alerts import api as alerts
from jxc_graphql.insight.analytics import api as analytics
from jxc_graphql.insight.recalls import api as recalls
from jxc_graphql.insight.verification import api as verification
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import api as catalog
from jxc_graphql.masters.catalog import scans_api as scans
from jxc_graphql.masters.categories import api as categories
from jxc_graphql.masters.lots import api as lots
from jxc_graphql.masters.partners import api as partners
from jxc_graphql.masters.variants import api as variants
from jxc_graphql.masters.warehouses import api as warehouses
from jxc_graphql.office.auth import access_api as access
from jxc_graphql.office.auth import api as auth
from jxc_graphql.office.documents import api as documents
from jxc_graphql.office.periods import api as periods
from jxc_graphql.selling.sales import api as sales
from jxc_graphql.selling.shipping import api as shipping
from jxc_graphql.warehousing.adjustments import api as adjustments
from jxc_graphql.warehousing.assembly import api as assembly
from jxc_graphql.warehousing.limits import api as limits
from jxc_graphql.warehousing.openings import api as openings
from jxc_graphql.warehousing.relocations import api as moves
from jxc_graphql.warehousing.revaluations import api as revaluations
from jxc_graphql.warehousing.sharing import api as sharing
from jxc_graphql.warehousing.stocktakes import actions_api as stocktake_actions
from jxc_graphql.warehousing.stocktakes import api as stocktakes
from jxc_graphql.warehousing.transfers import api as transfers
from jxc_graphql.warehousing.transfers import goods_api as transferred_goods


@cache
def schema() -> Schema:
    """What can be asked, done and followed."""
    return Schema(
        [
            auth,
            access,
            documents,
            periods,
            categories,
            catalog,
            scans,
            variants,
            warehouses,
            partners,
            lots,
            stock,
            openings,
            purchasing,
            sales,
            transfers,
            transferred_goods,
            moves,
            stocktakes,
            stocktake_actions,
            adjustments,
            revaluations,
            assembly,
            receiving,
            shipping,
            limits,
            alerts,
            analytics,
            recalls,
            sharing,
            verification,
        ]
    )


def executor(*, introspection: bool) -> Executor:
    """What runs operations; without introspection clients may not ask for the schema."""
    return Executor(schema(), introspection=introspection, adopt=Call.with_input)


def sdl() -> str:
    """The schema in the schema definition language, as it is published."""
    return schema().as_str().rstrip() + "\n"


def introspection() -> str:
    """What a client that asks for the whole schema is answered, for tools that generate code."""
    return json.dumps({"data": introspection_from_schema(schema().core)}, ensure_ascii=False) + "\n"


def possible_types() -> str:
    """The types of each interface, as the `possibleTypes` of Apollo's cache."""
    core = schema().core
    interfaces = {name: kind for name, kind in core.type_map.items() if is_abstract_type(kind)}
    types = {name: sorted(each.name for each in core.get_possible_types(kind)) for name, kind in interfaces.items()}
    return json.dumps(types, indent=2, sort_keys=True) + "\n"
