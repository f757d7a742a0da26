"""Tables of stocktakes."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.numbers import MoneyField, QuantityField
from jxc_graphql.kit.rights import include
from jxc_graphql.office.auth.permissions import Permission, permission
from jxc_graphql.office.documents.models import OF_DOCUMENTS, DocumentHeader, Registered
from jxc_graphql.office.documents.named import amounts
from jxc_graphql.office.documents.states import Action, Note, States
from jxc_graphql.office.documents.states import DocumentAction as Do
from jxc_graphql.office.documents.states import DocumentStatus as Is


class CountMode(StrEnum):
    """What becomes of a line that was counted before."""

    REPLACE = "REPLACE"
    """The new count is worth instead of the earlier ones (以最新为准)."""
    ADD = "ADD"
    """The new count is worth beside the earlier ones (累加)."""


class UncountedLines(StrEnum):
    """What lines mean that nobody counted."""

    UNCOUNTED_AS_ZERO = "UNCOUNTED_AS_ZERO"
    """Nothing is there (未盘视为零)."""
    UNCOUNTED_UNCHANGED = "UNCOUNTED_UNCHANGED"
    """Nobody knows: what the books say stays (未盘不调整)."""


COUNT_STOCK = permission("COUNT_STOCK", "Write down what was counted in a stocktake.", "WAREHOUSE_KEEPER")
MANAGE_STOCKTAKES = permission(
    "MANAGE_STOCKTAKES",
    "Plan stocktakes, have goods counted again, hand results in; includes SEE_STOCK.",
    "WAREHOUSE_KEEPER",
)
include(MANAGE_STOCKTAKES, Permission.SEE_STOCK)
APPROVE_STOCKTAKES = permission("APPROVE_STOCKTAKES", "Post the variances of a stocktake, or send it back.")

WORTH = ("surplus_value", "shortage_value", "lines_with_variance")
"""What is known once counting is over."""

STATES = States(
    {
        Do.UPDATE: Action(by=MANAGE_STOCKTAKES, ways={Is.DRAFT: {Is.DRAFT}, Is.COUNTING: {Is.COUNTING}}),
        Do.START: Action(by=MANAGE_STOCKTAKES, ways={Is.DRAFT: {Is.COUNTING}}),
        Do.COUNT: Action(by=COUNT_STOCK, ways={Is.COUNTING: {Is.COUNTING}}),
        Do.RECOUNT: Action(
            by=MANAGE_STOCKTAKES,
            ways={one: {Is.COUNTING} for one in (Is.COUNTING, Is.SUBMITTED, Is.APPROVED)},
            note=Note.OPTIONAL,
            forgets=WORTH,
        ),
        Do.SUBMIT: Action(by=MANAGE_STOCKTAKES, ways={Is.COUNTING: {Is.SUBMITTED}}),
        Do.APPROVE: Action(by=APPROVE_STOCKTAKES, ways={Is.SUBMITTED: {Is.APPROVED}}),
        Do.REJECT: Action(
            by=APPROVE_STOCKTAKES,
            ways={one: {Is.COUNTING} for one in (Is.SUBMITTED, Is.APPROVED)},
            note=Note.OPTIONAL,
            forgets=WORTH,
        ),
        Do.POST: Action(by=MANAGE_STOCKTAKES, ways={one: {Is.POSTED} for one in (Is.SUBMITTED, Is.APPROVED)}),
        Do.CANCEL: Action(
            by=MANAGE_STOCKTAKES,
            ways={one: {Is.CANCELLED} for one in (Is.DRAFT, Is.COUNTING, Is.SUBMITTED, Is.APPROVED)},
        ),
    }
)


class Stocktake(DocumentHeader):
    """Stocktake (盘点单).

    `approval_limit` is how much all variances may be worth, surplus and shortage alike, without an approval.
    """

    series = "ST"
    states = STATES
    registered = Registered(amount="surplus_value - shortage_value")
    named = amounts(VARIANCE="surplus_value + shortage_value")

    warehouse = fields.ForeignKeyField("models.Warehouse", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    warehouse_id: int
    is_blind = fields.BooleanField()
    """Whether counters do not see what the books say (盲盘)."""
    includes_empty = fields.BooleanField()
    """Whether goods are counted of which the books have none."""
    approval_limit = MoneyField()
    """Up to which worth, surplus and shortage together, variances are posted without an approval (免审核上限)."""
    started_at = fields.DatetimeField(null=True)
    """When counting started; null before."""
    surplus_value = MoneyField(null=True)
    shortage_value = MoneyField(null=True)
    lines_with_variance = fields.IntField(null=True)
    """How many lines vary; null before the result is handed in."""

    class Meta:
        constraints = (
            CheckConstraint(
                "approval_limit >= 0 AND (surplus_value IS NULL) = (shortage_value IS NULL)"
                " AND coalesce(surplus_value, 0) >= 0 AND coalesce(shortage_value, 0) >= 0",
                "stocktake_has_both_values_or_none",
            ),
        )
        indexes = (
            *OF_DOCUMENTS,
            ("warehouse", "id"),
            ("warehouse", "status"),
            ("started_at", "id"),
            ("approval_limit", "id"),
            ("surplus_value", "id"),
            ("shortage_value", "id"),
        )


class StocktakeScope(Model):
    """One thing that narrows a stocktake: a category with those below it, a place, or a SKU."""

    id = IdField()
    stocktake = fields.ForeignKeyField("models.Stocktake", related_name=False, on_delete=fields.RESTRICT)
    category = fields.ForeignKeyField("models.Category", related_name=False, on_delete=fields.RESTRICT, null=True)
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT, null=True)
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "stocktake_scope"
        indexes = (
            ("stocktake",),
            ("category", "id"),
            ("place", "id"),
            ("sku", "id"),
        )


class StocktakeSheet(Model):
    id = IdField()
    stocktake = fields.ForeignKeyField("models.Stocktake", related_name=False, on_delete=fields.RESTRICT)
    sheet_no = fields.IntField()
    name = fields.CharField(max_length=60)
    counter = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)

    class Meta:
        table = "stocktake_sheet"
        unique_together = (("stocktake", "sheet_no"),)
        indexes = (("name", "id"),)


class StocktakeLine(Model):
    """A SKU at a place, of one lot or of none.

    `book_quantity` is the snapshot, `since_movement_id` the last movement it knows of, `book_quantity_at_count` what
    the books said when it was counted. `variance` stays NULL while the line `is_blind`. `version` rises with counts.
    """

    id = fields.BigIntField(primary_key=True)
    stocktake = fields.ForeignKeyField("models.Stocktake", related_name=False, on_delete=fields.RESTRICT)
    """The stocktake."""
    sheet = fields.ForeignKeyField("models.StocktakeSheet", related_name=False, on_delete=fields.RESTRICT, null=True)
    """The sheet that it is on."""
    line_no = fields.IntField()
    """Position in the stocktake, from 1, place by place."""
    sku = fields.ForeignKeyField("models.Sku", related_name=False, on_delete=fields.RESTRICT)
    """What is counted."""
    place = fields.ForeignKeyField("models.Place", related_name=False, on_delete=fields.RESTRICT)
    """Where."""
    lot = fields.ForeignKeyField("models.Lot", related_name=False, on_delete=fields.RESTRICT, null=True)
    """Of which lot (批次); null for goods that are kept without lots."""
    is_found = fields.BooleanField()
    """Whether the goods were found without a line that named them (盘点新增)."""
    is_blind = fields.BooleanField()
    has_moved = fields.BooleanField()
    """Whether the goods moved since the snapshot, known a moment after they did.

    The variance takes account of what moved before they were counted.
    """
    since_movement_id = fields.BigIntField()
    round = fields.IntField()
    """The round in which it is counted: 1, and more for recounts (复盘)."""
    version = fields.IntField()
    """Rises with each count; send it back as `expectedVersion` to replace only what you have seen."""
    book_quantity = QuantityField(null=True)
    book_quantity_at_count = QuantityField(null=True)
    counted_quantity = QuantityField(null=True)
    """How much was counted (实盘数量): the sum of the valid counts; null while nobody has."""
    variance = QuantityField(null=True)
    """Counted less book quantity at count (差异): surplus above 0, shortage below; null for all in a blind count."""
    variance_value = MoneyField(null=True)
    piece_differences = fields.IntField()
    """How many pieces were found or are missing, once the result is handed in."""

    class Meta:
        table = "stocktake_line"
        constraints = (
            CheckConstraint("counted_quantity IS NULL OR counted_quantity >= 0", "stocktake_line_counts_upward"),
            CheckConstraint(
                "variance IS NULL OR variance = counted_quantity - book_quantity_at_count",
                "stocktake_line_varies_from_the_books_when_counted",
            ),
        )
        unique_together = (("stocktake", "line_no"),)
        indexes = (
            ("sheet", "id"),
            ("sku", "place"),
            ("place", "id"),
            ("lot", "id"),
            ("is_found", "id"),
            ("has_moved", "id"),
            ("counted_quantity", "id"),
            ("variance", "id"),
            ("variance_value", "id"),
        )


class StocktakeCount(Model):
    """How much one person counted of a line; `is_valid` while it is part of what the line is worth."""

    id = IdField()
    line = fields.ForeignKeyField("models.StocktakeLine", related_name=False, on_delete=fields.RESTRICT)
    sheet = fields.ForeignKeyField("models.StocktakeSheet", related_name=False, on_delete=fields.RESTRICT, null=True)
    round = fields.IntField()
    quantity = QuantityField()
    is_valid = fields.BooleanField()
    counted_at = fields.DatetimeField()
    counted_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)

    class Meta:
        table = "stocktake_count"
        constraints = (CheckConstraint("quantity >= 0", "stocktake_count_is_not_negative"),)
        indexes = (
            ("line",),
            ("sheet",),
            ("counted_at", "id"),
        )


class StocktakeSerial(Model):
    """A piece that was counted."""

    id = IdField()
    count = fields.ForeignKeyField("models.StocktakeCount", related_name=False, on_delete=fields.RESTRICT)
    line = fields.ForeignKeyField("models.StocktakeLine", related_name=False, on_delete=fields.RESTRICT)
    number = fields.CharField(max_length=60)

    class Meta:
        table = "stocktake_serial"
        unique_together = (("count", "number"),)
        indexes = (("line",), ("number",))


class StocktakePiece(Model):
    """A piece that is missing where the books have it, or was found where they have it not."""

    id = fields.BigIntField(primary_key=True)
    line = fields.ForeignKeyField("models.StocktakeLine", related_name=False, on_delete=fields.RESTRICT)
    number = fields.CharField(max_length=60)
    is_missing = fields.BooleanField()

    class Meta:
        table = "stocktake_piece"
        unique_together = (("line", "number"),)
        indexes = (("number", "id"),)
