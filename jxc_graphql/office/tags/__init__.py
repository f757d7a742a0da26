"""Tags (标签): words of the company's own by which documents of all kinds are told apart and found.

| word | 中文 | here |
|---|---|---|
| tag | 标签 | a name and a colour; whoever keeps them up makes, renames and deletes them |
| tagged | 打标签 | that a document has a tag, and who gave it |

Tables: `tag`, `document_tag`.

A tag is seen by all who are signed in; that a document has it by those who see the document (`hides_row`). A tag that
some document has cannot be deleted: `InUseError` names the first of those that the caller sees.

`documents(search:)` finds documents by the names of their tags as well, however these are typed;
`documents(where: {tags: {tag: {name: …}}})` by these alone, `{tags: {tagId: …}}` by ids.

Always true: names of tags are unique; a document has a tag once, and not more than twenty.

Facts: `TagCreated`, `TagUpdated`, `TagDeleted`; `DocumentTagged` stands in the timeline of its document.
"""
