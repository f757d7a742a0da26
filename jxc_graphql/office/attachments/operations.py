"""Attaching files: a link to send one to is asked for, the file is sent there, and it is attached."""

import asyncio
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Annotated, Any

import msgspec

from jxc_graphql.kit import db, frame
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.files import KeptFile
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.links import Download
from jxc_graphql.office.attachments import facts, owners, queries, rules
from jxc_graphql.office.attachments.models import ATTACH_FILES, FILES, LOCK, Attachment, Upload
from jxc_graphql.office.auth import queries as auth
from jxc_graphql.office.documents.posting import posting


@posting(ATTACH_FILES)
async def request_upload(call: Call, *, owner: tuple[str, int], name: str) -> facts.UploadRequested:
    """Asks for a link to which a file can be sent, for something that the caller sees: its type, and its id.

    Raises `NotFound` where he sees no such thing, and `Rejected` for a name that is none of a file.
    """
    reject_if(rules.check_name(name))
    found = await owners.owner(call, *owner, ("owner_id",))
    assert call.actor_id is not None
    told = {"owner_column": found.column, "owner_id": found.id, "name": name.strip()}
    upload = Upload(user_id=call.actor_id, created_at=call.at, **told)
    await upload.save(force_create=True)
    return facts.UploadRequested(owner_id=found.id, upload_id=upload.id)


async def receive(user_id: int, upload_id: int, chunks: AsyncIterable[bytes]) -> facts.AttachmentAdded:
    """Takes the file that was sent to a link, and attaches it, by the rights that the user has now.

    Raises `Unauthenticated` and `Forbidden`; `NotFound` where the link was used, or he does not see any more what it is
    for; `FileTooLarge`; and `Rejected` for a file that is empty or not admitted, or where there is no room for it.
    """
    call = await auth.call_of_user(user_id)
    call.require(ATTACH_FILES)
    upload = await _upload(call, upload_id)
    most, _ = await queries.most_bytes()
    draft = await FILES.received(chunks, most=most)
    try:
        kept = await FILES.weighed(draft)
        reject_if([rules.FileEmpty()] if not kept.size else [])
        found = await asyncio.to_thread(rules.media_type, draft)
        reject_if(rules.check_type(upload.name, found))
        assert found is not None
        reject_if(await _no_room(kept))
        await FILES.put_ahead(draft, kept)
        return await _attach(call, upload_id, draft=draft, kept=kept, media_type=found)
    finally:
        draft.unlink(missing_ok=True)


async def _upload(call: Call, upload_id: int, *, lock: bool = False) -> Upload:
    uploads = Upload.select_for_update() if lock else Upload
    upload = await uploads.get_or_none(id=upload_id)
    if upload is None or upload.user_id != call.actor_id or not await owners.is_seen(call, upload.owner):
        raise NotFound(UnknownId(kind="Attachment"))
    return upload


@frame.recorded
async def _attach(call: Call, upload_id: int, *, draft: Path, kept: KeptFile, media_type: str) -> facts.AttachmentAdded:
    """Gives the file its name and its row. A process that dies between the two leaves a file that no row names."""
    await db.hold(LOCK)
    upload = await _upload(call, upload_id, lock=True)
    reject_if(await _no_room(kept))
    owner = upload.owner
    attachment = Attachment(
        **{owner.column: owner.id}, name=upload.name, media_type=media_type, size=kept.size, hash=kept.hash,
        created_by_id=upload.user_id, created_at=call.at,
    )  # fmt: skip
    attachment.position = attachment.id
    await FILES.put(draft, kept)
    await attachment.save(force_create=True)
    await upload.delete()
    return facts.AttachmentAdded(owner_id=owner.id, attachment_id=attachment.id, size=kept.size)


async def _no_room(kept: KeptFile) -> list[Reason]:
    _, most = await queries.most_bytes()
    if await queries.named([kept.hash]) or await queries.total_size() + kept.size <= most:
        return []
    return [rules.FilesFull(limit=most)]


async def opened(user_id: int, attachment_id: int) -> Download:
    """The file of an attachment, for a user by the rights that he has now.

    Raises `Unauthenticated` where he is not active any more, and `NotFound` where he does not see what has it any more,
    or it was deleted.
    """
    call = await auth.call_of_user(user_id)
    attachment = await Attachment.get_or_none(id=attachment_id, deleted_at__isnull=True)
    if attachment is None or not await owners.is_seen(call, attachment.owner):
        raise NotFound(UnknownId(kind="Attachment"))
    file = await FILES.found(attachment.hash)
    return Download(file=file, name=attachment.name, media_type=attachment.media_type)


@posting(ATTACH_FILES)
async def update_attachment(
    call: Call,
    *,
    attachment_id: int,
    name: Annotated[Change[str], "Its name from now on, which ends as before, up to 200 characters."] = UNSET,
    is_first: Annotated[bool, "Whether it comes first from now on: of a product it is its picture."] = False,
) -> facts.AttachmentUpdated:
    """Renames an attachment, or has it come first (修改附件).

    Raises `NotFound` and `Rejected`.
    """
    reject_if(rules.check_name(name))
    attachment = await _attachment(call, attachment_id)
    wanted: dict[str, Any] = {}
    if name is not UNSET and name.strip() != attachment.name:
        wrong = rules.check_type(name.strip(), attachment.media_type)
        reject_if([msgspec.structs.replace(one, path=("name",)) for one in wrong])
        wanted["name"] = name.strip()
    if is_first and (first := await _first_position(attachment)) is not None:
        wanted["position"] = first
    fact = facts.AttachmentUpdated(owner_id=attachment.owner.id, attachment_id=attachment_id)
    if not wanted:
        raise Unchanged(fact)
    await attachment.update_from_dict(wanted).save(update_fields=[*wanted])
    return fact


async def _first_position(attachment: Attachment) -> int | None:
    """The place before all others of the same thing; None where it has that already."""
    of_it = Attachment.filter(**{attachment.owner.column: attachment.owner.id})
    first = await of_it.order_by("position", "id").first()
    return None if first is None or first.id == attachment.id else first.position - 1


@posting(ATTACH_FILES)
async def delete_attachment(call: Call, *, attachment_id: int) -> facts.AttachmentDeleted:
    """Deletes an attachment (删除附件): who did and when stays; its bytes go when nothing else has the same.

    Raises `NotFound` and `Rejected`.
    """
    attachment = await _attachment(call, attachment_id)
    gone = {"deleted_at": call.at, "deleted_by_id": call.actor_id}
    await attachment.update_from_dict(gone).save(update_fields=[*gone])
    return facts.AttachmentDeleted(owner_id=attachment.owner.id, attachment_id=attachment_id)


async def _attachment(call: Call, attachment_id: int) -> Attachment:
    attachment = await Attachment.select_for_update().get_or_none(id=attachment_id)
    if attachment is None or not await owners.is_seen(call, attachment.owner):
        raise NotFound(UnknownId(path=("attachment_id",), kind="Attachment"))
    reject_if([] if attachment.deleted_at is None else [rules.AttachmentGone(path=("attachment_id",))])
    return attachment
