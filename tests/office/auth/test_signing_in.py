import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import NamedTuple

import msgspec
import pytest

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.office.auth import credentials, operations, rules, turns
from jxc_graphql.office.auth.operations import Session
from jxc_graphql.office.auth.turns import Turns
from tests.accounts import NOBODY, PASSWORD, call_of, codes, count, facts, made, moment, token_of
from tests.patience import SECONDS

WRONG = [("INVALID_CREDENTIALS", ())]
WAIT = [("TOO_MANY_ATTEMPTS", ())]


def at(address: str, seconds: float = 0) -> Call:
    """Nobody yet, at an address, so many seconds from now."""
    return msgspec.structs.replace(NOBODY, address=address, at=clock.now() + timedelta(seconds=seconds))


async def guess(call: Call, times: int = 1, username: str = "ann") -> list[tuple[str, tuple[str | int, ...]]]:
    """What the last of several wrong guesses is told."""
    for _ in range(times):
        told = await codes(operations.login(call, username=username, password="wrong horse"))
    return told


async def sign_in(call: Call, device_token: str | None = None) -> Session:
    return await operations.login(call, username="ann", password=PASSWORD, device_token=device_token)


class Verified(NamedTuple):
    """A password that was compared with a hash."""

    parameters: str
    thread: str


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[Verified]:
    """The comparisons to come: all of the work of signing in, and the time that it takes."""
    found: list[Verified] = []
    real = credentials._hasher  # noqa: SLF001

    def verify(password_hash: str, password: bytes) -> bool:
        found.append(Verified(password_hash.rsplit("$", 2)[0], threading.current_thread().name))
        return real.verify(password_hash, password)

    monkeypatch.setattr(credentials, "_hasher", SimpleNamespace(verify=verify, hash=real.hash))
    return found


