"""What clients do with stocktakes that are planned: start them, count, review and post."""

from jxc_graphql.gql.declare import Id, input_type, mutation, payload, user_error
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.lots.api import LotLabelInput
from jxc_graphql.masters.warehouses.api import Place
from jxc_graphql.warehousing.stocktakes import facts, models, operations, rules, slips
from jxc_graphql.warehousing.stocktakes.api import Stocktake, StocktakeLine, StocktakeSheet


@input_type
class CountInput:
    """How much was counted of a line, a SKU, or whatever bears a scanned code: name exactly one of these."""

    line_id: Id[StocktakeLine] | None = None
    """A line."""
    sku_id: Id[Sku] | None = None
    """A SKU."""
    code: str | None = None
    """The code of a SKU, or a barcode (条码), which says the unit too."""
    place_id: Id[Place] | None = None
    """Where, unless the line says it; by default the warehouse's stock place."""
    place: str | None = None
    """The same by its code."""
    lot: LotLabelInput | None = None
    """Of which lot (批次), where the SKU is tracked by lot and no line says it; created where there is none."""
    quantity: Quantity | None = None
    """How much, 0 or more; may be left out where pieces are named."""
    unit: str | None = None
    """The unit of the quantity; by default that of the barcode, else the base unit."""
    serials: list[str] | None = None
    """The serial number of each piece (序列号), of SKUs that have them."""
    expected_version: int | None = None
    """The version of the line you have seen; when somebody counted it since, nothing is done."""

    def asked(self) -> slips.AskedCount:
        """The count as the operation takes it."""
        told = vars(self) | {"lot": self.lot and self.lot.label(), "serials": tuple(self.serials or ())}
        return slips.AskedCount(**told)


@input_type
class RecordCountsInput:
    """What somebody counted."""

    stocktake_id: Id[Stocktake]
    """A stocktake that is being counted."""
    counts: list[CountInput]
    """1 to 10,000 counts, as many as fit a request: some 1,500."""
    sheet_id: Id[StocktakeSheet] | None = None
    """The sheet it was written on; only lines of that sheet then, and what was found."""
    mode: models.CountMode = models.CountMode.REPLACE
    """What becomes of earlier counts of the same lines."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the counts are written down once (幂等键)."""


@payload
class RecordCountsPayload:
    """What was written down."""

    stocktake: Stocktake | None
    """The stocktake."""
    sheet: StocktakeSheet | None
    """The sheet."""
    lines: list[StocktakeLine]
    """The lines that were counted, the first 100 of them."""
    lines_counted: int | None
    """How many lines were counted."""
    lines_found: int | None
    """How many of these are new: goods that no line named."""


@mutation(RecordCountsPayload)
async def record_counts(call: Call, input: RecordCountsInput) -> facts.CountsRecorded:
    """Writes down what somebody counted (录入盘点); several may count at once, and every count is kept."""
    return await operations.record_counts(
        call,
        stocktake_id=input.stocktake_id,
        counts=[count.asked() for count in input.counts],
        sheet_id=input.sheet_id,
        mode=input.mode,
    )


@input_type
class RequestRecountInput:
    """Which lines to count again: those that are named, and those that vary so much."""

    id: Id[Stocktake]
    """The stocktake."""
    line_ids: list[Id[StocktakeLine]] | None = None
    """Lines; at most 10,000."""
    min_quantity: Quantity | None = None
    """Lines whose variance is at least so much, either way."""
    min_value: Money | None = None
    """Lines whose variance is worth at least so much, either way; takes SEE_COST."""
    note: str = ""
    """Why; it stands in the timeline."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class RequestRecountPayload:
    """The stocktake that is being counted again."""

    stocktake: Stocktake | None
    """The stocktake."""
    lines_to_recount: int | None
    """How many lines are to be counted again."""


@mutation(RequestRecountPayload)
async def request_recount(call: Call, input: RequestRecountInput) -> facts.RecountRequested:
    """Has lines counted again (复盘), each from a snapshot of its own; earlier counts stay to be read."""
    return await operations.request_recount(
        call,
        stocktake_id=input.id,
        line_ids=input.line_ids or (),
        min_quantity=input.min_quantity,
        min_value=input.min_value,
        note=input.note,
        expected_version=input.expected_version,
    )


@input_type
class SubmitStocktakeInput:
    """Which stocktake to hand in."""

    id: Id[Stocktake]
    """The stocktake."""
    uncounted: models.UncountedLines | None = None
    """What lines mean that nobody counted; without it none may be left."""
    expected_version: int | None = None
    """The version you have seen; when it has changed since, nothing is done."""


@payload
class SubmitStocktakePayload:
    """The stocktake that was handed in."""

    stocktake: Stocktake | None
    """The stocktake."""


@mutation(SubmitStocktakePayload)
async def submit_stocktake(call: Call, input: SubmitStocktakeInput) -> facts.StocktakeSubmitted:
    """Ends counting and hands the variances in for review (提交盘点)."""
    return await operations.submit_stocktake(
        call, stocktake_id=input.id, uncounted=input.uncounted, expected_version=input.expected_version
    )


@user_error(rules.GoodsUnderCount)
class GoodsUnderCountError:
    """Another stocktake that is under way has these goods."""

    stocktake: str
    """Its number."""
    place: str
    """The code of the place."""


@user_error(rules.LinesNotCounted)
class LinesNotCountedError:
    """Lines were not counted, and nobody says what that means."""

    lines: int
    """How many."""


@user_error(rules.ShortageNotCovered)
class ShortageNotCoveredError:
    """More is missing than is there: the rest has left since the line was counted."""

    sku: Sku | None
    """Of what."""
    missing: Quantity
    """How much is missing."""
    available: Quantity
    """How much of it is there."""


@user_error(slips.CountRepeated)
class CountRepeatedError:
    """A line stands twice among counts of which each is to replace what was counted before."""

    first: int
    """Where it stands first."""
