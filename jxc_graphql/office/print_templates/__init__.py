"""Print templates (打印模板): how a company has its own papers look.

| word | 中文 | here |
|---|---|---|
| print template | 打印模板 | the HTML of a kind of document on a paper, with places for what the document says |
| paper | 纸张 | how large a page is, and how many lines it has |

A template is Jinja text: `{{ document.number }}`, `{% for line in lines %} … {% endfor %}`, `{% if … %}`. It is given
what a print of ours is given (`prints`): `title`, `company`, `document` and `lines` as the API has them, `head`,
`columns`, `sheets` with their `rows` and `sums`, `sums`, `in_words`, `code` (the square with the document's id),
`words`, `size`. What the caller may not see is null there as it is in the API.

Whoever writes one is not trusted: a template is a choice of harmless parts (`engine.PARTS`), held to it when it is
saved and again when it is used. It can neither run anything nor go on for ever: no calls but of a few filters, no
assignments, no macros, no loop over all lines for each line, sums of numbers only. All that it shows is escaped.

Table: `print_template`.

Always true: names are unique; every template that is stored can be used.

Doors: `engine`, `paper`.
"""
