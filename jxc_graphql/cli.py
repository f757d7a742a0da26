"""The command line; `jxc --help` names its commands.

What goes wrong on purpose is one line on stderr and exit status 1. Imports that take long stand in the commands.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from jxc_graphql import __version__
from jxc_graphql.terminal import (
    OPEN,
    bound,
    has_users,
    load_settings,
    plain_errors,
    progress_bar,
    run,
    say,
    told,
    with_books,
)

if TYPE_CHECKING:
    from jxc_graphql.exchange.demo import Demo, Kept

T = TypeVar("T")
TOKEN_DAYS = 90


def main() -> None:
    """Runs one command."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def commands() -> None:
    """A purchase–sales–inventory (进销存) backend over GraphQL; settings: jxc.toml and JXC_… variables."""


def serving(command: Callable[..., None]) -> Callable[..., None]:
    """The options of commands that serve."""
    for option in (
        click.option("--workers", type=int, help="Processes to serve with."),
        click.option("--data-dir", type=click.Path(path_type=Path), help="Where the SQLite file lies."),
        click.option("--port", type=int, help="Port to listen on; 0 takes a free one."),
        click.option("--host", help="Address to listen on."),
    ):
        command = option(command)
    return command


@commands.command()
@serving
def serve(**options: object) -> None:
    """Migrate the database, then serve."""
    with plain_errors():
        settings = load_settings(**options)
        from jxc_graphql import serve as server  # noqa: PLC0415  (takes long to import)

        listener = bound(settings)
        is_anybody_there = run(settings, has_users)
        click.echo(f"url: {server.url(settings, listener)}")
        if not is_anybody_there:
            click.echo("There is no user yet: jxc user create NAME asks for a password to sign in with (login).")
        server.serve(settings, listener)


@commands.command()
@serving
@click.option(
    "--sample", type=click.Choice(["cn", "northwind"]), help="A Chinese wholesale shop, or Northwind Traders."
)
@click.option("--fresh", is_flag=True, help="Throw the demo that is there away, with all that was done in it.")
def demo(sample: str | None, *, fresh: bool, **options: object) -> None:
    """Migrate, load sample data that ends yesterday, and serve it with the explorer; a demo is kept until --fresh.

    Without --sample it is the Chinese shop where the language of the system is Chinese, else Northwind.
    """
    with plain_errors():
        settings = load_settings(**options, **OPEN, log_level=os.environ.get("JXC_LOG_LEVEL", "WARNING"))
        from jxc_graphql import serve as server  # noqa: PLC0415
        from jxc_graphql.exchange.demo import USER, Demo  # noqa: PLC0415

        listener, demo = bound(settings), Demo(settings)
        if fresh:
            demo.clear()
        kept = run(settings, lambda: prepare(demo, sample))
        address = server.url(settings, listener)
        click.echo(f"url: {address}#token={kept.token}\nuser: {USER}\npassword: {kept.password}\ntoken: {kept.token}")
        if not server.is_explorer_built():
            click.echo("GraphiQL comes from cdn.jsdelivr.net: `make ide` (needs Node) builds one of our own.", err=True)
        server.serve(settings, listener)


@commands.command()
def migrate() -> None:
    """Bring the database to the state of this program."""
    with plain_errors():
        run(load_settings(), nothing)
        click.echo("The database is up to date.")


@commands.command()
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


@commands.group()
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


@commands.command("import")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--user", "username", required=True, help="On whose behalf; needs the permissions for what is loaded.")
def import_(folder: Path | None, username: str) -> None:
    """Load a folder of Northwind 2007 sheets, the sample data by default; what is there already stays as it is."""
    with plain_errors():
        run(load_settings(), lambda: load_sample(username, folder))


@commands.command("import-counts")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--stocktake", "number", required=True, help="The number of the stocktake, such as ST-2026-00001.")
@click.option("--user", "username", required=True, help="Who counted; needs the permission COUNT_STOCK.")
@click.option("--sheet", "sheet_no", type=int, help="The number of the sheet they were written on.")
@click.option("--add", is_flag=True, help="Add to what was counted before, instead of replacing it.")
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
def import_counts(file: Path, username: str, **options: Any) -> None:
    """Write down the counts in a CSV file: code (SKU or barcode), quantity, place, lot, unit, serials.

    The columns may be named in Chinese (编码 or 条码, 数量, 库位, 批次, 单位, 序列号), and the file may be what a
    Chinese spreadsheet saves.
    """

    async def work() -> Any:
        from jxc_graphql.exchange import counts  # noqa: PLC0415
        from jxc_graphql.office.auth.queries import call_of_user  # noqa: PLC0415

        return await counts.import_counts(await call_of_user(await user_id(username)), file, **options)

    with plain_errors():
        summary = run(load_settings(), work)
        click.echo("\n".join(summary.told()), err=bool(summary.refused))
        sys.exit(1 if summary.refused else 0)


@commands.command()
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


@commands.command("schema")
@click.option(
    "--format",
    "form",
    type=click.Choice(["sdl", "json", "possible-types"]),
    default="sdl",
    show_default=True,
    help="The definition language, what introspection answers, or what Apollo's cache takes as possibleTypes.",
)
def print_schema(form: str) -> None:
    """Print the schema."""
    from jxc_graphql import schema  # noqa: PLC0415

    printed = {"sdl": schema.sdl, "json": schema.introspection, "possible-types": schema.possible_types}[form]()
    click.echo(printed, nl=False)


@commands.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def trust(files: tuple[Path, ...]) -> None:
    """Print the operations in some GraphQL files by their hashes, for the setting trusted_documents."""
    import msgspec  # noqa: PLC0415

    from jxc_graphql.gql.wire.trusted import manifest  # noqa: PLC0415

    with plain_errors():
        click.echo(msgspec.json.format(msgspec.json.encode(manifest(files))))


