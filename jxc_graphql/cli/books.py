"""Commands about goods and the books: what is loaded, and whether everything agrees."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jxc_graphql.cli import exchange
from jxc_graphql.cli.terminal import load_settings, plain_errors, progress_bar, run, say, told, user_id, with_books

if TYPE_CHECKING:
    from jxc_graphql.kit.settings import Settings


@click.command("import")
@click.argument("what", required=False, metavar="[KIND | FOLDER]")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--user", "username", required=True, help="On whose behalf; needs the permissions for what is loaded.")
@click.option("--dry-run", is_flag=True, help="Only say what would come of a FILE.")
@click.option("--map", "mapping", multiple=True, metavar="HEADER=COLUMN", help="Which column a header stands for.")
@click.option("--set", "constants", multiple=True, metavar="COLUMN=VALUE", help="What a column says in every row.")
@click.option("--language", type=click.Choice(["en", "zh-CN"]), help="Of reasons; by default that of the user.")
def import_(what: str | None, file: Path | None, username: str, **told: Any) -> None:
    """Take in the rows of a FILE, CSV or a workbook, of a KIND such as SKUS or SUPPLIERS (a wrong KIND names them all).

    Rows that are wrong go into FILE-refused.xlsx, with cell and reason. Without a FILE: load a FOLDER of Northwind 2007
    sheets, the sample data by default, or of the classic Northwind; what is there already stays as it is.
    """
    with plain_errors():
        if file is None:
            run(load_settings(), lambda: load_sample(username, Path(what) if what else None))
        else:
            sys.exit(run(with_books(load_settings()), lambda: exchange.taken_in(what or "", file, username, **told)))


@click.command()
def verify() -> None:
    """Finish what reacts to facts, then compare the books with the ledger; exit status 1 when they differ."""
    with plain_errors():
        compare(with_books(load_settings()))


def compare(settings: "Settings") -> None:
    """Says what differs from the ledger, and ends the program with status 1 if anything does."""

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

    found, documents = run(settings, work)
    if documents:
        click.echo(f"For {documents} orders and transfers not what their turn gives them is kept: jxc rebuild.")
    click.echo(f"{found} differences." if found else "Everything agrees with the ledger.")
    sys.exit(1 if found else 0)


@click.command()
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


async def load_sample(username: str, folder: Path | None) -> None:
    """Loads sheets on a user's behalf, lets every reaction happen, and says on stderr what could not be loaded."""
    from jxc_graphql import wiring  # noqa: PLC0415
    from jxc_graphql.exchange import classic, northwind, operations  # noqa: PLC0415
    from jxc_graphql.office.auth.queries import call_of_user  # noqa: PLC0415

    call = await call_of_user(await user_id(username))
    with told() as report:
        if folder is not None and classic.is_classic(folder):
            summary = await classic.load(call, report, folder)
        else:
            summary = await operations.load(call, report, folder or northwind.SAMPLE)
    await wiring.REACTIONS.settle()
    say(summary)
