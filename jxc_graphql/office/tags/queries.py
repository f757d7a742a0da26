"""Which tags there are, and which a document has."""

from collections.abc import Collection

from jxc_graphql.office.tags.models import DocumentTag, Tag


async def known(tag_ids: Collection[int]) -> set[int]:
    """Those of these tags that there are."""
    return {tag.id for tag in await Tag.filter(id__in=tag_ids).only("id")}


async def tags_of(document_id: int) -> set[int]:
    """The tags that a document has."""
    return {given.tag_id for given in await DocumentTag.filter(document_id=document_id)}
