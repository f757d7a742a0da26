"""Exports (导出): any list as a file, as its query would show it to whoever asks, with flat memory.

| word | 中文 | here |
|---|---|---|
| export | 导出 | a job that reads a list page by page and makes a file of it |
| list | 列表 | a field of Query that is read by page, such as `skus`, with its arguments (`where`, …) |
| column | 列 | a path of fields from an object of the list to one value, such as `product.name`, with a header |
| data file | 数据文件 | what an export made; whose it is, and with which rights it was made |

    export_list ──▶ job EXPORT ──pages of the list──▶ rows in a draft ──▶ DataFile ──signed link──▶ its owner
                        ▲ a schedule of the kind EXPORT, with the same input

An export asks GraphQL (`reading`), so where, rights, scopes and hidden fields are those of the query: a column that
the caller may not see is empty, a list or a filter that he may not ask is refused when the export is asked for. What
asks is handed in from above (`reading.answered_by`). It runs as its owner with the rights that he has by then, and
never with more than the token had that asked. A schedule's export is that of whoever made the schedule.

Files: CSV is UTF-8 with a byte order mark, CRLF, and an apostrophe before texts that a spreadsheet would take for
formulas (`writing.guarded`); in XLSX texts are texts, numbers have the decimal places that they are shown with, days
and moments are dates by the company's clocks. Codes keep leading zeros and nineteen digits; numbers of more than 15
digits are texts there, since a spreadsheet would change them.

Always true:
- a link leads to a file only for its owner, within five minutes, while he may do and see all that he might when the
  file was made;
- a process that dies while it exports leaves a draft with as many rows as the job says, which another one goes on
  with, or begins anew where it does not see the draft;
- files go away after a month, drafts after a day (`chores`).

Tables: `data_file`. Facts: `ListExported`, for the audit log.

Doors: `drafts`, `models`, `reading`, `rules`, `writing`.
"""