@pytest.mark.usefixtures("ann")
class TestLogin:
    async def test_gives_a_session_of_a_day(self, ann: int) -> None:
        session = await operations.login(at("192.0.2.1"), username="ANN", password=PASSWORD)
        call = await call_of(session.token)
        assert (call.actor_id, session.call.token_id) == (ann, call.token_id)
        ((kept, expires_at, created_from),) = await db.fetch(
            "SELECT token_hash, expires_at, created_from FROM token WHERE id = ?", (call.token_id,)
        )
        assert session.token not in kept
        assert created_from == "192.0.2.1"
        assert clock.now() + timedelta(hours=23) < moment(expires_at) < clock.now() + timedelta(hours=25)

    async def test_fails_alike_for_unknown_users_and_wrong_passwords(self) -> None:
        assert await codes(operations.login(NOBODY, username="ann", password="wrong horse")) == WRONG
        assert await codes(operations.login(NOBODY, username="nobody", password=PASSWORD)) == WRONG
        assert await codes(operations.login(NOBODY, username="ann", password="x" * 10_000)) == WRONG
        assert await codes(operations.login(NOBODY, username="a\x00\ud800", password="\ud800\x00 secret")) == WRONG
        assert await count("token") == 0

    async def test_a_user_without_a_password_cannot_sign_in(self) -> None:
        await made("robot", "VIEWER")
        assert await codes(operations.login(NOBODY, username="robot", password="")) == WRONG

    async def test_takes_as_much_work_for_unknown_users(self, verified: list[Verified]) -> None:
        for username in ("ann", "eve"):
            await codes(operations.login(NOBODY, username=username, password="wrong horse"))
        known, unknown = verified
        assert known.parameters == unknown.parameters

    async def test_many_may_sign_in_at_once(self) -> None:
        sessions = [sign_in(NOBODY) for _ in range(10)]
        assert len({session.token for session in await asyncio.gather(*sessions)}) == 10

    async def test_hashing_leaves_the_event_loop_free(self, verified: list[Verified]) -> None:
        await sign_in(NOBODY)
        assert [one.thread for one in verified] != [threading.current_thread().name]

    async def test_signing_out_ends_the_session(self) -> None:
        session = await sign_in(NOBODY)
        await operations.logout(session.call)
        with pytest.raises(Unauthenticated):
            await call_of(session.token)
        assert (await operations.logout(NOBODY)).user_id is None

    async def test_no_secret_is_in_the_journal(self, ann: int) -> None:
        session = await sign_in(NOBODY)
        token = await token_of(ann)
        await codes(operations.login(NOBODY, username=PASSWORD, password=PASSWORD[:-1]))
        text = str(await db.fetch("SELECT body FROM journal"))
        for secret in (token, session.token, session.device_token, PASSWORD):
            assert secret not in text


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets no time pass but what a test says: pauses end by themselves where machines are slow."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.mark.usefixtures("ann", "still")
class TestFailures:
    async def test_five_are_free_then_their_origin_waits_known_name_or_not(self) -> None:
        for username in ("ann", "eve"):
            assert await guess(at("192.0.2.1"), 5, username) == WRONG
            assert await guess(at("192.0.2.1"), 1, username) == WAIT
        assert await codes(operations.login(at("192.0.2.1"), username="ann", password=PASSWORD)) == WAIT
        assert await call_of((await sign_in(at("192.0.2.1", seconds=2))).token)
        assert await db.fetch("SELECT username FROM failed_sign_ins WHERE username <> ''") == [("eve",)]

    async def test_parallel_guesses_are_counted(self) -> None:
        guesses = (codes(operations.login(NOBODY, username="ann", password=f"wrong {n}")) for n in range(30))
        answers = [code for ((code, _),) in await asyncio.gather(*guesses)]
        assert answers.count("INVALID_CREDENTIALS") == rules.FREE_FAILURES

    async def test_those_of_strangers_do_not_hold_up_others(self) -> None:
        for number in range(8):
            assert await guess(at(f"198.51.100.{number}"), 6) == WAIT
        assert await sign_in(at("192.0.2.1"))

    async def test_neighbours_of_ipv6_are_one_stranger(self) -> None:
        for number in range(5):
            assert await guess(at(f"2001:db8:0:1::{number}")) == WRONG
        assert await guess(at("2001:db8:0:1:ffff::")) == WAIT
        assert await guess(at("2001:db8:0:2::")) == WRONG

    async def test_an_address_that_tries_many_names_waits_under_all_of_them(self) -> None:
        for number in range(rules.FREE_FAILURES_OF_ADDRESS):
            assert await guess(at("198.51.100.1"), 1, f"user{number}") == WRONG
        assert await guess(at("198.51.100.1"), 1, "user100") == WAIT
        longest = rules.LONGEST_PAUSE_OF_ADDRESS.total_seconds()
        assert await guess(at("198.51.100.1", seconds=longest), 1, "user100") == WRONG

    async def test_who_has_signed_in_from_an_address_does_not_wait_for_its_strangers(self) -> None:
        await sign_in(at("198.51.100.1"))
        for number in range(rules.FREE_FAILURES_OF_ADDRESS):
            await guess(at("198.51.100.1"), 1, f"user{number}")
        assert await guess(at("198.51.100.1"), 1, "eve") == WAIT
        assert await sign_in(at("198.51.100.1"))

    async def test_a_device_of_the_user_does_not_wait_for_guesses_from_its_address(self) -> None:
        device = (await sign_in(at("198.51.100.1"))).device_token
        assert await guess(at("198.51.100.1"), 6) == WAIT
        again = await sign_in(at("198.51.100.1"), device)
        assert again.device_token == device
        assert await guess(at("198.51.100.1")) == WAIT

    async def test_a_device_of_another_user_helps_nobody(self) -> None:
        await made("bob", "VIEWER", password="battery staple")
        bobs = await operations.login(at("203.0.113.1"), username="bob", password="battery staple")
        assert await guess(at("198.51.100.1"), 6) == WAIT
        guesses = operations.login(
            at("198.51.100.1"), username="ann", password=PASSWORD, device_token=bobs.device_token
        )
        assert await codes(guesses) == WAIT

    async def test_nobody_chooses_what_his_device_is_known_by(self) -> None:
        assert (await sign_in(NOBODY, "mine")).device_token != "mine"

    async def test_a_new_password_forgets_devices_and_addresses(self, call: Call, ann: int) -> None:
        device = (await sign_in(at("192.0.2.1"))).device_token
        await operations.change_password(call, user_id=ann, new_password="battery staple")
        again = await operations.login(at("192.0.2.1"), username="ann", password="battery staple", device_token=device)
        assert again.device_token != device

    async def test_of_a_session_the_present_password_is_guessed_no_faster(self, ann: int) -> None:
        mine = (await sign_in(at("192.0.2.1"))).call
        for expected in ["WRONG_PASSWORD"] * 5 + ["TOO_MANY_ATTEMPTS"]:
            changed = operations.change_password(
                mine, user_id=ann, current_password="wrong horse", new_password="battery staple"
            )
            assert await codes(changed) == [(expected, ("current_password",))]
        assert await sign_in(at("192.0.2.1"))

    async def test_are_cleared_away_when_they_count_for_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        await guess(at("192.0.2.1"), 5)
        assert await operations.forget_failures() == 0
        later = clock.now() + rules.FAILURES_FORGOTTEN_AFTER + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert await operations.forget_failures() == 2
        assert await count("failed_sign_ins") == 0

    async def test_the_journal_tells_the_first_ones_then_ever_fewer(
        self, ann: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rules, "FREE_FAILURES_OF_ADDRESS", 1_000)
        for number in range(33):
            await guess(at("198.51.100.1"), 1, "ann" if number == 0 else f"user{number}")
        told = [msgspec.json.decode(body) for body in await facts("LoginFailed")]
        assert [fact["failures"] for fact in told] == [*range(1, 11), 16, 32]
        assert [fact["user_id"] for fact in told[:2]] == [ann, 0]
        rows = await db.fetch("SELECT DISTINCT address, actor_id FROM journal WHERE name = 'LoginFailed'")
        assert rows == [("198.51.100.1", None)]

    async def test_only_the_newest_origins_are_remembered(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "ORIGINS_LIMIT", 3)
        for number in range(4):
            await sign_in(at(f"192.0.2.{number}", seconds=number))
        kept = [origin for (origin,) in await db.fetch("SELECT origin FROM known_origin")]
        assert len(kept) == 3
        assert "address:192.0.2.3" in kept


