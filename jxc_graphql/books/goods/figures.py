"""What days and months of a stock level tell alike."""

from tortoise.models import Model

from jxc_graphql.kit.numbers import Money, MoneyField, Quantity, QuantityField


class StockFigures(Model):
    """By how much a level changed, and by what.

    `quantity` and `value` are of what is on hand; what is in transit or lent belongs to the level as in `StockLevel`.
    All three together changed by what came, less what went, each kind with its value (`days.WAYS`), and `revalued`.
    """

    quantity = QuantityField(default=Quantity(0))
    """By how much what is on hand changed (在库变动)."""
    value = MoneyField(default=Money(0))
    in_transit = QuantityField(default=Quantity(0))
    """By how much what is on its way to the warehouse changed (在途变动)."""
    in_transit_value = MoneyField(default=Money(0))
    lent = QuantityField(default=Quantity(0))
    """By how much what is lent from the warehouse changed (借出变动)."""
    lent_value = MoneyField(default=Money(0))
    opened = QuantityField(default=Quantity(0))
    """What opening balances brought (期初)."""
    opened_value = MoneyField(default=Money(0))
    received = QuantityField(default=Quantity(0))
    """What came from suppliers (采购入库)."""
    received_value = MoneyField(default=Money(0))
    customer_returned = QuantityField(default=Quantity(0))
    """What came back from customers (销售退货)."""
    customer_returned_value = MoneyField(default=Money(0))
    assembled = QuantityField(default=Quantity(0))
    """What assembly made, or took apart (组装入库)."""
    assembled_value = MoneyField(default=Money(0))
    found = QuantityField(default=Quantity(0))
    """What was found when it was counted, or otherwise (盘盈)."""
    found_value = MoneyField(default=Money(0))
    transferred_in = QuantityField(default=Quantity(0))
    """What other warehouses sent (调入); it counts from the day on which it left there."""
    transferred_in_value = MoneyField(default=Money(0))
    sold = QuantityField(default=Quantity(0))
    """What went to customers (销售出库)."""
    sold_value = MoneyField(default=Money(0))
    supplier_returned = QuantityField(default=Quantity(0))
    """What went back to suppliers (采购退货)."""
    supplier_returned_value = MoneyField(default=Money(0))
    used = QuantityField(default=Quantity(0))
    """What assembly took (组装领用)."""
    used_value = MoneyField(default=Money(0))
    missing = QuantityField(default=Quantity(0))
    """What was missing when it was counted, or got lost (盘亏)."""
    missing_value = MoneyField(default=Money(0))
    scrapped = QuantityField(default=Quantity(0))
    """What was written off, or used up (报废)."""
    scrapped_value = MoneyField(default=Money(0))
    transferred_out = QuantityField(default=Quantity(0))
    """What was sent to other warehouses (调出)."""
    transferred_out_value = MoneyField(default=Money(0))
    revenue = MoneyField(default=Money(0))
    """What the goods were sold for that went to customers, less those that came back, without tax (销售收入)."""
    revalued = MoneyField(default=Money(0))
    sold_revalued = MoneyField(default=Money(0))
    lost_demand = QuantityField(default=Quantity(0))
    """What customers asked for on that day in orders that were approved, and nobody will ship any more (流失需求)."""
    lost_revenue = MoneyField(default=Money(0))
    """What those would have come to, without tax and before discounts of whole orders (流失金额)."""

    class Meta:
        abstract = True
