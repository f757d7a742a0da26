"""From a selection to levels, and from levels to shaped rows: one statement per level, whatever the number of rows.

planner     reads the selection (`collect`) and asks no database; `connection` and `kinds` plan pages and registers
level       the columns, joins and extras of one list, and the function compiled for its rows
fetch       sends the statements: rows by id, by parent, by page, figures, batches; `page`, `filters` read arguments
sql         what is put into them, in two dialects
words       what a search looks for, in whose texts
seen        what of that to which a column points a caller sees: what is hidden is hidden in filters, too
running     what all levels of one execution share; `problems`, what may go wrong in it
"""
