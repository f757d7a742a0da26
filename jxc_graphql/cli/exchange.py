"""Data out into files, and in from them."""

from pathlib import Path
from typing import Any

import click

from jxc_graphql.cli.terminal import load_settings, plain_errors, run, user_id, with_books


@click.command("export")
@click.argument("list_name", metavar="LIST")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file.")
@click.option("--user", "username", required=True, help="Who asks: the file shows what this user sees.")
@click.option("--columns", default="", help="Paths of fields, such as code,name,product.name; by default all values.")
@click.option("--where", help="A filter as JSON, as a client would send it.")
@click.option("--search", help="Words to look for.")
@click.option("--order-by", help="A JSON list of fields and directions.")
@click.option("--format", "file_format", type=click.Choice(["csv", "xlsx"]), help="By default what FILE ends with.")
@click.option("--language", type=click.Choice(["en", "zh-CN"]), help="Of headers; by default that of the user.")
def export(list_name: str, output: Path, username: str, columns: str, language: str | None, **told: Any) -> None:
    """Make a file of a LIST such as skus or stockLevels: CSV or XLSX, with what its query shows to a user."""

    async def work() -> int:
        from jxc_graphql import schema  # noqa: PLC0415
        from jxc_graphql.exchange.exports import drafts  # noqa: PLC0415
        from jxc_graphql.office.auth.queries import call_of_user  # noqa: PLC0415

        schema.executor(introspection=False)  # which reads the list
        call = await call_of_user(await user_id(username), locale=language)
        return await drafts.write_list(call, _asked(list_name, output, columns, call.locale, **told), output)

    with plain_errors():
        count = run(with_books(load_settings()), work)
        click.echo(f"{count} rows of {list_name} are in {output}.", err=True)


def _asked(list_name: str, output: Path, columns: str, locale: str, **told: str | None) -> Any:
    from jxc_graphql.exchange.exports.models import FileFormat  # noqa: PLC0415
    from jxc_graphql.exchange.exports.rules import AskedList, arguments_of  # noqa: PLC0415

    chosen = (told["file_format"] or output.suffix.removeprefix(".")).upper()
    if chosen not in FileFormat.__members__:
        raise click.ClickException(f"{output.name} ends neither with .csv nor with .xlsx: say --format")
    read = {"where": "where", "orderBy": "order_by"}
    arguments = {name: arguments_of(f'{{"told": {told[key]}}}')["told"] for name, key in read.items() if told[key]}
    if told["search"]:
        arguments["search"] = told["search"]
    return AskedList(
        list_name=list_name,
        columns=tuple(one.strip() for one in columns.split(",") if one.strip()),
        arguments=arguments,
        file_format=FileFormat(chosen),
        locale=locale,
    )


async def taken_in(what: str, file: Path, username: str, *, dry_run: bool, language: str | None, **told: Any) -> int:
    """Takes a file in and says what it came to; the exit status, 1 where rows were refused."""
    from jxc_graphql import schema  # noqa: PLC0415
    from jxc_graphql.exchange.exports.models import IMPORT_FILES  # noqa: PLC0415
    from jxc_graphql.exchange.imports import rules, running  # noqa: PLC0415
    from jxc_graphql.exchange.imports.kinds import ImportKind, whole  # noqa: PLC0415
    from jxc_graphql.kit.errors import reject_if  # noqa: PLC0415
    from jxc_graphql.office.auth.queries import call_of_user  # noqa: PLC0415

    if what.upper() not in ImportKind.__members__:
        raise click.ClickException(f"what is in {file.name}? One of {', '.join(ImportKind)}")
    schema.schema()  # which knows what people read for the values of enums
    call = await call_of_user(await user_id(username), locale=language)
    call.require(IMPORT_FILES)
    asked = rules.AskedImport(
        import_kind=ImportKind(what.upper()),
        mapping=dict(one.rpartition("=")[::2] for one in told["mapping"]),
        constants=dict(one.partition("=")[::2] for one in told["constants"]),
        try_only=dry_run,
        locale=call.locale,
    )
    reject_if(rules.check_asked(asked, await whole(asked.import_kind)))
    counts, refused = await running.import_whole(call, asked, file)
    would = " would be" if dry_run else ""
    done = f"{counts.created} rows{would} created, {counts.updated} updated, {counts.unchanged} unchanged"
    click.echo(f"{done}, {counts.refused} refused{f': see {refused}' if refused else ''}.", err=True)
    return 1 if refused else 0
