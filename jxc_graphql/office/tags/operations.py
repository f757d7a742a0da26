"""Making tags, and giving them to documents."""

from collections.abc import Sequence
from typing import Annotated

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, save, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.kit.text import CodeTaken, unique
from jxc_graphql.office.documents import references, sight
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.tags import facts, queries, rules
from jxc_graphql.office.tags.models import MANAGE_TAGS, TAG_DOCUMENTS, DocumentTag, Tag


@posting(MANAGE_TAGS)
async def create_tag(call: Call, *, name: str, color: str = rules.GREY) -> facts.TagCreated:
    """Makes a tag (新建标签).

    Raises `Rejected` where another one has its name.
    """
    reject_if(rules.check_tag(name, color))
    tag = Tag(name=name.strip(), color=color.lower(), search_text=search_text(name), updated_at=call.at)
    async with unique(Tag, CodeTaken(path=("name",), taken=tag.name), own_id=None, name=tag.name):
        await tag.save(force_create=True)
    return facts.TagCreated(tag_id=tag.id)


@posting(MANAGE_TAGS)
async def update_tag(
    call: Call,
    *,
    tag_id: int,
    name: Change[str] = UNSET,
    color: Change[str] = UNSET,
    expected_version: int | None = None,
) -> facts.TagUpdated:
    """Renames a tag or gives it another colour (修改标签); documents that have it keep it."""
    reject_if(rules.check_tag(name, color))
    tag, fact = await Tag.select_for_update().get_or_none(id=tag_id), facts.TagUpdated(tag_id=tag_id)
    if tag is None:
        raise NotFound(UnknownId(path=("tag_id",), kind="Tag"))
    wanted = color if color is UNSET else color.lower()
    changes = to_change(tag, fact, expected_version, name=name, color=wanted)
    taken = changes.get("name", tag.name)
    if "name" in changes:
        changes["search_text"] = search_text(taken)
    async with unique(Tag, CodeTaken(path=("name",), taken=taken), own_id=tag_id, name=taken):
        await save(tag, call, changes)
    return fact


@posting(MANAGE_TAGS)
async def delete_tag(call: Call, *, tag_id: int, expected_version: int | None = None) -> facts.TagDeleted:
    """Deletes a tag that no document has (删除标签)."""
    gone = await references.delete(call, Tag, tag_id, ("tag_id",), expected_version=expected_version)
    return facts.TagDeleted(tag_id=tag_id, name=gone.name)


@posting(TAG_DOCUMENTS)
async def tag_document(
    call: Call,
    *,
    document_id: int,
    add_tag_ids: Annotated[Sequence[int], "Tags that it has from now on; at most 20 in all."] = (),
    remove_tag_ids: Annotated[Sequence[int], "Tags that it has no longer."] = (),
) -> facts.DocumentTagged:
    """Gives tags to a document and takes others away (打标签); what is so already stays.

    Raises `NotFound` where the caller sees no such document, and `Rejected` for tags that there are not, or too many.
    """
    await sight.seen(call, document_id, ("document_id",))
    there = await queries.known({*add_tag_ids, *remove_tag_ids})
    reject_if(
        UnknownId(path=(path, index), kind="Tag")
        for path, ids in (("add_tag_ids", add_tag_ids), ("remove_tag_ids", remove_tag_ids))
        for index, tag_id in enumerate(ids)
        if tag_id not in there
    )
    before = await queries.tags_of(document_id)
    removed = sorted(before.intersection(remove_tag_ids))
    added = sorted({*add_tag_ids} - before - {*remove_tag_ids})
    fact = facts.DocumentTagged(document_id=document_id, added_ids=tuple(added), removed_ids=tuple(removed))
    if not (added or removed):
        raise Unchanged(fact)
    too_many = len(before) - len(removed) + len(added) > rules.MOST_TAGS
    reject_if([rules.TooManyTags(path=("add_tag_ids",), limit=rules.MOST_TAGS)] if too_many else [])
    await DocumentTag.filter(document_id=document_id, tag_id__in=removed).delete()
    _add(call, document_id, added)
    return fact


def _add(call: Call, document_id: int, tag_ids: Sequence[int]) -> None:
    """Whoever comes second finds that the document has them."""
    given = {"document_id": document_id, "added_by_id": call.actor_id, "added_at": call.at}
    rows = [DocumentTag(tag_id=tag_id, **given) for tag_id in tag_ids]
    if not rows:
        return
    columns = db.columns_of(DocumentTag)
    names = ", ".join(columns)
    db.later(
        f"INSERT INTO document_tag ({names}) SELECT {names} FROM {db.rows(columns)} AS line "  # noqa: S608  (our own)
        "WHERE true ON CONFLICT (document_id, tag_id) DO NOTHING",
        (db.json(map(db.values_of, rows)),),
    )
