"""What clients see of visits."""

from jxc_graphql.gql.declare import Node, many
from jxc_graphql.office.documents.actions import document_action, lists
from jxc_graphql.office.documents.api import Document, document, document_line
from jxc_graphql.office.documents.several import several
from tests.made_up import models, operations


@document_line(models.VisitLine)
class VisitLine(Node):
    """A line of a visit (拜访单行)."""


@document(models.Visit)
class Visit(Document, Node):
    """Visit (拜访单): goods are shown to somebody."""

    lines: list[VisitLine] = many("visit_id", order_by="line_no")
    """What is shown."""


Query = lists(Visit, VisitLine)

create_visit = document_action(operations.create_visit, Visit)
create_visits = several(create_visit, Visit)
update_visit = document_action(operations.update_visit, Visit)
submit_visit = document_action(operations.submit_visit, Visit)
approve_visit = document_action(operations.approve_visit, Visit)
reject_visit = document_action(operations.reject_visit, Visit)
cancel_visit = document_action(operations.cancel_visit, Visit)
