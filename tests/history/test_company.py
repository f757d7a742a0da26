"""Databases of releases have no company: the first process that opens one says what it is."""

from datetime import time

from jxc_graphql import wiring
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.company import queries
from jxc_graphql.office.company.settings import CompanySettings
from tests.history.test_states import jxc


async def test_a_database_of_a_release_has_one_from_its_first_start_on(old_url: str) -> None:
    async with wiring.opened(Settings(database_url=old_url)):
        ((first,),) = await db.fetch("SELECT min(business_date) FROM document")
        usual = CompanySettings()
        assert await queries.read() == usual
        assert usual.books_open_on < db.day(first)
        assert await db.fetch("SELECT name FROM journal WHERE subject_id = 1") == [("CompanySetUp",)]


async def test_what_the_first_process_was_told_can_be_put_right_before_anything_is_recorded(old_url: str) -> None:
    """A shell without the variable came first, and the server that always had it starts all the same."""
    assert jxc(old_url, "migrate").returncode == 0
    told = Settings(database_url=old_url, told={"time_zone": "America/New_York"})
    refused = jxc(old_url, "migrate", JXC_TIME_ZONE="America/New_York")
    assert (refused.returncode, "time_zone is Asia/Shanghai in the database" in refused.stderr) == (1, True)
    assert jxc(old_url, "init", "--time-zone", "America/New_York").returncode == 0
    async with wiring.opened(told):
        assert clock.calendar().zone_on(clock.day_of(clock.now())) == "America/New_York"


async def test_goods_on_the_road_are_counted_on_the_days_that_the_process_was_told(old_url: str) -> None:
    """So far from where days are usually counted that it is another day there, whenever this runs."""
    late = clock.USUAL.start_of(clock.USUAL.day_of(clock.now()), time(18)) <= clock.now()
    name = "Pacific/Kiritimati" if late else "Etc/GMT+12"
    async with wiring.opened(Settings(database_url=old_url, told={"time_zone": name})):
        moved = await db.fetch(
            "SELECT posted_at FROM stock_movement JOIN place ON place.id IN (from_place_id, to_place_id) "
            "WHERE place.kind = 'TRANSIT'"
        )
        counted = await db.fetch("SELECT DISTINCT posted_on FROM stock_day WHERE in_transit <> 0")
        there = {clock.day_of(db.moment(posted_at)) for (posted_at,) in moved}
        assert {db.day(posted_on) for (posted_on,) in counted} == there
        assert there.isdisjoint({clock.USUAL.day_of(db.moment(posted_at)) for (posted_at,) in moved})
