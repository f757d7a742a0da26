"""Tables of what goods are sold for."""

from datetime import date
from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import Money, MoneyField, Quantity, QuantityField, Ratio, RatioField, UnitPriceField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_PRICES = permission("MANAGE_PRICES", "Keep price lists, promotions and minimum prices.")


class PromotionStep(StrEnum):
    """Of what a promotion takes something off."""

    LINE = "LINE"
    """Of the goods of one SKU in an order (单品促销)."""
    DOCUMENT = "DOCUMENT"
    """Of all goods together that it is for (整单促销), after those of lines."""


class PromotionKind(StrEnum):
    """How much a promotion takes off."""

    PERCENT = "PERCENT"
    """A share of what the goods come to (折扣)."""
    AMOUNT = "AMOUNT"
    """An amount (立减): of a line for each base unit, of a document once (满减)."""
    FREE_GOODS = "FREE_GOODS"
    """What some of the goods come to (买赠): of so many that are bought, so many more are free."""


class PriceSource(StrEnum):
    """Where the price of a line is from (价格来源)."""

    TYPED = "TYPED"
    """It was typed (手工); no list was asked."""
    PRICE_LIST = "PRICE_LIST"
    """A price list gave it (价目表)."""
    TYPED_OVER = "TYPED_OVER"
    """It was typed over what a price list gave (改价)."""


class PriceOutcome(StrEnum):
    """What became of a price list or a promotion that might have said something of a line."""

    USED = "USED"
    """It gave the price, or its discount (采用)."""
    ANOTHER_FIRST = "ANOTHER_FIRST"
    """A list that goes before it gave the price (优先级较低)."""
    ANOTHER_BETTER = "ANOTHER_BETTER"
    """Another promotion, or several together, take more off, and it does not combine with them (未择优)."""
    NOTHING_LEFT = "NOTHING_LEFT"
    """Other promotions left nothing that it could take off (无余额)."""
    TOO_LITTLE = "TOO_LITTLE"
    """It is for more than is ordered (数量或金额不足)."""
    OTHER_CURRENCY = "OTHER_CURRENCY"
    """It is in another currency (币种不同)."""
    OTHER_TAX = "OTHER_TAX"
    """It is with tax and the order without, or the other way round (含税不同)."""
    OTHER_UNIT = "OTHER_UNIT"
    """It comes to no exact price of the unit of the line (单位不符)."""


class HoldsForSome(Model):
    """The columns of what holds for some customers, from one day to another."""

    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    currency = fields.CharField(max_length=3)
    prices_include_tax = fields.BooleanField(default=False)
    level = fields.ForeignKeyField("models.CustomerLevel", related_name=False, on_delete=fields.RESTRICT, null=True)
    level_id: int | None
    branch = fields.ForeignKeyField("models.Branch", related_name=False, on_delete=fields.RESTRICT, null=True)
    branch_id: int | None
    priority = fields.IntField(default=0)
    starts_on: date = fields.DateField()
    ends_on: date | None = fields.DateField(null=True)
    is_active = fields.BooleanField(default=True)

    class Meta:
        abstract = True


class PriceList(HoldsForSome, SpeltModel, VersionedModel):
    """A price list (价目表): of one customer, of a level, in a branch, or of everybody; see `rules.order_of`."""

    customer = fields.ForeignKeyField("models.Customer", related_name=False, on_delete=fields.RESTRICT, null=True)
    customer_id: int | None

    class Meta:
        table = "price_list"
        constraints = (CheckConstraint("starts_on <= ends_on", "price_list_ends_after_it_starts"),)
        indexes = (
            ("name", "id"),
            ("customer", "id"),
            ("level", "id"),
            ("branch", "id"),
            ("starts_on", "id"),
            ("ends_on", "id"),
            ("is_active", "id"),
            ("updated_at", "id"),
        )


class ListPrice(VersionedModel):
    """What a price list asks for one unit of a SKU, from so many base units of it in an order on.

    Without a `unit` the price is that of one base unit.
    """

    id = IdField()
    price_list = fields.ForeignKeyField("models.PriceList", related_name=False, on_delete=fields.RESTRICT)
    price_list_id: int
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    from_quantity = QuantityField()
    unit = fields.ForeignKeyField("models.SkuUnit", related_name=False, on_delete=fields.RESTRICT, null=True)
    unit_id: int | None
    unit_price = UnitPriceField()

    class Meta:
        table = "list_price"
        unique_together = (("price_list", "sku", "from_quantity"),)
        constraints = (CheckConstraint("from_quantity >= 0 AND unit_price >= 0", "list_price_is_none_below_zero"),)
        indexes = (
            ("price_list", "id"),
            ("sku", "id"),
            ("unit",),
            ("unit_price", "id"),
            ("from_quantity", "id"),
            ("updated_at", "id"),
        )


class Promotion(HoldsForSome, SpeltModel, VersionedModel):
    """A promotion (促销): what it says never changes but its name, its turn and when it holds."""

    step = fields.CharEnumField(PromotionStep, max_length=10)
    kind = fields.CharEnumField(PromotionKind, max_length=10)
    combines = fields.BooleanField(default=False)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT, null=True)
    sku_id: int | None
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT, null=True)
    category_id: int | None
    percent = RatioField(default=Ratio(0))
    amount = MoneyField(default=Money(0))
    minimum_quantity = QuantityField(default=Quantity(0))
    minimum_amount = MoneyField(default=Money(0))
    buy_quantity = QuantityField(default=Quantity(0))
    free_quantity = QuantityField(default=Quantity(0))

    class Meta:
        table = "promotion"
        constraints = (
            CheckConstraint("starts_on <= ends_on", "promotion_ends_after_it_starts"),
            CheckConstraint(
                "percent BETWEEN 0 AND 10000 AND (percent > 0) = (kind = 'PERCENT')"
                " AND amount >= 0 AND (amount > 0) = (kind = 'AMOUNT')"
                " AND buy_quantity >= 0 AND free_quantity >= 0"
                " AND (buy_quantity > 0) = (kind = 'FREE_GOODS') AND (free_quantity > 0) = (kind = 'FREE_GOODS')"
                " AND minimum_quantity >= 0 AND minimum_amount >= 0"
                " AND (step = 'LINE' OR (kind <> 'FREE_GOODS' AND minimum_quantity = 0))",
                "promotion_takes_off_what_its_kind_does",
            ),
        )
        indexes = (
            ("name", "id"),
            ("level", "id"),
            ("branch", "id"),
            ("sku", "id"),
            ("category", "id"),
            ("starts_on", "id"),
            ("ends_on", "id"),
            ("is_active", "id"),
            ("updated_at", "id"),
        )


class MinimumPrice(VersionedModel):
    """The least that a base unit of a SKU is to be sold for, without tax and after all discounts (最低售价)."""

    id = IdField()
    sku = fields.OneToOneField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    sku_id: int
    net_price = UnitPriceField()

    class Meta:
        table = "minimum_price"
        constraints = (CheckConstraint("net_price >= 0", "minimum_price_is_not_below_zero"),)
        indexes = (("net_price", "id"), ("updated_at", "id"))
