import msgspec
import pytest

from jxc_graphql import wiring
from jxc_graphql.books.goods import ledger
from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, UnknownId
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.versions import StaleVersion
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.warehouses.operations import update_warehouse
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.comparisons import compare
from jxc_graphql.office.documents.rules import EmptyDocument, OutOfScope
from jxc_graphql.office.documents.states import DocumentAction, DocumentStatus, IllegalTransition
from jxc_graphql.warehousing.transfers import operations, queries
from jxc_graphql.warehousing.transfers.models import STATES, Transfer
from jxc_graphql.warehousing.transfers.rules import MoreThanAsked, SameWarehouse, TransferShortage
from tests.make.haul import FEW, OTHER, PLAIN, Haul
from tests.make.redrafts import new_lines
from tests.make.trade import make_trade
from tests.refusals import refusal


class TestCreateTransfer:
    async def test_brings_together_what_is_left_of_a_deactivated_sku(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        await catalog.update_sku(haul.call, sku_id=haul.skus[PLAIN], is_active=False)
        transfer_id = await haul.draft((PLAIN, "10"))
        await operations.update_transfer(haul.call, transfer_id=transfer_id, lines=new_lines(haul.asked((PLAIN, "4"))))
        await operations.submit_transfer(haul.call, transfer_id=transfer_id)
        await haul.approve(transfer_id)
        await haul.dispatch(transfer_id)
        await haul.receive(transfer_id, (0, "4", "0", FEW))
        assert await haul.status(transfer_id) == "RECEIVED"

    async def test_keeps_what_was_asked_for_and_binds_nothing(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.draft((PLAIN, "4"), (OTHER, "2.5"), note="周末促销")
        transfer = await Transfer.get(id=transfer_id)
        assert (transfer.number[:3], transfer.status, transfer.version, transfer.note) == (
            "TR-",
            "DRAFT",
            1,
            "周末促销",
        )
        assert [(line.quantity, line.quantity_approved) for line in await haul.lines(transfer_id)] == [
            (Quantity.of("4"), Quantity(0)),
            (Quantity.of("2.5"), Quantity(0)),
        ]
        assert await haul.level(haul.source, PLAIN, "reserved", "available") == ["0", "10"]
        assert await haul.verify() == []

    async def test_shows_all_problems_at_once(self, haul: Haul) -> None:
        lines = haul.asked((PLAIN, "0"), (OTHER, "1"))
        lines[1] = msgspec.structs.replace(lines[1], unit="打")
        reasons = await refusal(
            operations.create_transfer(
                haul.call,
                from_warehouse_id=haul.source.id,
                to_warehouse_id=haul.source.id,
                lines=lines,
                note="x" * 501,
            )
        )
        assert reasons[0] == SameWarehouse(path=("to_warehouse_id",))
        assert [(type(reason).code, reason.path) for reason in reasons[1:]] == [
            ("MUST_BE_POSITIVE", ("lines", 0, "quantity")),
            ("UNKNOWN_UNIT", ("lines", 1, "unit")),
            ("TEXT_TOO_LONG", ("note",)),
        ]

    async def test_takes_the_source_in_scope_and_any_open_destination(self, haul: Haul) -> None:
        assert await haul.seen_by(haul.source).draft((PLAIN, "1"))
        assert await refusal(haul.seen_by(haul.destination).draft((PLAIN, "1"))) == [
            UnknownId(path=("from_warehouse_id",), kind="Warehouse")
        ]
        (unknown,) = await refusal(haul.draft((PLAIN, "1"), to_warehouse_id=5))
        assert (type(unknown).code, unknown.path) == ("UNKNOWN_ID", ("to_warehouse_id",))
        await update_warehouse(haul.call, warehouse_id=haul.destination.id, is_active=False)
        (closed,) = await refusal(haul.seen_by(haul.source).draft((PLAIN, "1")))
        assert (type(closed).code, closed.path) == ("WAREHOUSE_INACTIVE", ("to_warehouse_id",))


class TestUpdateTransfer:
    async def test_replaces_the_lines_of_a_draft(self, haul: Haul) -> None:
        transfer_id = await haul.draft((PLAIN, "1"), (OTHER, "1"))
        await operations.update_transfer(
            haul.call, transfer_id=transfer_id, lines=new_lines(haul.asked((OTHER, "7"))), expected_version=1
        )
        (line,) = await haul.lines(transfer_id)
        assert (line.line_no, line.sku_id, line.quantity) == (1, haul.skus[OTHER], Quantity.of("7"))

    async def test_refuses_another_version_and_what_was_handed_in(self, haul: Haul) -> None:
        transfer_id = await haul.draft((PLAIN, "1"))
        stale = operations.update_transfer(
            haul.call, transfer_id=transfer_id, lines=new_lines(haul.asked((PLAIN, "2"))), expected_version=7
        )
        assert await refusal(stale) == [StaleVersion(path=("expected_version",), current=1, expected=7)]
        await operations.submit_transfer(haul.call, transfer_id=transfer_id)
        late = operations.update_transfer(haul.call, transfer_id=transfer_id, lines=new_lines(haul.asked((PLAIN, "2"))))
        (reason,) = await refusal(late)
        assert isinstance(reason, IllegalTransition)


class TestApproveTransfer:
    async def test_reserves_the_goods_at_the_source(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.approved((PLAIN, "4"), (PLAIN, "5"))
        assert await haul.status(transfer_id) == "APPROVED"
        assert await haul.level(haul.source, PLAIN, "on_hand", "reserved", "available") == ["10", "9", "1"]
        assert await haul.verify() == []

    async def test_is_refused_with_every_line_that_is_short(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "8", "20")
        await haul.stock(OTHER, "1", "1")
        transfer_id = await haul.submitted((PLAIN, "4"), (OTHER, "1"), (PLAIN, "5"))
        reasons = await refusal(haul.approve(transfer_id))
        first, _, third = await haul.lines(transfer_id)
        assert [
            (reason.transfer_line_id, reason.line_no, str(reason.available), str(reason.requested), reason.path)
            for reason in reasons
            if isinstance(reason, TransferShortage)
        ] == [(first.id, 1, "8", "9", ("id",)), (third.id, 3, "8", "9", ("id",))]

    async def test_is_refused_where_there_never_was_any(self, haul: Haul) -> None:
        transfer_id = await haul.submitted((PLAIN, "4"))
        (reason,) = await refusal(haul.approve(transfer_id))
        assert isinstance(reason, TransferShortage)
        assert reason.available == Quantity(0)

    async def test_may_allow_less_than_was_asked_for(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "3", "6")
        transfer_id = await haul.submitted((PLAIN, "4"), (OTHER, "5"))
        await haul.approve(transfer_id, (0, "3"), (1, "0"))
        assert [str(line.quantity_approved) for line in await haul.lines(transfer_id)] == ["3", "0"]
        assert await haul.level(haul.source, PLAIN, "reserved") == ["3"]
        assert await haul.verify() == []

    async def test_refuses_more_than_was_asked_for_and_nothing_at_all(self, haul: Haul) -> None:
        transfer_id = await haul.submitted((PLAIN, "4"))
        assert await refusal(haul.approve(transfer_id, (0, "5"))) == [
            MoreThanAsked(path=("lines", 0, "quantity"), asked=Quantity.of("4"), approved=Quantity.of("5"))
        ]
        assert await refusal(haul.approve(transfer_id, (0, "0"))) == [EmptyDocument(path=("lines",))]
        twice = await refusal(haul.approve(transfer_id, (0, "1"), (0, "-1")))
        assert [(type(reason).code, reason.path) for reason in twice] == [
            ("LINE_NAMED_TWICE", ("lines", 1)),
            ("OUT_OF_BOUNDS", ("lines", 1, "quantity")),
        ]

    async def test_is_not_skipped_and_not_for_people_of_the_destination(self, haul: Haul) -> None:
        transfer_id = await haul.draft((PLAIN, "1"))
        (reason,) = await refusal(haul.approve(transfer_id))
        assert isinstance(reason, IllegalTransition)
        await operations.submit_transfer(haul.call, transfer_id=transfer_id)
        assert await refusal(haul.seen_by(haul.destination).approve(transfer_id)) == [OutOfScope(path=("id",))]
        stranger = msgspec.structs.replace(haul.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
        with pytest.raises(NotFound):
            await operations.approve_transfer(stranger, transfer_id=transfer_id)

    async def test_can_be_withheld_with_a_note(self, haul: Haul) -> None:
        transfer_id = await haul.submitted((PLAIN, "1"))
        fact = await operations.reject_transfer(haul.call, transfer_id=transfer_id, note="先卖这里的")
        assert (fact.note, await haul.status(transfer_id)) == ("先卖这里的", "DRAFT")


class TestCancelTransfer:
    async def test_frees_what_was_kept(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.approved((PLAIN, "4"))
        await operations.cancel_transfer(haul.call, transfer_id=transfer_id)
        assert await haul.status(transfer_id) == "CANCELLED"
        assert await haul.level(haul.source, PLAIN, "reserved", "available") == ["0", "10"]
        assert await haul.verify() == []

    async def test_is_too_late_once_goods_have_left(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        transfer_id = await haul.sent((PLAIN, "4"))
        (reason,) = await refusal(operations.cancel_transfer(haul.call, transfer_id=transfer_id))
        assert isinstance(reason, IllegalTransition)
        assert reason.allowed == (DocumentAction.RECEIVE, DocumentAction.CLOSE)

    async def test_gives_the_goods_to_those_who_wait(self, call: Call) -> None:
        trade = await make_trade(call)
        await trade.stock_up("10")
        other = await make_trade(call)
        asked = Haul(call, trade.shop.warehouse, other.shop.warehouse, trade.shop.skus)
        transfer_id = await asked.approved((0, "8"))
        order_id = await trade.sell((0, "5", "9"))
        assert await trade.reserved(order_id) == ["2"]
        await operations.cancel_transfer(call, transfer_id=transfer_id)
        await wiring.REACTIONS.settle()
        assert await trade.reserved(order_id) == ["5"]
        assert await differences() == []


class TestAllowedActions:
    def test_depend_on_the_side_of_the_caller(self) -> None:
        everything = frozenset(Permission)
        told = STATES.allowed_actions(DocumentStatus.IN_TRANSIT, everything, elsewhere=["warehouse_id"])
        found = {each.action: each for each in told}
        assert found[DocumentAction.RECEIVE].allowed
        assert found[DocumentAction.CLOSE].allowed
        assert found[DocumentAction.DISPATCH].reasons == ("ILLEGAL_TRANSITION", "OUT_OF_SCOPE")
        told = STATES.allowed_actions(DocumentStatus.APPROVED, everything, elsewhere=["to_warehouse_id"])
        found = {each.action: each for each in told}
        assert found[DocumentAction.DISPATCH].allowed
        assert found[DocumentAction.RECEIVE].reasons == ("ILLEGAL_TRANSITION", "OUT_OF_SCOPE")


class TestOpenTransfers:
    async def test_are_told_by_level(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "20", "20")
        keys = [(haul.skus[PLAIN], haul.source.id), (haul.skus[PLAIN], haul.destination.id), (haul.skus[OTHER], 1)]
        assert await queries.open_transfers(keys) == {}
        await haul.approved((PLAIN, "4"))
        await haul.receive(await haul.sent((PLAIN, "5")), (0, "1", "1", {}))
        assert await queries.open_transfers(keys) == {
            keys[0]: queries.OpenTransfers(outgoing=Quantity.of("4"), approved=Quantity(0), in_transit=Quantity(0)),
            keys[1]: queries.OpenTransfers(
                outgoing=Quantity(0), approved=Quantity.of("4"), in_transit=Quantity.of("3")
            ),
        }


class TestDifferences:
    @pytest.mark.parametrize(
        ("damage", "found"),
        [
            ("UPDATE transfer SET cost = cost + 1", ["transfer.cost"]),
            ("UPDATE transfer SET status = 'APPROVED'", ["transfer.status", "transfer_line.quantity_approved"]),
            ("UPDATE transfer_line SET cost = cost + 1", ["transfer.cost", "transfer_line.cost"]),
            ("UPDATE transfer_line SET quantity_damaged = 0", ["transfer_line.quantity_damaged"]),
            (
                "UPDATE transfer_line SET quantity_received = quantity_received - 1",
                ["transfer_line.quantity_received", "transfer_line:", "stock_level.in_transit"],
            ),
            ("UPDATE transfer_receipt SET total = total - 1", ["transfer_receipt.total"]),
            (
                "UPDATE transfer_receipt_line SET value = value + 1",
                ["transfer_receipt.total", "transfer_receipt_line.value"],
            ),
            (
                "UPDATE transfer_receipt_line SET quantity_accepted = quantity_accepted + 1",
                ["transfer_line.quantity_received", "transfer_receipt_line.quantity_accepted"],
            ),
        ],
    )
    async def test_are_found(self, haul: Haul, damage: str, found: list[str]) -> None:
        await haul.stock(PLAIN, "10", "20")
        await haul.receive(await haul.sent((PLAIN, "8")), (0, "3", "2", {}))
        assert await haul.verify() == []
        await db.transactional(db.execute)(damage)
        assert [difference.what.split()[0] for difference in await compare(queries.COMPARISONS)] == found

    async def test_find_a_claim_without_a_transfer(self, haul: Haul) -> None:
        await haul.stock(PLAIN, "10", "20")
        wish = ledger.Wish(
            owner_id=await self._closed_line(haul),
            document_id=new_id(),
            kind=ledger.ClaimKind.TRANSFER,
            sku_id=haul.skus[PLAIN],
            warehouse_id=haul.source.id,
            quantity=Quantity.of("1"),
        )
        await db.transactional(ledger.claim)(haul.call, [wish])
        assert [one.what.split()[0] for one in await haul.verify()] == ["transfer_line.quantity_approved"]

    async def _closed_line(self, haul: Haul) -> int:
        (line_id,) = [line.id for line in await haul.lines(await haul.sent((PLAIN, "8")))]
        return int(line_id)
