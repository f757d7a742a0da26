"""Own fields (自定义字段): what a company says of its documents and master data besides what everybody has.

| word | 中文 | here |
|---|---|---|
| own field | 自定义字段 | a code and a name for things of one kind, and of which type its values are |
| own value | 自定义值 | what one thing says in one field |
| type | 类型 | text, number, money, date, choice or reference (`rules.read` says how each is written) |

Tables: `own_field`, `own_field_value`.

A field is of one kind of things: any kind of document, as its declaration alone says, SKUs, products, suppliers or
customers. Its kind, code and type never change; a code has one type whatever it is of, so that `documents` can be
sorted by it. What is not active is not filled in any more; what was filled in stays, and stands in filters.

Each value is kept twice: as it is read, and as a text in whose order values are (`rules.in_order`), one letter for the
type first. So one index leads to all of them, and lists need not know of which type a field is (`gql.plan.coded`).

Who sees a thing sees its values; a reference to what he does not see is null. Filling in makes the next version of the
thing and takes SET_OWN_FIELDS besides what changing the thing takes. It is done with the form that makes or changes the
thing (`documents.said`), whatever its kind, or alone (`set_own_fields`). What is required is asked for when a document
leaves its draft (`needs`), in the statement that takes hold of it, and cannot be cleared afterwards. Master data have
no draft: they are made with what is required (`filling.fill_in_new`), by forms, by `generateSkus`, all of whose SKUs
say the same, and by imports, whose files have a column for each own field. What was made before a field was required
says nothing in it until somebody fills it in. A copy of a document says what that says
(`queries.to_fill_in_again`), but for what its maker could not fill in today, which is left out.

Always true: a value is of a field of the kind of its thing, once; what it refers to is there and cannot be deleted;
values go with what they are about (`references.goes_with`).

Facts: `OwnFieldCreated`, `OwnFieldUpdated`, `OwnFieldDeleted`; `OwnFieldsSet` stands in the history of what has them,
with the values before and after, which timelines show, and tells those who follow a document that it was updated.

Doors: `models`, `operations`, `queries`, `rules`.
"""
