"""Prints (打印): documents as pages for paper, at `/print/{id}`.

| word | 中文 | here |
|---|---|---|
| print | 打印件 | a document as HTML that a browser prints; asked for by its id, with the caller's token |
| paper | 纸张 | how large a page is and how many lines it has: A4, A5, 三联 continuous paper, tickets of a till |
| sheet | 页 | one page of it, with its lines, what they come to (本页小计), and its number |
| column | 栏 | what is shown of each line |
| label | 标签 | what sticks on goods and bins: a name, a few words, a code for scanners (`labels`) |

    GET /print/{id}?paper=CONTINUOUS_140&language=zh-CN          Authorization: Bearer …
    GET /print/labels?ids=…,…&size=60x40&copies=2&format=zpl
    GET /print/{id}?format=pdf                                   the same page as a file, with the extra `pdf`

A print is the answer to a query, as a page: the query is made of the schema, for each kind of document of what there is
of it (`asked`), and goes the way of every query, so rights, scopes, budgets and deadlines are the same. What the caller
may not see is left out with its column. What goods cost us stands on no paper with a customer on it.

A kind of document that is new needs nothing here: its head and its lines have the columns that they have fields for
(`columns`). Where it is called otherwise on paper (送货单 for a shipment), `columns.TITLES` says so. A company has
papers of its own by print templates (`office/print_templates`).

Always true: every line stands on exactly one sheet, and what the sheets come to is the total; a sheet repeats head and
titles; the code in its corner is the document's id, which `node(id:)` finds. Pages load nothing and run nothing.

A file is laid out by a process of its own, which loads nothing either (`pdf`, `layout`).

Doors: `route`.
"""
