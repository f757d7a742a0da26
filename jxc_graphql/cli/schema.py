"""Commands about the schema, which need no database."""

from pathlib import Path
from typing import TextIO

import click

from jxc_graphql.cli.terminal import plain_errors


@click.command("schema")
@click.option(
    "--format",
    "form",
    type=click.Choice(["sdl", "full-sdl", "json", "possible-types", "labels"]),
    default="sdl",
    show_default=True,
    help="The definition language (full-sdl: repeats texts), introspection's answer, possibleTypes, labels of enums.",
)
@click.option("--outline", is_flag=True, help="An index instead: by feature, types with the names of their fields.")
def print_schema(form: str, *, outline: bool) -> None:
    """Print the schema."""
    from jxc_graphql import schema  # noqa: PLC0415

    click.echo(schema.FORMS["outline" if outline else form](), nl=False)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def trust(files: tuple[Path, ...]) -> None:
    """Print the operations in some GraphQL files by their hashes, for the setting trusted_documents."""
    import msgspec  # noqa: PLC0415

    from jxc_graphql.gql.wire.trusted import manifest  # noqa: PLC0415

    with plain_errors():
        click.echo(msgspec.json.format(msgspec.json.encode(manifest(files))))


@click.command()
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
