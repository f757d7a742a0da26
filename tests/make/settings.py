"""The settings of the company, as tests want them."""

from jxc_graphql.kit import db
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.company import operations
from jxc_graphql.office.company.settings import Choice
from jxc_graphql.office.documents import operations as numbers


async def taken_up() -> None:
    """Has this process, told nothing, go by what the database says, which says what is usual if it said nothing yet."""
    await operations.take_up(system_call(), Choice())
    await numbers.remember_rules()
    await currencies.remember_base()


@db.transactional
async def company_says(**said: str | int) -> None:
    """Has the company say so from now on, whatever people could say."""
    changes = ", ".join(f"{name} = ?" for name in said)
    await db.execute(f"UPDATE company SET version = version + 1, {changes}", [*said.values()])
