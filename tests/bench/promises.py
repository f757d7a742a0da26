"""Clerks who promise, send, count, lose and block the same goods at once, over midnights, again and again."""

import os
import time

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from tests.bench.stage import at, fresh_databases, run_processes
from tests.bookkeeping.racing import CLERKS, RACES, check, race, ready, rush
from tests.make.trade import Trade

ROUNDS, TURNS, PROCESSES = 25, 20, 4
EACH = 5
"""Of so many rounds one is run by several processes as well."""


async def _somebody(name: str) -> Call:
    user = await auth.create_user(auth.system_call(), username=name[:60], name="Proof", roles=["ADMIN"])
    return Call(actor_id=user.user_id, permissions=frozenset(Permission))


async def _rounds(name: str, rounds: int) -> int:
    """Many rounds of a race, each with goods of its own; gives how much was done."""
    call = await _somebody(f"race {name}")
    return sum([await race(call, RACES[name], seed, TURNS) for seed in range(rounds)])


async def _ready(name: str, seed: int) -> Trade:
    return _with(await ready(await _somebody(f"{seed} apart {name}")), frozenset())


def _with(trade: Trade, permissions: frozenset[Permission]) -> Trade:
    """In the name of somebody who may do this; a process that begins does not know yet what can be permitted."""
    call = msgspec.structs.replace(trade.call, permissions=permissions)
    return msgspec.structs.replace(trade, call=call, shop=msgspec.structs.replace(trade.shop, call=call))


def _clerks(url: str, trade: Trade, name: str, seed: int) -> None:
    """A process with its part of the clerks."""
    trade = _with(trade, frozenset(Permission))
    assert at(url, lambda: rush(trade, RACES[name], seed, TURNS, CLERKS // PROCESSES))


def _apart(url: str, name: str, rounds: int) -> None:
    """The same by several processes."""
    for seed in range(rounds):
        trade = at(url, lambda seed=seed: _ready(name, seed))  # type: ignore[misc]
        run_processes(_clerks, [(url, trade, name, PROCESSES * seed + n) for n in range(PROCESSES)])
        at(url, lambda trade=trade: check(_with(trade, frozenset(Permission))))  # type: ignore[misc]


def promises(only: str | None = None) -> None:
    """Races over promises: after each the books agree, and all that is kept for orders leaves (JXC_RACES rounds)."""
    rounds = int(os.environ.get("JXC_RACES", ROUNDS))
    with fresh_databases(only) as found:
        for database, url in found:
            for name in RACES:
                began = time.monotonic()
                done = at(url, lambda name=name: _rounds(name, rounds))  # type: ignore[misc]
                _apart(url, name, rounds // EACH)
                seconds = time.monotonic() - began
                print(
                    f"{database}, {name}: {rounds} rounds of {CLERKS} clerks, {done} operations done, "
                    f"{rounds // EACH} by {PROCESSES} processes, {seconds:.0f} s, "
                    "verify differences 0, reserved and stuck 0",
                    flush=True,
                )
