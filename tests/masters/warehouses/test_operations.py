import asyncio

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected
from jxc_graphql.masters.warehouses import operations, queries, rules
from jxc_graphql.masters.warehouses.operations import WantedBin
from jxc_graphql.masters.warehouses.places import BinKind, PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace
from jxc_graphql.office.auth.permissions import Dimension
from tests.make.site import Site
from tests.refusals import codes


async def test_a_warehouse_comes_with_its_places(site: Site) -> None:
    rows = await db.fetch("SELECT kind, id FROM place WHERE warehouse_id = ?", (site.warehouse.id,))
    assert dict(rows) == {
        "STOCK": site.warehouse.stock_place_id,
        "QUALITY": site.warehouse.quality_place_id,
        "DAMAGED": site.warehouse.damaged_place_id,
        "TRANSIT": site.warehouse.transit_place_id,
        "LENT": site.warehouse.lent_place_id,
        "CONSIGNED": site.warehouse.consigned_place_id,
    }


async def test_a_warehouse_is_found_by_pinyin_and_its_code_has_no_blanks(call: Call) -> None:
    made = await operations.create_warehouse(call, code=" WH-SH ", name="上海仓")
    ((text,),) = await db.fetch(
        "SELECT search_text FROM warehouse WHERE id = ? AND code = 'WH-SH'", (made.warehouse_id,)
    )
    assert "shanghaicang" in text


async def test_a_warehouse_code_is_unique(site: Site) -> None:
    again = operations.create_warehouse(site.call, code=site.warehouse.code, name="二号仓")
    assert await codes(again) == [("CODE_TAKEN", ("code",))]


async def test_a_nameless_warehouse_is_refused(call: Call) -> None:
    assert await codes(operations.create_warehouse(call, code=" ", name="", address="x" * 401)) == [
        ("REQUIRED", ("code",)),
        ("REQUIRED", ("name",)),
        ("TEXT_TOO_LONG", ("address",)),
    ]


async def test_a_closed_warehouse_takes_no_new_documents(site: Site) -> None:
    await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, name="旧仓", is_active=False)
    changed = await queries.warehouse(site.warehouse.id)
    assert changed == msgspec.structs.replace(site.warehouse, name="旧仓", is_active=False)
    used = queries.usable_warehouse(site.call, site.warehouse.id)
    assert await codes(used) == [("WAREHOUSE_INACTIVE", ("warehouse_id",))]


async def test_a_caller_touches_only_warehouses_in_scope(site: Site) -> None:
    elsewhere = msgspec.structs.replace(site.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    used = queries.usable_warehouse(elsewhere, site.warehouse.id)
    assert await codes(used) == [("UNKNOWN_ID", ("warehouse_id",))]
    with pytest.raises(NotFound):
        await operations.update_warehouse(elsewhere, warehouse_id=site.warehouse.id, name="x")


class TestBranches:
    async def test_have_a_code_of_their_own(self, call: Call) -> None:
        await operations.create_branch(call, code=" BJ ", name="北京店")
        assert await codes(operations.create_branch(call, code="BJ", name="x")) == [("CODE_TAKEN", ("code",))]
        ((code, text),) = await db.fetch("SELECT code, search_text FROM branch")
        assert (code, text) == ("BJ", "bj 北京店 beijingdian BJD")

    async def test_need_a_name(self, call: Call) -> None:
        nameless = operations.create_branch(call, code="x" * 41, name="")
        assert await codes(nameless) == [("TEXT_TOO_LONG", ("code",)), ("REQUIRED", ("name",))]

    async def test_take_warehouses_and_give_them_back(self, site: Site) -> None:
        branch = await operations.create_branch(site.call, code="BJ", name="北京店")
        await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, branch_id=branch.branch_id)
        assert await branch_of(site) == branch.branch_id
        await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, name="旧仓")
        assert await branch_of(site) == branch.branch_id
        await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, branch_id=None)
        assert await branch_of(site) is None

    async def test_that_do_not_exist_have_no_warehouses(self, site: Site) -> None:
        unknown = [("UNKNOWN_ID", ("branch_id",))]
        assert await codes(operations.create_warehouse(site.call, code="W", name="W", branch_id=5)) == unknown
        moved = operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, branch_id=5)
        assert await codes(moved) == unknown
        assert await codes(operations.update_branch(site.call, branch_id=5, name="x")) == unknown

    async def test_close_after_their_warehouses(self, site: Site) -> None:
        branch_id = (await operations.create_branch(site.call, code="BJ", name="北京店")).branch_id
        await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, branch_id=branch_id)
        closing = operations.update_branch(site.call, branch_id=branch_id, is_active=False)
        assert await codes(closing) == [("BRANCH_HAS_WAREHOUSES", ("is_active",))]
        await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, is_active=False)
        await operations.update_branch(site.call, branch_id=branch_id, is_active=False)
        opened = operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, is_active=True)
        assert await codes(opened) == [("BRANCH_INACTIVE", ("is_active",))]
        made = operations.create_warehouse(site.call, code="W", name="W", branch_id=branch_id)
        assert await codes(made) == [("BRANCH_INACTIVE", ("branch_id",))]
        await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, branch_id=None, is_active=True)


