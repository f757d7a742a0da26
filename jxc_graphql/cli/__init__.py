"""The command line; `jxc --help` names its commands.

What goes wrong on purpose is one line on stderr and exit status 1. Imports that take long stand in the commands.
"""

import signal
import sys

import click

from jxc_graphql import __version__
from jxc_graphql.cli import books, copies, exchange, office, schema, serving


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


for command in (
    serving.serve,
    serving.demo,
    serving.migrate,
    office.init,
    office.user,
    office.audit,
    books.import_,
    exchange.export,
    books.verify,
    books.rebuild,
    copies.backup,
    copies.restore,
    schema.print_schema,
    schema.trust,
    schema.explain,
):
    commands.add_command(command)
