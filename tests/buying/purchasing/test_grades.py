"""Who is hardly trusted is ordered from with somebody's consent: of orders, and of what becomes otherwise in them."""

import pytest

from jxc_graphql.buying.purchase_amendments.models import PurchaseAmendment
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import PurchaseOrder
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.models import CreditGrade, Supplier
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.named import DocumentFact, known_of
from tests.make.amending import draft_purchase_amendment
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade

shop = begun(make_trade)


async def grade(document: DocumentHeader) -> str:
    return str(Money(int(str((await known_of(document))[DocumentFact("SUPPLIER_GRADE")]))))


async def rate(shop: Trade, credit_grade: CreditGrade) -> None:
    profile = Profile(credit_grade=credit_grade)
    await partners.update_supplier(shop.call, supplier_id=shop.supplier_id, profile=profile)


async def test_nobody_is_rated_at_first(shop: Trade) -> None:
    assert (await Supplier.get(id=shop.supplier_id)).credit_grade is CreditGrade.UNRATED
    assert await grade(await PurchaseOrder.get(id=await shop.draft_purchase((0, "1", "9")))) == "0"


@pytest.mark.parametrize(("graded", "points"), [("A", "4"), ("B", "3"), ("C", "2"), ("D", "1"), ("UNRATED", "0")])
async def test_orders_and_their_amendments_say_how_far_the_supplier_is_trusted(
    shop: Trade, graded: str, points: str
) -> None:
    await rate(shop, CreditGrade.B)
    order_id = await shop.draft_purchase((0, "1", "9"))
    await rate(shop, CreditGrade(graded))
    assert await grade(await PurchaseOrder.get(id=order_id)) == points
    await purchasing.submit_purchase_order(shop.call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(shop.call, purchase_order_id=order_id)
    amendment_id = await draft_purchase_amendment(shop, order_id, change={0: {"quantity": "2"}})
    assert await grade(await PurchaseAmendment.get(id=amendment_id)) == points