class TestBins:
    async def test_are_created_many_at_once_in_the_same_number_of_statements(self, site: Site) -> None:
        counts = []
        for row, size in enumerate((1, 10, rules.MAX_BINS)):
            wanted = [WantedBin(code=f"{row}-{n}", kind=BinKind.QUALITY) for n in range(size)]
            with db.statements() as seen:
                made = await operations.create_bins(site.call, warehouse_id=site.warehouse.id, bins=wanted)
            counts.append(len(seen))
            found = await queries.places_of(made.place_ids)
            assert [found[place_id].code for place_id in made.place_ids] == [one.code for one in wanted]
        assert counts[0] == counts[1] == counts[2]

    async def test_are_told_all_that_is_wrong_with_any_of_them(self, site: Site) -> None:
        await add(site, WantedBin(code="A-1"))
        wrong = [
            WantedBin(code=" A-1"),
            WantedBin(code="A-2", name=" "),
            WantedBin(code="A-2 "),
            WantedBin(code="STOCK"),
            WantedBin(code="\0", name="x" * 101),
        ]
        assert await codes(add(site, *wrong)) == [
            ("CODE_TAKEN", ("bins", 0, "code")),
            ("REQUIRED", ("bins", 1, "name")),
            ("CODE_GIVEN_TWICE", ("bins", 2, "code")),
            ("CODE_TAKEN", ("bins", 3, "code")),
            ("TEXT_NOT_PRINTABLE", ("bins", 4, "code")),
            ("TEXT_TOO_LONG", ("bins", 4, "name")),
        ]
        many = [WantedBin(code=str(n)) for n in range(rules.MAX_BINS + 1)]
        assert await codes(add(site, *many)) == [("TOO_MANY_LINES", ("bins",))]

    async def test_get_their_codes_one_request_after_the_other(self, site: Site) -> None:
        (place_id,) = await add(site, WantedBin(code="A-0"))
        taking = [add(site, WantedBin(code="A-1")), add(site, WantedBin(code="A-1"))]
        renaming = operations.update_bin(site.call, place_id=place_id, code="A-1")
        answers = await asyncio.gather(*taking, renaming, return_exceptions=True)
        refused = [one for one in answers if isinstance(one, Rejected)]
        assert [reason.code for one in refused for reason in one.reasons] == ["CODE_TAKEN"] * 2
        assert len(answers) == 3

    async def test_have_a_code_of_their_own_in_their_warehouse_only(self, site: Site) -> None:
        other = await operations.create_warehouse(site.call, code="W2", name="二号仓")
        await add(site, WantedBin(code="A-1"))
        await operations.create_bins(site.call, warehouse_id=other.warehouse_id, bins=[WantedBin(code="A-1")])

    async def test_are_renamed_and_closed(self, site: Site) -> None:
        first, second = await add(site, WantedBin(code="A-1"), WantedBin(code="A-2", name="二号", kind=BinKind.DAMAGED))
        await operations.update_bin(site.call, place_id=second, code="B-2", is_active=False)
        assert await queries.places_of([first, second, 3, 5_000]) == {
            first: known(first, "STOCK", site.warehouse.id, "A-1"),
            second: known(second, "DAMAGED", site.warehouse.id, "B-2", is_active=False),
            3: known(3, "VARIANCE", None, "VARIANCE"),
        }
        taken = operations.update_bin(site.call, place_id=second, code="A-1")
        assert await codes(taken) == [("CODE_TAKEN", ("code",))]
        ((name,),) = await db.fetch("SELECT name FROM place WHERE id = ?", (second,))
        assert name == "二号"

    async def test_are_the_only_places_that_change(self, site: Site) -> None:
        for place_id in (site.warehouse.stock_place_id, 1):
            closed = operations.update_bin(site.call, place_id=place_id, is_active=False)
            assert await codes(closed) == [("PLACE_IS_NO_BIN", ("place_id",))]
        unknown = operations.update_bin(site.call, place_id=5_000, name="x")
        assert await codes(unknown) == [("UNKNOWN_ID", ("place_id",))]

    async def test_are_touched_within_the_scope_only(self, site: Site) -> None:
        (place_id,) = await add(site, WantedBin(code="A-1"))
        elsewhere = Site(
            msgspec.structs.replace(site.call, scopes={Dimension.WAREHOUSE: frozenset({1})}), site.warehouse
        )
        assert await codes(add(elsewhere, WantedBin(code="A-2"))) == [("UNKNOWN_ID", ("warehouse_id",))]
        closed = operations.update_bin(elsewhere.call, place_id=place_id, is_active=False)
        assert await codes(closed) == [("UNKNOWN_ID", ("place_id",))]


