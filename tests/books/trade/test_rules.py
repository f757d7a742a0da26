from jxc_graphql.books.trade.rules import CUSTOMERS, SUPPLIERS, less_returned, margin
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.warehouses.places import VirtualPlace


def test_goods_come_of_suppliers_and_go_to_customers() -> None:
    ours, supplier, customer = 99, VirtualPlace.SUPPLIER, VirtualPlace.CUSTOMER
    assert [SUPPLIERS.way(supplier, ours), SUPPLIERS.way(ours, supplier)] == ["received", "returned"]
    assert [CUSTOMERS.way(customer, ours), CUSTOMERS.way(ours, customer)] == ["returned", "sold"]
    assert SUPPLIERS.way(ours, customer) is None
    assert (SUPPLIERS.way(supplier, customer), CUSTOMERS.way(supplier, customer)) == ("received", "sold")


def test_a_margin_is_of_what_did_not_come_back() -> None:
    """Sold for 100 what cost 60; of that 30 was given back for what costs 20: 70 for what cost 40."""
    sold, returned, cost, cost_returned = map(Money.of, ("100", "30", "60", "20"))
    assert less_returned(sold, returned) == Money.of("70")
    assert margin(sold, returned, cost, cost_returned) == Money.of("30")
