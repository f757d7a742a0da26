"""What happens to print templates."""

from jxc_graphql.kit.journal import Fact


class PrintTemplateCreated(Fact, frozen=True, kw_only=True):
    """A print template was made."""

    print_template_id: int


class PrintTemplateUpdated(Fact, frozen=True, kw_only=True):
    """A print template has another name, paper or text."""

    print_template_id: int


class PrintTemplateDeleted(Fact, frozen=True, kw_only=True):
    """A print template is no more."""

    print_template_id: int
    name: str
