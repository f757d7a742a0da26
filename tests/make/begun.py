"""What many tests begin with: made once in a run, and copied for each of them together with its database."""

import pickle
import zlib
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, TypeVar

import pytest

from jxc_graphql.books.goods import fitness
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.office.auth.operations import create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.auth.queries import user_id_of
from tests.databases import Fill

T = TypeVar("T")


async def administrator() -> Call:
    """The call of a real administrator, whom most databases have, who may do everything everywhere."""
    user_id = await user_id_of("admin")
    if user_id is None:
        user_id = (await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])).user_id
        await fitness.begin_day()
    return Call(actor_id=user_id, permissions=frozenset(Permission), request_id="test")


def begins_with(test: Any) -> Fill | None:
    """What was done with the database of a test: what it is marked with, or its first such fixture does, or nothing."""
    if mark := test.get_closest_marker("filled"):
        return mark.args[0]  # type: ignore[no-any-return]
    known = test._fixtureinfo.name2fixturedefs  # noqa: SLF001  (pytest has no other way to ask)
    fills = [getattr(known[name][-1].func, "fill", None) for name in test.fixturenames if name in known]
    return next(filter(None, fills), administrator if "call" in test.fixturenames else None)


def begun(make: Callable[..., Awaitable[T]], *given: Any, **others: Any) -> Any:
    """A fixture that gives what `make` makes for the administrator: a copy, with the database in which it is."""

    async def fill() -> bytes:
        call = await administrator()
        return _packed(await make(call, *given, **others), call)

    fill.__module__ = make.__module__
    fill.__name__ = f"{make.__name__}_{zlib.crc32(repr((given, others)).encode()):x}"

    async def begin(request: pytest.FixtureRequest, call: Call) -> T:
        if begins_with(request.node) is not fill:
            return await make(call, *given, **others)
        return _unpacked(request.getfixturevalue("told"), call)  # type: ignore[no-any-return]

    vars(begin)["fill"] = fill
    return pytest.fixture(begin)


def _packed(made: object, call: Call) -> bytes:
    """As it can be kept: without the call, and without what reacts to facts."""
    file, stands_for = BytesIO(), {id(call): "call"}

    class Packer(pickle.Pickler):
        def persistent_id(self, one: object) -> str | None:
            return "reactions" if isinstance(one, Reactions) else stands_for.get(id(one))

    Packer(file).dump(made)
    return file.getvalue()


def _unpacked(kept: bytes, call: Call) -> Any:
    stands_for = {"call": call, "reactions": Reactions({})}

    class Unpacker(pickle.Unpickler):
        def persistent_load(self, pid: str) -> object:
            return stands_for[pid]

    return Unpacker(BytesIO(kept)).load()
