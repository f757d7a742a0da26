"""Clerks who promise, send, count, lose and block the same goods at once, over midnights, again and again."""

import os
import time

from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Permission
from tests.bench.stage import at, fresh_databases
from tests.bookkeeping.racing import CLERKS, RACES, race

ROUNDS, TURNS = 25, 20


async def _rounds(name: str, rounds: int) -> int:
    """Many rounds of a race, each with goods of its own; gives how much was done."""
    user = await auth.create_user(auth.system_call(), username=f"race {name}"[:60], name="Proof", roles=["ADMIN"])
    call = Call(actor_id=user.user_id, permissions=frozenset(Permission))
    return sum([await race(call, RACES[name], seed, TURNS) for seed in range(rounds)])


def promises(only: str | None = None) -> None:
    """Races over promises: after each the books agree, and all that is kept for orders leaves (JXC_RACES rounds)."""
    rounds = int(os.environ.get("JXC_RACES", ROUNDS))
    with fresh_databases(only) as found:
        for database, url in found:
            for name in RACES:
                began = time.monotonic()
                done = at(url, lambda name=name: _rounds(name, rounds))  # type: ignore[misc]
                seconds = time.monotonic() - began
                print(
                    f"{database}, {name}: {rounds} rounds of {CLERKS} clerks, {done} operations done, {seconds:.0f} s, "
                    "verify differences 0, reserved and stuck 0",
                    flush=True,
                )
