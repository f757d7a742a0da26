"""What clients see and do about attachments."""

from collections.abc import AsyncIterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    batched,
    column,
    connection,
    entity,
    extends,
    input_type,
    mutation,
    payload,
)
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import links
from jxc_graphql.kit.call import Call
from jxc_graphql.office.attachments import models, operations, queries
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.documents.actions import document_action
from jxc_graphql.office.documents.api import Document


@entity(models.Attachment)
class Attachment(Node):
    """An attachment (附件): a file of a document, a product, a SKU, a supplier or a customer, for all who see that."""

    document: Document | None = column(hides_row=True)
    """The document that it is attached to; null where it is something else."""
    name: str
    """The name under which it is saved."""
    media_type: str
    """What it is, by what is in it, such as `image/png` or `application/pdf`."""
    size: int
    """How many bytes it has."""
    hash: str
    """SHA-256 of what is in it, in hexadecimal digits."""
    url: str | None = batched(queries.urls, "id", "deleted_at")
    """A path that saves it for five minutes, by the viewer's rights as they are by then; null once it is deleted."""
    created_by: User
    """Who attached it."""
    created_at: datetime
    """When."""
    deleted_by: User | None
    """Who deleted it; null where it is there."""
    deleted_at: datetime | None
    """When it was deleted; null where it is there. Its row stays, its file goes."""


@extends(Document)
class Attached:
    """What every document has of it."""

    attachments: Connection[Attachment] = connection("document_id", order_by="position")
    """Its files (附件)."""


@input_type
class RequestUploadInput:
    """For what a file is, and how it is called."""

    owner_id: Id[Any]
    """A document, a product, a SKU, a supplier or a customer."""
    name: str
    """Its name, up to 200 characters, with the ending of what is in it.

    Admitted are .png .jpg .webp .gif .heic, .pdf, .docx .xlsx .pptx, .txt and .csv.
    """


@payload
class RequestUploadPayload:
    """Where to send the file."""

    upload_url: str | None
    """A path to which it is sent by PUT within five minutes, once."""
    most_bytes: int | None
    """How many bytes it may have."""


class UploadOpened(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file can be sent."""

    upload_url: str
    most_bytes: int


@mutation(RequestUploadPayload)
async def request_upload(call: Call, input: RequestUploadInput) -> UploadOpened:
    """Asks for a link to send a file to, which is attached when it is there (上传附件)."""
    fact = await operations.request_upload(call, owner=input.owner_id, name=input.name)  # type: ignore[arg-type]
    (url,) = (await links.signed("upload", call.actor_id or 0, [fact.upload_id])).values()
    most, _ = await queries.most_bytes()
    return UploadOpened(upload_url=url, most_bytes=most)


update_attachment = document_action(operations.update_attachment, Attachment)
delete_attachment = document_action(operations.delete_attachment, Attachment)

links.opens("attachment")(operations.opened)


@links.takes("upload")
async def take_upload(user_id: int, upload_id: int, chunks: AsyncIterable[bytes]) -> Mapping[str, Any]:
    """Attaches what is sent to a link, and says what it is now."""
    fact = await operations.receive(user_id, upload_id, chunks)
    return {"attachmentId": global_id("Attachment", fact.attachment_id), "size": fact.size}
