"""Writes of print templates; each requires MANAGE_PRINT_TEMPLATES and returns its fact."""

from contextlib import AbstractAsyncContextManager

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, save, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.text import unique
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.models import DocumentKind
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.print_templates import facts, rules
from jxc_graphql.office.print_templates.models import MANAGE_PRINT_TEMPLATES, PrintTemplate
from jxc_graphql.office.print_templates.paper import Paper


@posting(MANAGE_PRINT_TEMPLATES)
async def create_print_template(
    call: Call, *, name: str, document_kind: DocumentKind, paper: Paper, text: str
) -> facts.PrintTemplateCreated:
    """Says how a kind of document looks on a paper."""
    reject_if(rules.check_template(name, text))
    template = PrintTemplate(
        name=name.strip(), document_kind=document_kind, paper=paper, text=text, created_at=call.at, updated_at=call.at
    )
    async with _alone(template, template.name):
        await template.save(force_create=True)
    return facts.PrintTemplateCreated(print_template_id=template.id)


@posting(MANAGE_PRINT_TEMPLATES)
async def update_print_template(
    call: Call,
    *,
    print_template_id: int,
    name: Change[str] = UNSET,
    paper: Change[Paper] = UNSET,
    text: Change[str] = UNSET,
    expected_version: int | None = None,
) -> facts.PrintTemplateUpdated:
    """Changes name, paper or text of a template."""
    reject_if(rules.check_template(name, text))
    template = await PrintTemplate.select_for_update(no_key=True).get_or_none(id=print_template_id)
    if template is None:
        raise NotFound(UnknownId(path=("print_template_id",), kind="PrintTemplate"))
    fact = facts.PrintTemplateUpdated(print_template_id=print_template_id)
    changes = to_change(template, fact, expected_version, name=name, paper=paper, text=text)
    async with _alone(template, changes.get("name", template.name)):
        await save(template, call, changes)
    return fact


@posting(MANAGE_PRINT_TEMPLATES)
async def delete_print_template(
    call: Call, *, print_template_id: int, expected_version: int | None = None
) -> facts.PrintTemplateDeleted:
    """Deletes a print template (删除打印模板)."""
    gone = await references.delete(
        call, PrintTemplate, print_template_id, ("print_template_id",), expected_version=expected_version
    )
    return facts.PrintTemplateDeleted(print_template_id=print_template_id, name=gone.name)


def _alone(template: PrintTemplate, name: str) -> AbstractAsyncContextManager[None]:
    """While it is written no other template has its name."""
    return unique(PrintTemplate, rules.PrintTemplateNameTaken(path=("name",)), own_id=template.id, name=name)
