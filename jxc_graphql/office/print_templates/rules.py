"""What is right for print templates."""

from collections.abc import Iterator

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.print_templates.engine import LIMIT, check

NAME_LIMIT = 100


class PrintTemplateNameTaken(Reason, frozen=True, kw_only=True):
    """Another template has this name."""


def check_template(name: Change[str], text: Change[str]) -> Iterator[Reason]:
    """What is wrong with a template's name and text."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    wrong = list(check_text(("text",), text, limit=LIMIT, required=True))
    yield from wrong
    if text is not UNSET and not wrong:
        yield from check(text, ("text",))
