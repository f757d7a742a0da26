"""Commands about copies of the database: a backup, and what is made of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jxc_graphql.cli.books import compare
from jxc_graphql.cli.terminal import load_settings, plain_errors, run, with_books

if TYPE_CHECKING:
    from jxc_graphql.kit.settings import Settings
    from jxc_graphql.office.company.facts import CopyBegan


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write all that the database holds into a new file, also while servers write.

    Of SQLite it is a database itself, of PostgreSQL what pg_dump writes; only its owner can read it. Nothing is
    migrated: back up with the new program before you upgrade, or with the old one. Attachments lie in a folder of
    files beside it or in a bucket, which is copied by other means.
    """
    with plain_errors():
        from jxc_graphql.kit.db import copies  # noqa: PLC0415

        settings = with_books(load_settings())
        copies.back_up(settings.straight_url, file)
        click.echo(f"Backed up to {file}: {file.stat().st_size:,} bytes.")
        if settings.files_url:
            click.echo(f"The files in {settings.files_url} are not in it: have the bucket copied, see docs/backup.md.")
        elif settings.files.is_dir():
            click.echo(f"The files in {settings.files} are not in it: copy that folder now, as docs/backup.md has it.")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--in-its-place", is_flag=True, help="The original is gone for good: programs keep their tokens.")
@click.option("--is-there", is_flag=True, help="The database was restored by other means: only have it begin anew.")
def restore(file: Path | None, *, in_its_place: bool, is_there: bool) -> None:
    """Make a database of a backup, where nothing is yet, bring it to the state of this program, and verify it.

    Nobody is signed in to it. Unless --in-its-place, its original may go on: the two never make the same id. Lay the
    folder of files there before: what of them is missing is told with all else that differs.
    """
    if is_there == bool(file):
        raise click.UsageError("Name a file, or say --is-there.")
    with plain_errors():
        from msgspec import structs  # noqa: PLC0415

        from jxc_graphql.kit.db import copies  # noqa: PLC0415

        settings = load_settings()
        if file is None:
            began = begin(with_books(settings), in_its_place=in_its_place)
        else:
            with copies.laid(settings.straight_url, file) as there:
                began = begin(structs.replace(settings, database_url=there), in_its_place=in_its_place)
        click.echo(f"Restored; {began.tokens_ended} tokens ended: everybody signs in anew.")
        compare(settings)


def begin(settings: "Settings", *, in_its_place: bool) -> "CopyBegan":
    """Has a copy go its own way."""
    from jxc_graphql.kit.db import copies  # noqa: PLC0415
    from jxc_graphql.office.auth.operations import system_call  # noqa: PLC0415
    from jxc_graphql.office.company import copies as copies_of_company  # noqa: PLC0415

    is_parted = copies.part_nodes(settings.straight_url, in_its_place=in_its_place)

    async def work() -> "CopyBegan":
        return await copies_of_company.begin(system_call(), in_its_place=in_its_place)

    began = run(settings, work)
    if not is_parted:
        copies.part_nodes(settings.straight_url, in_its_place=in_its_place)
    return began
