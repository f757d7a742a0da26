"""What clients see of print templates, and how they keep them."""

from datetime import datetime

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    told,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.office.documents.actions import delete_action
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.print_templates import facts, models, operations
from jxc_graphql.office.print_templates.paper import Paper


@entity(models.PrintTemplate, search="search_text", texts=("name",), few=True)
class PrintTemplate(Node, Versioned):
    """A print template (打印模板): how a kind of document looks on a paper, at `/print/{id}?template=…`."""

    name: str
    """Name (名称), unique."""
    document_kind: DocumentKind
    """Of which documents (单据类型)."""
    paper: Paper
    """On which paper (纸张)."""
    text: str
    """HTML with places for what a document says (模板内容); README, "On paper", has what there is."""
    created_at: datetime
    """When it was made."""


class Query:
    print_templates: Connection[PrintTemplate] = connection(order_by="name")
    """Print templates (打印模板)."""


@payload
class CreatePrintTemplatePayload:
    """The new template."""

    print_template: PrintTemplate | None
    """The template."""


@input_type
class CreatePrintTemplateInput:
    """A new template."""

    name: str
    """Name (名称), unique, up to 100 characters."""
    document_kind: DocumentKind
    """Of which documents (单据类型)."""
    paper: Paper
    """On which paper (纸张)."""
    text: str
    """HTML with places for what a document says (模板内容), up to 50,000 characters."""


@mutation(CreatePrintTemplatePayload)
async def create_print_template(call: Call, input: CreatePrintTemplateInput) -> facts.PrintTemplateCreated:
    """Say how a kind of document looks on a paper (新建打印模板)."""
    return await operations.create_print_template(call, **told(input))


@payload
class UpdatePrintTemplatePayload:
    """The template after the change."""

    print_template: PrintTemplate | None
    """The template."""


@input_type
class UpdatePrintTemplateInput:
    """What changes of a template; what is left out stays."""

    id: Id[PrintTemplate]
    """The template."""
    name: Change[str] = UNSET
    """Name (名称), unique, up to 100 characters."""
    paper: Change[Paper] = UNSET
    """On which paper (纸张)."""
    text: Change[str] = UNSET
    """HTML with places for what a document says (模板内容), up to 50,000 characters."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdatePrintTemplatePayload)
async def update_print_template(call: Call, input: UpdatePrintTemplateInput) -> facts.PrintTemplateUpdated:
    """Change a print template (修改打印模板)."""
    return await operations.update_print_template(call, **told(input, id="print_template_id"))


delete_print_template = delete_action(operations.delete_print_template, PrintTemplate)