class Hashing:
    """Passwords that wait at the places until a test lets them go on."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.right: list[bool] = []
        """Whether each password was right, in the order of their turns."""
        self.go_on = asyncio.Event()

    async def matches(self, password_hash: str | None, password: str) -> bool:
        self.now += 1
        self.most = max(self.most, self.now)
        self.right.append(password == PASSWORD)
        await self.go_on.wait()
        self.now -= 1
        return password_hash is not None and password == PASSWORD

    async def reached(self, number: int) -> None:
        """Until so many are compared."""
        async with asyncio.timeout(SECONDS):
            while self.now < number:
                await asyncio.sleep(0.001)

    async def begun(self, number: int) -> None:
        """Until so many were compared, or are."""
        async with asyncio.timeout(SECONDS):
            while len(self.right) < number:
                await asyncio.sleep(0.001)


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hashing]:
    held = Hashing()
    monkeypatch.setattr(credentials, "password_matches", held.matches)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", SECONDS)
    yield held
    held.go_on.set()


async def waiting(queue: Turns, number: int) -> None:
    """Until so many wait for a place."""
    async with asyncio.timeout(SECONDS):
        while queue.waiting != number:
            await asyncio.sleep(0.001)


@pytest.mark.usefixtures("ann")
class TestPlaces:
    async def test_two_passwords_are_compared_at_a_time(self, hashing: Hashing) -> None:
        tries = [asyncio.create_task(guess(at(f"192.0.2.{number}"))) for number in range(10)]
        await waiting(credentials.turns(), 8)
        await hashing.reached(2)
        hashing.go_on.set()
        await asyncio.gather(*tries)
        assert hashing.most == 2

    async def test_several_processes_share_them(self, hashing: Hashing) -> None:
        operations.share_places(4)
        try:
            tries = [asyncio.create_task(guess(at(f"192.0.2.{number}"))) for number in range(4)]
            await waiting(credentials.turns(), 3)
            await hashing.reached(1)
        finally:
            operations.share_places(1)
        hashing.go_on.set()
        await asyncio.gather(*tries)
        assert hashing.most == 1

    async def test_whoever_is_known_goes_before_strangers_who_came_earlier(self, hashing: Hashing) -> None:
        hashing.go_on.set()
        device = (await sign_in(at("192.0.2.1"))).device_token
        hashing.go_on.clear()
        strangers = [asyncio.create_task(guess(at(f"198.51.100.{number}"))) for number in range(50)]
        await waiting(credentials.turns(), 48)
        known = asyncio.create_task(sign_in(at("203.0.113.1"), device))
        await waiting(credentials.turns(), 49)
        await hashing.begun(3)
        hashing.go_on.set()
        hashing.go_on.clear()  # so the two who have places go on, and nobody else
        await hashing.begun(5)
        assert True in hashing.right[3:5]
        hashing.go_on.set()
        await asyncio.gather(*strangers, known)

    async def test_strangers_who_hammer_wait_for_themselves(self, hashing: Hashing) -> None:
        hammering = [asyncio.create_task(guess(at("198.51.100.1"), 1, f"user{number}")) for number in range(100)]
        await waiting(credentials.turns(), 99)
        unknown = asyncio.create_task(sign_in(at("203.0.113.2")))
        await hashing.reached(2)
        hashing.go_on.set()
        await asyncio.gather(*hammering, unknown)
        assert hashing.right[:2] == [False, True]

    async def test_the_queue_is_bounded_and_who_comes_alone_gets_in(
        self, hashing: Hashing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(credentials, "WAITING", 10)
        operations.share_places(1)
        tries = [asyncio.create_task(guess(at(f"198.51.100.{number % 5}"), 1, f"user{number}")) for number in range(40)]
        await waiting(credentials.turns(), 20)
        while sum(task.done() for task in tries) < 18:
            await asyncio.sleep(0.001)
        unknown = asyncio.create_task(sign_in(at("203.0.113.2")))
        hashing.go_on.set()
        told = [code for ((code, _),) in await asyncio.gather(*tries)]
        assert await unknown
        assert told.count("TOO_MANY_ATTEMPTS") in {18, 19}
        operations.share_places(1)
