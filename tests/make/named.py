"""Things of which there are few, each with a name."""

from typing import Any

from jxc_graphql.books.dues import entering
from jxc_graphql.books.dues.models import DueKind, OwedBy
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, RateOfExchange, Ratio
from jxc_graphql.masters.currencies import operations as currencies
from jxc_graphql.masters.currencies.rules import WantedRate
from jxc_graphql.masters.customer_levels import operations as customer_levels
from jxc_graphql.masters.own_fields import operations as own_fields
from jxc_graphql.masters.own_fields.models import OwnFieldKind, OwnFieldType
from jxc_graphql.masters.own_fields.rules import WantedField
from jxc_graphql.masters.payment_terms import operations as payment_terms
from jxc_graphql.masters.payment_terms.models import PaymentBasis
from jxc_graphql.masters.taxes import operations as taxes
from jxc_graphql.masters.taxes.models import TaxKind
from jxc_graphql.office.approvals import operations as approvals
from jxc_graphql.office.approvals.models import StepNeeds
from jxc_graphql.office.approvals.operations import WantedPolicy
from jxc_graphql.office.approvals.rules import WantedApprover, WantedStep
from jxc_graphql.office.auth import operations as users
from jxc_graphql.office.auth import roles
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.office.print_templates import operations as print_templates
from jxc_graphql.office.print_templates.paper import Paper
from jxc_graphql.selling.pricing import operations as pricing
from jxc_graphql.selling.pricing.models import PromotionKind, PromotionStep


async def short_lists(call: Call, named: dict[str, str], customer_id: int) -> None:
    """One thing in each, called as it is said there by the list; the price list is the customer's."""
    await roles.create_role(call, code="ROLE7", name=named["roles"], permissions=[])
    await users.create_user(call, username="u-77", name=named["users"], roles=[])
    await jobs.create_schedule(call, name=named["schedules"], job_kind=JobKind.SWEEP_JOBS, cron="0 3 * * *")
    step = WantedStep(
        name="x", position=1, needs=StepNeeds.ANY, count=1, approvers=(WantedApprover(user_id=call.actor_id),)
    )
    policy = WantedPolicy(
        name=named["approvalPolicies"], document_kind=DocumentKind["PURCHASE_ORDER"], conditions=(), steps=(step,)
    )
    await approvals.set_approval_policy(call, policy=policy)
    paper: dict[str, Any] = {"document_kind": DocumentKind["SHIPMENT"], "paper": Paper.A4, "text": "{{ title }}"}
    await print_templates.create_print_template(call, name=named["printTemplates"], **paper)
    free: dict[str, Any] = {"kind": TaxKind.EXEMPT, "rate": Ratio.of(0)}
    await taxes.create_tax_code(call, code="TX-9", name=named["taxCodes"], **free)
    later: dict[str, Any] = {"basis": PaymentBasis.DOCUMENT, "days": 45}
    await payment_terms.create_payment_term(call, code="NET45", name=named["paymentTerms"], **later)
    await currencies.create_currency(call, code="LAK", name=named["currencies"], places=2)
    rate = WantedRate(currency="LAK", day=business_date(call), rate=RateOfExchange.of("0.2"))
    await currencies.set_exchange_rates(call, rates=[rate])
    await customer_levels.create_customer_level(call, code="LV7", name=named["customerLevels"])
    own: dict[str, Any] = {"kind": OwnFieldKind.SKU, "code": "origin7", "value_type": OwnFieldType.TEXT}
    await own_fields.create_own_field(call, wanted=WantedField(name=named["ownFields"]), **own)
    await pricing.create_price_list(call, code="PL-7", name=named["priceLists"], customer_id=customer_id)
    off: dict[str, Any] = {"step": PromotionStep.LINE, "kind": PromotionKind.PERCENT, "percent": Ratio.of("0.1")}
    await pricing.create_promotion(call, code="PR-7", name=named["promotions"], **off)
    fee: dict[str, Any] = {"kind": DueKind.FEE, "owed_by": OwedBy.COUNTERPARTY, "amount": Money.of(7)}
    await entering.enter_due(call, customer_id=customer_id, reference="REF-7", note=named["dues"], **fee)
