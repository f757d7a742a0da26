"""Commands about the company, who works there, and what they did."""

import sys
from datetime import datetime, timedelta

import click

from jxc_graphql.cli.terminal import load_settings, plain_errors, run, user_id

TOKEN_DAYS = 90


@click.command()
@click.option("--time-zone", help="Where midnight is, named as in the IANA database.")
@click.option("--currency", help="What all amounts are in, as ISO 4217 has it.")
@click.option("--valuation", help="MOVING_AVERAGE or FIFO, of products for which nothing is said.")
@click.option("--adjustment-threshold", help="Money up to which corrections need no approval.")
@click.option("--expiry-alert-days", help="How many days before their expiry lots are told of.")
@click.option("--dead-stock-days", help="After how many days without a sale goods are told of.")
@click.option("--books-open", "books_open_on", help="The first day that a document may be of, such as 2026-01-01.")
def init(**options: object) -> None:
    """Set the company up (公司), or again as long as nothing was recorded; print what holds."""

    async def work() -> dict[str, str]:
        from jxc_graphql.office.company import queries  # noqa: PLC0415

        return (await queries.present()).told()

    with plain_errors():
        for name, says in run(load_settings(**options), work, anew=True).items():
            click.echo(f"{name} = {says}")


@click.group()
def user() -> None:
    """Create users and tokens."""


@user.command("create")
@click.argument("username")
@click.option("--name", help="The name that others see; the user name by default.")
@click.option(
    "--role", "roles", multiple=True, default=("ADMIN",), show_default=True, help="May be given several times."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
def user_create(username: str, name: str | None, roles: tuple[str, ...], *, password_stdin: bool) -> None:
    """Create a user; asks for the password."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    if password is None and sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)

    async def work() -> None:
        from jxc_graphql.office.auth import operations as auth  # noqa: PLC0415

        call = auth.system_call()
        await auth.create_user(call, username=username, name=name or username, roles=roles, password=password)

    with plain_errors():
        run(load_settings(), work)
        click.echo(f"Created {username}.")


@user.command("token")
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option("--days", type=int, default=TOKEN_DAYS, show_default=True, help="Days until it expires.")
def user_token(username: str, name: str, days: int) -> None:
    """Make an API token for a user and print it; it is shown this once."""
    with plain_errors():
        click.echo(run(load_settings(), lambda: new_token(username, name, days)))


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first business day.")
@click.option("--through", type=click.DateTime(["%Y-%m-%d"]), help="The last business day.")
@click.option("--user", "username", help="Only what this user did.")
@click.option("--what", "names", multiple=True, help="Only this, such as LoginFailed; may be given several times.")
def audit(since: datetime | None, through: datetime | None, username: str | None, names: tuple[str, ...]) -> None:
    """Print the audit log (操作日志) as CSV, oldest first; that it was exported is recorded."""

    async def work() -> int:
        from jxc_graphql.kit import clock  # noqa: PLC0415
        from jxc_graphql.office.audit.operations import export_log  # noqa: PLC0415
        from jxc_graphql.office.auth.operations import system_call  # noqa: PLC0415

        return await export_log(
            system_call(),
            lambda line: click.echo(line, nl=False),
            since=since and clock.start_of(since.date()),
            before=through and clock.start_of(through.date() + timedelta(days=1)),
            username=username,
            names=names,
        )

    with plain_errors():
        run(load_settings(), work)


async def new_token(username: str, name: str, days: int) -> str:
    """A new API token of a user; `UsageError` for an unknown one."""
    from jxc_graphql.office.auth import operations as auth  # noqa: PLC0415

    call = auth.system_call()
    issued = await auth.create_api_token(call, user_id=await user_id(username), name=name, expires_in_days=days)
    return issued.token