async def test_a_repeated_request_is_done_once(site: Site) -> None:
    call = msgspec.structs.replace(site.call, idempotency_key="once")
    bins = [WantedBin(code="A-1")]
    facts = [await operations.create_bins(call, warehouse_id=site.warehouse.id, bins=bins) for _ in range(2)]
    assert facts[0] == facts[1]


async def test_several_warehouses_are_asked_for_with_one_statement(site: Site) -> None:
    other = await operations.create_warehouse(site.call, code="W2", name="二号仓")
    ids = [site.warehouse.id, other.warehouse_id]
    with db.statements() as seen:
        found = await queries.usable_warehouses(site.call, ids)
    assert (set(found), len(seen)) == (set(ids), 1)
    await operations.update_warehouse(site.call, warehouse_id=other.warehouse_id, is_active=False)
    elsewhere = msgspec.structs.replace(site.call, scopes={Dimension.WAREHOUSE: frozenset({other.warehouse_id})})
    paths = [("from_warehouse_id",), ("to_warehouse_id",)]
    assert await codes(queries.usable_warehouses(elsewhere, ids, paths)) == [
        ("UNKNOWN_ID", ("from_warehouse_id",)),
        ("WAREHOUSE_INACTIVE", ("to_warehouse_id",)),
    ]
    with pytest.raises(NotFound):
        await queries.usable_warehouses(site.call, [site.warehouse.id, 5])


async def test_each_operation_needs_its_permission(site: Site) -> None:
    nobody = msgspec.structs.replace(site.call, permissions=frozenset())
    for refused in (
        operations.create_branch(nobody, code="X", name="X"),
        operations.update_branch(nobody, branch_id=1),
        operations.create_warehouse(nobody, code="X", name="X"),
        operations.update_warehouse(nobody, warehouse_id=site.warehouse.id),
        operations.create_bins(nobody, warehouse_id=site.warehouse.id, bins=[]),
        operations.update_bin(nobody, place_id=1),
    ):
        with pytest.raises(Forbidden):
            await refused


async def branch_of(site: Site) -> int | None:
    warehouse = await queries.warehouse(site.warehouse.id)
    assert warehouse
    return warehouse.branch_id


async def add(site: Site, *bins: WantedBin) -> tuple[int, ...]:
    return (await operations.create_bins(site.call, warehouse_id=site.warehouse.id, bins=bins)).place_ids


def known(place_id: int, kind: str, warehouse_id: int | None, code: str, *, is_active: bool = True) -> KnownPlace:
    return KnownPlace(
        id=place_id,
        kind=PlaceKind(kind),
        warehouse_id=warehouse_id,
        code=code,
        is_active=is_active,
        is_bin=code != kind,
    )
