"""Tables of what was traded with whom."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Money, MoneyField, Quantity, QuantityField


class FiguresOfSupplier(Model):
    """What came of a supplier into a level, and what went back; what goods cost is `value`, what is owed is `net`."""

    stock_level: Any = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    """Of which level."""
    supplier: Any = fields.ForeignKeyField("models.Supplier", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Of whom; null where nobody is known."""
    received = QuantityField(default=Quantity(0))
    """What came (采购入库)."""
    received_net = MoneyField(default=Money(0))
    received_value = MoneyField(default=Money(0))
    received_lines = fields.IntField(default=0)
    """In how many lines of receipts it came (入库行数)."""
    returned = QuantityField(default=Quantity(0))
    """What went back (采购退货)."""
    returned_net = MoneyField(default=Money(0))
    returned_value = MoneyField(default=Money(0))
    returned_lines = fields.IntField(default=0)
    """In how many lines of documents it went back (退货行数)."""

    class Meta:
        abstract = True


class FiguresOfCustomer(Model):
    """What a seller sold to a customer out of a level, and what came back."""

    stock_level: Any = fields.ForeignKeyField("models.StockLevel", related_name=False, on_delete=fields.RESTRICT)
    """Of which level."""
    customer: Any = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    """To whom; null for customers whom nobody knows (散客)."""
    seller: Any = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Whose sale it was (业务员); null where nobody's."""
    sold = QuantityField(default=Quantity(0))
    """What went to the customer (销售出库)."""
    sold_net = MoneyField(default=Money(0))
    """What it was sold for, without tax (销售收入)."""
    sold_value = MoneyField(default=Money(0))
    sold_lines = fields.IntField(default=0)
    """In how many lines of shipments it went (出库行数)."""
    returned = QuantityField(default=Quantity(0))
    """What came back (销售退货)."""
    returned_net = MoneyField(default=Money(0))
    """What of the price was given back for it, without tax (退货金额)."""
    returned_value = MoneyField(default=Money(0))
    returned_lines = fields.IntField(default=0)
    """In how many lines of documents it came back (退货行数)."""

    class Meta:
        abstract = True


class SupplierDay(FiguresOfSupplier):
    """What was bought of a supplier for a level under a business date."""

    id = IdField()
    business_date = fields.DateField()
    """For which day it counts (业务日期)."""

    class Meta:
        table = "supplier_day"
        indexes = (("stock_level", "business_date"), ("supplier", "business_date"), ("business_date",))


class SupplierMonth(FiguresOfSupplier):
    """The days of a month, added up."""

    id = IdField()
    month = fields.DateField()
    """The first day of the month (月份) for which it counts."""

    class Meta:
        table = "supplier_month"
        indexes = (("stock_level", "month"), ("supplier", "month"), ("month",))


class CustomerDay(FiguresOfCustomer):
    """What was sold to a customer out of a level under a business date."""

    id = IdField()
    business_date = fields.DateField()
    """For which day it counts (业务日期)."""

    class Meta:
        table = "customer_day"
        indexes = (
            ("stock_level", "business_date"),
            ("customer", "business_date"),
            ("seller", "business_date"),
            ("business_date",),
        )


class CustomerMonth(FiguresOfCustomer):
    """The days of a month, added up."""

    id = IdField()
    month = fields.DateField()
    """The first day of the month (月份) for which it counts."""

    class Meta:
        table = "customer_month"
        indexes = (("stock_level", "month"), ("customer", "month"), ("seller", "month"), ("month",))
