"""Which replica a query is read from, by how far each has come; what a process is told of them."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from jxc_graphql.gql.wire.request import BadRequest, parameters_of_body
from jxc_graphql.kit.db import replicas
from jxc_graphql.kit.db.replicas import Elsewhere, Replica, Written, that_has
from jxc_graphql.kit.settings import Settings, SettingsError, load

PRIMARY = "postgres://jxc@one/shop"


def made(name: str, replayed: int, *, lag: float = 0.0, is_in: bool = True, load: int = 0) -> Replica:
    """One that was looked at: how far it had come then, and how many queries are being read from it."""
    servers: Any = SimpleNamespace(name=name)
    primary: Any = None
    found = Replica(servers, primary, Written(), most_lag=5.0)
    found.is_in, found.replayed, found.lag = is_in, replayed, lag
    found._reading.update(object() for _ in range(load))  # type: ignore[misc]  # noqa: SLF001
    return found


async def chosen(position: int, *some: Replica) -> str:
    """Its name, or why there is none."""
    try:
        return (await that_has(some, position)).name
    except Elsewhere as elsewhere:
        return elsewhere.why


async def test_the_least_busy_of_those_that_have_come_so_far_is_asked() -> None:
    some = made("a", 70, load=2), made("b", 60, load=1), made("c", 50)
    assert [await chosen(position, *some) for position in (0, 50, 51, 70)] == ["c", "c", "b", "a"]


async def test_one_that_is_left_out_is_not_asked() -> None:
    some = made("a", 70, is_in=False), made("b", 60, load=9)
    assert await chosen(0, *some) == "b"
    assert await chosen(0, some[0]) == "left_out"


async def test_one_that_is_far_behind_is_not_waited_for() -> None:
    assert await chosen(61, made("a", 60, lag=1.0)) == "behind"


async def test_one_that_comes_so_far_meanwhile_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicas, "PATIENCE_SECONDS", 60.0)
    nearest, engine = made("a", 60), SimpleNamespace(asked=0)

    async def told(_: str) -> list[tuple[int]]:
        engine.asked += 1
        return [(60 + engine.asked,)]

    engine.told = told
    nearest._engine = engine  # type: ignore[assignment]  # noqa: SLF001
    assert await chosen(63, made("b", 50), nearest) == "a"
    assert engine.asked == 3


async def test_one_that_does_not_come_so_far_is_passed_over() -> None:
    assert await chosen(61, made("a", 60)) == "behind"


class TestWritten:
    def test_tells_since_when_a_standby_lacks_something(self) -> None:
        written = Written()
        assert written.lag(100, 0.0) == math.inf
        for moment, position in ((1.0, 10), (2.0, 20), (3.0, 20), (4.0, 30)):
            written.note(moment, position)
        assert [written.lag(replayed, 5.0) for replayed in (9, 10, 19, 20, 29, 30, 31)] == [
            *(math.inf, 4.0, 4.0, 2.0, 2.0),
            *(0.0, 0.0),
        ]

    def test_forgets_what_a_primary_wrote_that_is_gone(self) -> None:
        written = Written()
        written.note(1.0, 30)
        written.note(2.0, 20)
        assert written.lag(25, 3.0) == 0.0
        assert written.lag(19, 3.0) == math.inf

    def test_knows_a_standby_of_another_primary_by_what_it_has_too_much(self) -> None:
        written = Written()
        written.note(1.0, 30)
        assert not written.is_passed_by(31, since=1.0)  # the primary has been asked before
        written.note(2.0, 30)
        assert written.is_passed_by(31, since=1.0)
        written.note(3.0, 31)
        assert not written.is_passed_by(31, since=1.0)


class TestSettings:
    def test_divide_urls_by_blanks_alone(self) -> None:
        told = load({"JXC_DATABASE_URL": PRIMARY, "JXC_REPLICA_URLS": f" {PRIMARY} postgres://jxc@two,three/shop "})
        assert told.replica_urls == (PRIMARY, "postgres://jxc@two,three/shop")

    def test_refuse_replicas_of_sqlite(self) -> None:
        with pytest.raises(SettingsError, match="replica_urls is for PostgreSQL, and so is database_url then"):
            load({"JXC_REPLICA_URLS": PRIMARY})
        with pytest.raises(ValueError, match="replica_urls is for PostgreSQL"):
            Settings(database_url=PRIMARY, replica_urls=("sqlite:///copy",))

    @pytest.mark.parametrize("lag", ["0", "-1", "601"])
    def test_refuse_a_lag_that_is_none(self, lag: str) -> None:
        with pytest.raises(SettingsError, match="replica_lag is not between 1 and 600"):
            load({"JXC_REPLICA_LAG": lag})


class TestPosition:
    @pytest.mark.parametrize(
        ("extensions", "position"),
        [("null", 0), ("{}", 0), ('{"position": null}', 0), ('{"position": "00000016B374D848"}', 0x16B374D848)],
    )
    def test_is_read_as_an_answer_told_it(self, extensions: str, position: int) -> None:
        body = f'{{"query": "{{ a }}", "extensions": {extensions}}}'
        assert parameters_of_body(body.encode()).position == position

    @pytest.mark.parametrize(
        "position", ['"16/B374D848"', '"x"', "7", "[1]", '"00000016b374d848"', '"-000000000000001"']
    )
    def test_that_no_answer_had_is_refused(self, position: str) -> None:
        body = f'{{"query": "{{ a }}", "extensions": {{"position": {position}}}}}'
        with pytest.raises(BadRequest) as refused:
            parameters_of_body(body.encode())
        assert "`extensions.position` is none that an answer had" in refused.value.result.encode("").decode()