@commands.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--operation", help="Which of its operations, where it has several.")
@click.option("--variables", default="{}", help="The variables, as JSON.")
@click.option("--dialect", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True)
@click.option("--scoped", is_flag=True, help="For somebody whose scope is restricted, instead of an administrator.")
def explain(file: TextIO, operation: str | None, variables: str, dialect: str, *, scoped: bool) -> None:
    """Print how a GraphQL operation is answered: levels, columns, statements, and the functions that shape rows."""
    import msgspec  # noqa: PLC0415

    from jxc_graphql import schema  # noqa: PLC0415
    from jxc_graphql.gql.run.result import Refused  # noqa: PLC0415
    from jxc_graphql.kit.call import Call  # noqa: PLC0415
    from jxc_graphql.office.auth.permissions import Dimension, Permission  # noqa: PLC0415

    scopes: dict[str, frozenset[int]] = {one: frozenset() for one in Dimension if scoped}
    call = Call(actor_id=0, permissions=frozenset(Permission), scopes=scopes)
    executor = schema.executor(introspection=True)
    try:
        prepared = executor.prepare(file.read(), operation)
        for line in executor.explain(prepared, msgspec.json.decode(variables), call, dialect):
            click.echo(line)
    except Refused as refused:
        raise click.ClickException("; ".join(one["message"] for one in refused.result.errors or ())) from None
    except msgspec.DecodeError as error:
        raise click.ClickException(f"--variables: {error}") from None


@commands.command()
def verify() -> None:
    """Finish what reacts to facts, then compare the books with the ledger; exit status 1 when they differ."""

    async def work() -> tuple[int, int]:
        from jxc_graphql import wiring  # noqa: PLC0415
        from jxc_graphql.insight.verification import queries  # noqa: PLC0415

        await wiring.REACTIONS.settle()
        found = 0
        with progress_bar() as bar:
            task = bar.add_task("Verifying")
            async for progress in queries.verify():
                bar.update(task, description=progress.check, completed=progress.done, total=progress.of)
                for each in progress.differences:
                    click.echo(f"{each.what} {each.key}: expected {each.expected}, found {each.actual}")
                found += len(progress.differences)
        return found, await queries.documents_in_the_wrong()

    with plain_errors():
        found, documents = run(with_books(load_settings()), work)
        if documents:
            click.echo(f"For {documents} orders and transfers not what their turn gives them is kept: jxc rebuild.")
        click.echo(f"{found} differences." if found else "Everything agrees with the ledger.")
        sys.exit(1 if found else 0)


@commands.command()
@click.option("--promises", is_flag=True, help="Only what is kept for whom, and what of the goods may be sold.")
def rebuild(*, promises: bool) -> None:
    """Make levels, promises, days, cost layers and counters agree with the ledger again; record what was repaired."""

    async def work() -> tuple[int, int]:
        from jxc_graphql import wiring  # noqa: PLC0415
        from jxc_graphql.books.goods import impossible  # noqa: PLC0415
        from jxc_graphql.insight.verification import operations  # noqa: PLC0415
        from jxc_graphql.office.auth.operations import system_call  # noqa: PLC0415

        rows = documents = 0
        with progress_bar() as bar:
            task = bar.add_task("Rebuilding")
            async for progress in operations.rebuild_books(system_call(), only_promises=promises):
                bar.update(task, completed=progress.skus, total=progress.of)
                rows, documents = progress.rows, progress.documents
            await wiring.REACTIONS.settle()
        for each in await impossible.differences():
            click.echo(f"{each.key}: {each.actual}. Movements are never changed: this day of the past stays so.")
        return rows, documents

    with plain_errors():
        rows, documents = run(with_books(load_settings()), work)
        click.echo(f"{rows} rows repaired." if rows else "Everything agreed with the ledger.")
        if documents:
            click.echo(f"For {documents} orders and transfers something else is kept than before.")


async def nothing() -> None:
    """For commands that only open the database, which migrates it."""


async def new_token(username: str, name: str, days: int) -> str:
    """A new API token of a user; `UsageError` for an unknown one."""
    from jxc_graphql.office.auth import operations as auth  # noqa: PLC0415

    call = auth.system_call()
    issued = await auth.create_api_token(call, user_id=await user_id(username), name=name, expires_in_days=days)
    return issued.token


async def user_id(username: str) -> int:
    """The id of an active user."""
    from jxc_graphql.office.auth.queries import user_id_of  # noqa: PLC0415

    found = await user_id_of(username)
    if found is None:
        raise click.ClickException(f"there is no active user {username}")
    return found


async def prepare(demo: "Demo", sample: str | None) -> "Kept":
    """Sees to it that the demo is there; says on stderr what was loaded."""
    from jxc_graphql import wiring  # noqa: PLC0415
    from jxc_graphql.exchange.demo import Sample, usual_sample  # noqa: PLC0415

    asked = Sample(sample) if sample else None
    with told() as report:
        kept, summary = await demo.prepare(asked, usual_sample(os.environ), report)
    await wiring.REACTIONS.settle()
    if summary:
        say(summary)
    return kept


async def load_sample(username: str, folder: Path | None) -> None:
    """Loads sheets on a user's behalf, lets every reaction happen, and says on stderr what could not be loaded."""
    from jxc_graphql import wiring  # noqa: PLC0415
    from jxc_graphql.exchange import northwind, operations  # noqa: PLC0415
    from jxc_graphql.office.auth.queries import call_of_user  # noqa: PLC0415

    call = await call_of_user(await user_id(username))
    with told() as report:
        summary = await operations.load(call, report, folder or northwind.SAMPLE)
    await wiring.REACTIONS.settle()
    say(summary)
