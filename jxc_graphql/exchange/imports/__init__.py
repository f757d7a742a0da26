"""Imports (导入): rows of CSV files and workbooks come in through the same operations as everything else.

| word | 中文 | here |
|---|---|---|
| import | 导入 | a job that takes the rows of a file in, some hundreds at a time, each time in one transaction |
| template | 模板 | a file with the header of a kind, its names in the caller's language, and an example (`templates`) |
| column | 列 | what a header names: by its name in either language, a synonym, or as the caller maps it |
| constant | 固定值 | what a column says in every row of a file that has it not |
| natural key | 自然键 | by what a row is known again: a code, or of orders partner and external number |
| dry run | 试运行 | all of it is done and taken back; only what is wrong is told |
| refused | 拒收 | a row that could not be taken in, with its cell and the reason |

    file ──read──▶ rows ──some──▶ rehearsed ──those that are right──▶ operations, with how far the job is
                                     └──── those that are not ──▶ a file with the same columns, cell and reason

`reading` tells rows and cells, `cells` what stands in them, `kinds` which columns there are, `masters`, `stock`,
`prices`, `orders` and `counts` what becomes of a row; a column more of orders is a line in `kinds`. Products, SKUs,
suppliers and customers have a column for each of their own fields (`own_columns`), called as the field or by its code.
What is there is changed, what is not is made; rows of one order are taken in at once, wherever they stand in the file.
Each part of a file is rehearsed first: all is done in a transaction that is taken back, without the rows that were
refused, until none is. So what the step then does goes through, and a row that is wrong stops no other. What a row
leaves empty stays as it is.

Always true:
- the same file twice adds nothing, and changes nothing that it did not change the first time;
- a job that died goes on behind its last part;
- what a spreadsheet has spoilt is refused by its cell, never guessed: cells of formulas that went wrong, numbers of
  more than 15 digits, dates that were made of a code, days of January and February 1900;
- a file of refused rows can be corrected and sent again.

A schedule of the kind IMPORT takes the newest file of the folder `JXC_IMPORTS_DIR` whose name fits its pattern.

Doors: `cells`, `kinds`, `reading`, `rules`, `running`.
"""
