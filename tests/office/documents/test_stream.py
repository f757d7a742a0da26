"""What happens to documents is told once of each, in order, to those who see them, from wherever they were."""

from typing import Any

import msgspec
import pytest

from jxc_graphql import schema
from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.kit import db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected, Unauthenticated
from jxc_graphql.kit.journal import Cursor
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.queries import call_of_user
from jxc_graphql.office.comments import operations as comments
from jxc_graphql.office.documents import stream
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.stream import DocumentEvent, document_events
from jxc_graphql.office.tags import operations as tags
from tests.following import WIRES, Follower, all_so_far
from tests.gql.listening import listening
from tests.make.begun import begun
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade, set_column
from tests.operations import limit_to
from tests.patience import settled

trade = begun(make_trade, 1)

LIFE = [
    ("PURCHASE_ORDER", "CREATED"), ("PURCHASE_ORDER", "UPDATED"), ("PURCHASE_ORDER", "COMMENTED"),
    ("PURCHASE_ORDER", "TAGGED"), ("PURCHASE_ORDER", "MOVED_ON"), ("PURCHASE_ORDER", "MOVED_ON"),
    ("PURCHASE_ORDER", "MOVED_ON"), ("GOODS_RECEIPT", "CREATED"),
]  # fmt: skip


async def live(trade: Trade) -> int:
    """An order from its draft to its receipt, and what people do with it besides."""
    call = trade.call
    order_id = await trade.draft_purchase((0, "5", "2"))
    await purchasing.update_purchase_order(call, purchase_order_id=order_id, note="加急")
    await comments.add_comment(call, document_id=order_id, text="何时到货？")
    tag = await tags.create_tag(call, name="重要")
    await tags.tag_document(call, document_id=order_id, add_tag_ids=[tag.tag_id])
    await purchasing.submit_purchase_order(call, purchase_order_id=order_id)
    await purchasing.approve_purchase_order(call, purchase_order_id=order_id)
    await trade.receive(order_id, (0, "5"))
    await settled()
    return order_id


async def said(events: list[DocumentEvent]) -> list[tuple[str, str]]:
    kinds = dict(await db.fetch("SELECT id, document_kind FROM document"))
    return [(kinds[event.document_id], event.change.value) for event in events]


async def heard(call: Call, after: Cursor, **asked: Any) -> list[DocumentEvent]:
    await settled()
    return await all_so_far(document_events(call, after=after, **asked))


async def test_tells_of_each_document_what_its_timeline_says(trade: Trade) -> None:
    start = await journal.head()
    order_id = await live(trade)
    events = await heard(trade.call, start)
    assert await said(events) == LIFE
    rows = await db.fetch("SELECT id, subject_id FROM journal WHERE id > 0 ORDER BY xid, id")
    of_documents = [row for row in rows if row[1] in {event.document_id for event in events}]
    assert [(event.entry_id, event.document_id) for event in events] == of_documents
    assert [event.document_id == order_id for event in events] == [True] * 7 + [False]


async def test_resumes_behind_any_event(trade: Trade) -> None:
    start = await journal.head()
    await live(trade)
    events = await heard(trade.call, start)
    for place, event in enumerate(events):
        assert await heard(trade.call, Cursor.decode(event.cursor)) == events[place + 1 :]
    cursors = [Cursor.decode(event.cursor) for event in events]
    assert cursors == sorted(set(cursors))


async def test_tells_of_the_kinds_and_documents_asked_for(trade: Trade) -> None:
    start = await journal.head()
    order_id = await live(trade)
    other = await trade.draft_purchase((0, "1", "2"))
    receipts = await heard(trade.call, start, document_kinds=[DocumentKind("GOODS_RECEIPT")])
    assert await said(receipts) == [("GOODS_RECEIPT", "CREATED")]
    assert {event.document_id for event in await heard(trade.call, start, document_ids=[order_id])} == {order_id}
    alone = await heard(trade.call, start, document_ids=[other, receipts[0].document_id])
    assert [event.change.value for event in alone] == ["CREATED", "CREATED"]
    with pytest.raises(Rejected) as refused:
        await anext(document_events(trade.call, document_ids=range(201)))
    assert [(one.code, one.path) for one in refused.value.reasons] == [("TOO_MANY_WATCHED", ("ids",))]


async def test_of_what_went_out_of_sight_nothing_is_told_any_more(trade: Trade) -> None:
    start = await journal.head()
    elsewhere = await open_warehouse(trade.call)
    narrow = msgspec.structs.replace(trade.call, scopes={"WAREHOUSE": frozenset({trade.shop.warehouse.id})})
    order_id = await trade.draft_purchase((0, "5", "2"))
    (seen,) = await heard(narrow, start)
    await set_column("UPDATE document SET warehouse_id = ? WHERE id = ?", elsewhere.id, order_id)
    await comments.add_comment(trade.call, document_id=order_id, text="…")
    assert await heard(narrow, Cursor.decode(seen.cursor)) == []
    assert await heard(narrow, start) == []
    assert len(await heard(trade.call, start)) == 2
    sales_only = msgspec.structs.replace(trade.call, permissions=frozenset({"SEE_SALES_ORDERS"}))
    assert await heard(sales_only, start) == []
    with pytest.raises(Unauthenticated):
        await anext(document_events(Call()))


