"""What clients see of tax codes, and how they keep them."""

from datetime import date

from jxc_graphql.gql.declare import Connection, Node, Versioned, connection, entity
from jxc_graphql.kit.numbers import Ratio
from jxc_graphql.masters.taxes import models, operations
from jxc_graphql.masters.taxes.models import TaxKind
from jxc_graphql.office.documents.actions import document_action


@entity(models.TaxCode, search="search_text", texts=("code", "name"), few=True)
class TaxCode(Node, Versioned):
    """A tax code (税码): how a line is taxed, and at which rate."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    kind: TaxKind
    """How it taxes (计税方式)."""
    rate: Ratio
    """Rate (税率), such as 0.13; 0 where there is no tax."""
    starts_on: date | None
    """The first day on which it holds (生效日期); null where it always did."""
    ends_on: date | None
    """The last day on which it holds (失效日期); null without an end."""


class Query:
    tax_codes: Connection[TaxCode] = connection(order_by="code")
    """Tax codes (税码) by code."""


create_tax_code = document_action(operations.create_tax_code, TaxCode)
update_tax_code = document_action(operations.update_tax_code, TaxCode)
