"""The kinds of goods that a shop deals in, as a tree.

Words
    category 分类          a kind of goods; it may lie below another one, and products belong to it

Table
    category

Invariants
    Codes are unique.
    Categories form a tree: none is its own ancestor.
    `search_text` always holds the code, the name and how they may be spelt (`kit/spelling.py`).

Doors: `operations`, `queries`.
"""
