"""The one table of what belongs together across features: models, reactions to facts, the database they live in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jxc_graphql import features
from jxc_graphql.books.accounts import balances
from jxc_graphql.books.dues.facts import AllocationsReversed, DueEntered, DueReversed, DuesAllocated, DueWrittenOff
from jxc_graphql.books.goods import closing, fitness
from jxc_graphql.books.goods.facts import GOODS_MOVED, LEVELS_CHANGED
from jxc_graphql.buying.purchase_amendments.facts import PurchaseOrderAmended
from jxc_graphql.buying.purchasing.facts import PurchaseOrderCancelled
from jxc_graphql.buying.requests import ordering as requests
from jxc_graphql.insight.alerts import chores
from jxc_graphql.insight.alerts import operations as alerts
from jxc_graphql.kit import db, frame, links
from jxc_graphql.kit.db.migrate import migrate, pending
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.journal import Fact, Meaning
from jxc_graphql.kit.searching import Searched, by_columns, by_themselves, index_anew
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.catalog import searchable
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots.facts import LOT_CHANGED
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.office.approvals import chores as approval_chores
from jxc_graphql.office.approvals.facts import ApprovalDeputyDeleted, ApprovalDeputySet
from jxc_graphql.office.approvals.gate import ApprovalGate
from jxc_graphql.office.attachments import owners
from jxc_graphql.office.auth.facts import RoleSet, UserDeactivated, UserReactivated, UserRolesSet
from jxc_graphql.office.auth.operations import ensure_roles, share_places, system_call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.comments import operations as comments
from jxc_graphql.office.company import operations as company
from jxc_graphql.office.company.facts import CompanyUpdated
from jxc_graphql.office.company.settings import NAMES, read
from jxc_graphql.office.documents import changing, gates, register
from jxc_graphql.office.documents import operations as numbers
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.periods.facts import PeriodClosed, PeriodReopened
from jxc_graphql.warehousing.limits.facts import LIMITS_CHANGED
from jxc_graphql.warehousing.stocktakes import operations as stocktakes

MODEL_MODULES = (
    "jxc_graphql.kit.db.node",
    "jxc_graphql.kit.journal",
    "jxc_graphql.kit.links",
    "jxc_graphql.kit.reader",
    "jxc_graphql.kit.searching",
    "jxc_graphql.gql.wire.streams",
    *features.names("models"),
)

TOLD = NAMES
"""The settings that live in the database, which a process may be told of all the same."""

lots.when_changed(fitness.lots_changed)
company.documents_are(register.span)
company.when_set_up(register.put_in_currency)
company.when_set_up(partners.put_in_currency)
gates.guarded_by(ApprovalGate())
changing.when_opened(comments.follow_own)
owners.may_own("Product", Permission.SEE_CATALOG)
owners.may_own("Sku", Permission.SEE_CATALOG)
owners.may_own("Supplier", Permission.SEE_PARTNERS, Dimension.SUPPLIER)
owners.may_own("Customer", Permission.SEE_PARTNERS, Dimension.CUSTOMER)
for told in ("facts", "operations", "chores"):
    features.modules(told)  # a meaning stands for the facts that are known

RIGHTS_CHANGED = (UserRolesSet, UserDeactivated, UserReactivated, RoleSet, ApprovalDeputySet, ApprovalDeputyDeleted)
"""After which others may decide on what waits."""

ENTERED = (DueEntered, DueReversed, DueWrittenOff, DuesAllocated, AllocationsReversed)
"""What brings entries in accounts besides goods that move."""

EFFECTS: dict[type[Fact] | Meaning, list[frame.Effect]] = {
    LIMITS_CHANGED: [alerts.review],
    CompanyUpdated: [chores.review_anew, jobs.plan_anew],
    PeriodClosed: [closing.write_balances],
    PeriodReopened: [closing.drop_balances],
    PurchaseOrderCancelled: [requests.give_back],
    PurchaseOrderAmended: [requests.give_back],
}
"""What answers show of these facts, made in their transactions."""
frame.use_effects(EFFECTS)

REACTIONS = Reactions(
    {
        GOODS_MOVED: [alerts.review_all, stocktakes.flag_moved_goods, balances.fold_settled],
        LEVELS_CHANGED: [alerts.review_all],
        LOT_CHANGED: [alerts.review_all],
        **{fact: [balances.fold_settled] for fact in ENTERED},
        **{fact: [approval_chores.tell_anew] for fact in RIGHTS_CHANGED},
    }
)

SEARCHED = (
    by_columns("document", "number", "note"),
    by_columns("tag", "name"),
    by_columns("account", "code", "name", "name_en"),
    by_columns("category", "code", "name"),
    by_columns("product", "code", "name", "brand"),
    Searched("sku", searchable.refresh),
    by_columns("lot", "number", "note"),
    by_columns("branch", "code", "name"),
    by_columns("warehouse", "code", "name"),
    by_columns("place", "code", "name"),
    by_columns("supplier", "code", "name", "contact_name", "phone"),
    by_columns("customer", "code", "name", "contact_name", "phone"),
    by_columns("due", "reference", "note"),
    *by_themselves(features.modules("models")),
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
    await numbers.remember_rules()
    await currencies.remember_base()
    await ensure_roles(system_call())
    await links.ensure_key()
    await jobs.ensure_schedules(system_call())
    await fitness.begin_day()
    await index_anew(SEARCHED)
