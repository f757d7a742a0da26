"""The one table of what belongs together across features: models, reactions to facts, the database they live in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jxc_graphql import features
from jxc_graphql.books.goods import closing, fitness
from jxc_graphql.books.goods.facts import GOODS_MOVED, LEVELS_CHANGED
from jxc_graphql.insight.alerts import chores
from jxc_graphql.insight.alerts import operations as alerts
from jxc_graphql.kit import db, frame
from jxc_graphql.kit.db.migrate import migrate, pending
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.journal import Fact, Meaning
from jxc_graphql.kit.searching import Searched, by_columns, index_anew
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.catalog import searchable
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.facts import LOT_CHANGED
from jxc_graphql.office.auth.operations import ensure_roles, share_places, system_call
from jxc_graphql.office.company import operations as company
from jxc_graphql.office.company.facts import CompanyUpdated
from jxc_graphql.office.company.settings import NAMES, read
from jxc_graphql.office.documents import register
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.periods.facts import PeriodClosed, PeriodReopened
from jxc_graphql.warehousing.limits.facts import LIMITS_CHANGED
from jxc_graphql.warehousing.stocktakes import operations as stocktakes

MODEL_MODULES = (
    "jxc_graphql.kit.db.node",
    "jxc_graphql.kit.journal",
    "jxc_graphql.kit.reader",
    "jxc_graphql.kit.searching",
    "jxc_graphql.gql.wire.streams",
    *features.names("models"),
)

TOLD = NAMES
"""The settings that live in the database, which a process may be told of all the same."""

lots.when_changed(fitness.lots_changed)
company.documents_are(register.span)
for told in ("facts", "operations", "chores"):
    features.modules(told)  # a meaning stands for the facts that are known

EFFECTS: dict[type[Fact] | Meaning, list[frame.Effect]] = {
    LIMITS_CHANGED: [alerts.review],
    CompanyUpdated: [chores.review_anew, jobs.plan_anew],
    PeriodClosed: [closing.write_balances],
    PeriodReopened: [closing.drop_balances],
}
"""What answers show of these facts, made in their transactions."""
frame.use_effects(EFFECTS)

REACTIONS = Reactions(
    {
        GOODS_MOVED: [alerts.review_all, stocktakes.flag_moved_goods],
        LEVELS_CHANGED: [alerts.review_all],
        LOT_CHANGED: [alerts.review_all],
    }
)

SEARCHED = (
    by_columns("document", "number", "note"),
    by_columns("category", "code", "name"),
    by_columns("product", "code", "name"),
    Searched("sku", searchable.refresh),
    by_columns("lot", "number", "note"),
    by_columns("branch", "code", "name"),
    by_columns("warehouse", "code", "name"),
    by_columns("place", "code", "name"),
    by_columns("supplier", "code", "name", "contact_name", "phone"),
    by_columns("customer", "code", "name", "contact_name", "phone"),
)
"""The tables that a search by words looks in."""


@asynccontextmanager
async def opened(settings: Settings, *, anew: bool = False, beside: bool = False) -> AsyncIterator[db.Database]:
    """The database of an installation, brought to the state of the code, for the duration of a block.

    Whoever comes first sets the company up, and where nothing was recorded, whoever asks for it `anew`. Raises
    `ToldOtherwise` where this process was told other settings than the database has. `beside` another database, work
    with this one goes through its `run`.
    """
    share_places(settings.workers)
    async with db.open(settings, MODEL_MODULES, beside=beside) as database:
        await database.run(_prepared(database, anew=anew))
        yield database


async def _prepared(database: db.Database, *, anew: bool) -> None:
    told = read(database.settings.told)
    if await pending(database):
        database.calendar = company.as_told(told).calendar  # so a release counted days, which it wrote nowhere
        await migrate(database)
    await company.take_up(system_call(), told, anew=anew)
    await ensure_roles(system_call())
    await jobs.ensure_schedules(system_call())
    await fitness.begin_day()
    await index_anew(SEARCHED)