async def test_every_fact_of_documents_is_told(trade: Trade) -> None:
    """Of whatever stands in the timelines of documents, nothing is left out but who means to send a file."""
    await live(trade)
    told = stream._names(len(journal.Fact.registry))  # noqa: SLF001
    there = await db.fetch("SELECT DISTINCT name FROM journal JOIN document ON document.id = journal.subject_id")
    assert {name for (name,) in there} <= told
    assert "UploadRequested" not in told


class People:
    """Two with the same rights, and the port of a server."""

    def __init__(self, trade: Trade, port: int, tokens: dict[str, str], ids: dict[str, int]) -> None:
        self.trade, self.port, self.tokens, self.ids = trade, port, tokens, ids


@pytest.fixture
async def people(trade: Trade) -> Any:
    tokens, ids = {}, {}
    for name in ("bob", "cid"):
        user = await auth.create_user(auth.system_call(), username=name, name=name, roles=["BUYER"])
        tokens[name] = (await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="page")).token
        ids[name] = user.user_id
    async with listening() as port:
        yield People(trade, port, tokens, ids)


@pytest.mark.parametrize("wire", WIRES)
async def test_a_page_follows_and_goes_on_where_it_was(people: People, wire: str) -> None:
    follow, trade, token = WIRES[wire], people.trade, people.tokens["bob"]
    start = (await journal.head()).encode()
    async with follow(people.port, token, "DocumentChanged", after=start, kinds=["PURCHASE_ORDER"]) as bob:
        order_id = await trade.draft_purchase((0, "5", "2"))
        (made,) = await bob.hears()
        order = made["document"]
        assert (order["__typename"], order["id"]) == ("PurchaseOrder", global_id("PurchaseOrder", order_id))
        assert (made["change"], order["status"], made["entry"]["text"]) == (
            "CREATED",
            "DRAFT",
            "Purchase order created",
        )
        assert made["entry"]["actor"]["name"] == "Administrator"
        await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
        (moved,) = await bob.hears()
        assert (moved["change"], moved["document"]["status"]) == ("MOVED_ON", "SUBMITTED")
    await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    await trade.receive(order_id, (0, "5"))
    async with follow(people.port, token, "DocumentChanged", after=moved["cursor"]) as bob:
        later = await bob.hears(3)
    assert [(one["document"]["documentKind"], one["change"]) for one in later] == LIFE[-3:]


async def test_rights_that_are_taken_end_what_is_told(people: People) -> None:
    trade, start = people.trade, (await journal.head()).encode()
    elsewhere = await open_warehouse(trade.call)
    async with WIRES["WebSocket"](people.port, people.tokens["bob"], "DocumentChanged", after=start) as bob:
        order_id = await trade.draft_purchase((0, "5", "2"))
        await bob.hears()
        await limit_to(people.ids["bob"], elsewhere.id)
        await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
        there = await trade.draft_purchase((0, "1", "2"), warehouse_id=elsewhere.id)
        (next_one,) = await bob.hears()
        assert read_global_id(next_one["document"]["id"]) == ("PurchaseOrder", there)


ALIKE = "subscription { documentChanged { cursor change document { id number } } }"
OWN = """subscription ($after: String) { documentChanged(after: $after) {
  document { id allowedActions { action allowed } } } }"""


async def test_what_is_alike_is_answered_once_and_what_is_not_for_each(people: People) -> None:
    calls = [await call_of_user(user_id, request_id="test") for user_id in people.ids.values()]
    one = schema.executor(introspection=False)
    shared = [one.subscription(one.prepare(text), None) for text in (ALIKE, OWN)]
    assert [len({each.of_whom(call) for call in calls}) for each in shared] == [1, 2]
    start = (await journal.head()).encode()
    follow = WIRES["WebSocket"]
    async with (
        follow(people.port, people.tokens["cid"], OWN, after=start) as cid,
        follow(people.port, people.tokens["bob"], OWN, after=start) as bob,
    ):
        his = msgspec.structs.replace(people.trade, call=calls[0])
        order_id = await his.draft_purchase((0, "5", "2"))
        await purchasing.submit_purchase_order(calls[0], purchase_order_id=order_id)
        assert [await withdraws(bob), await withdraws(cid)] == [True, False]


async def withdraws(who: Follower) -> bool:
    """Whether he may take back what was handed in, as its event says."""
    _, submitted = await who.hears(2)
    return next(bool(one["allowed"]) for one in submitted["document"]["allowedActions"] if one["action"] == "WITHDRAW")
