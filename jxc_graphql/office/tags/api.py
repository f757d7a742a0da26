"""What clients see and do about tags."""

from datetime import datetime

from jxc_graphql.gql.declare import Connection, Node, Versioned, column, connection, entity, extends, many
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.documents.actions import delete_action, document_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.tags import models, operations


@entity(models.Tag, search="search_text", texts=("name",))
class Tag(Node, Versioned):
    """A tag (标签): a word of the company's own by which documents are told apart."""

    name: str
    """Name (名称), up to 40 characters, unique."""
    color: str
    """Its colour (颜色), such as `#d97706`."""


@entity(models.DocumentTag)
class DocumentTag(Node):
    """That a document has a tag (打标签)."""

    document: Document = column(hides_row=True)
    """The document."""
    tag: Tag
    """The tag."""
    added_by: User
    """Who gave it."""
    added_at: datetime
    """When."""


@extends(Document)
class Tagged:
    """What every document has of it."""

    tags: list[DocumentTag] = many("document_id")
    """Its tags (标签), at most 20."""


class Query:
    tags: Connection[Tag] = connection(order_by="name")
    """Tags (标签) by name."""


create_tag = document_action(operations.create_tag, Tag)
update_tag = document_action(operations.update_tag, Tag)
delete_tag = delete_action(operations.delete_tag, Tag)
tag_document = document_action(operations.tag_document, Document, add_tag_ids=Tag, remove_tag_ids=Tag)
