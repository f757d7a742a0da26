"""Commands that serve, and what brings a database to where it can be served."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jxc_graphql.cli.terminal import OPEN, bound, has_users, load_settings, plain_errors, run, say, told

if TYPE_CHECKING:
    from jxc_graphql.exchange.demo import Demo, Kept


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


@click.command()
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


@click.command()
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


@click.command()
def migrate() -> None:
    """Bring the database to the state of this program."""
    with plain_errors():
        run(load_settings(), nothing)
        click.echo("The database is up to date.")


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


async def nothing() -> None:
    """For commands that only open the database, which migrates it."""
