"""Revaluations (成本调整): what goods cost is corrected without moving any.

Words: revaluation 成本调整单, a document of one warehouse with a line per SKU: a new unit cost (单位成本) for the goods
on hand, or a change of their value (金额调整).

Tables: `revaluation`, `revaluation_line`.

    DRAFT ──post──▸ POSTED
    DRAFT ──post──▸ SUBMITTED ──approve──▸ POSTED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

It is submitted when it changes more than the threshold (免审额度).

Always true:
- what a line changes is decided when it is posted, by the goods that are there then, under their lock; without goods
  there is nothing to revalue, and no value falls below zero;
- a revaluation says why, and is worth what its lines change, neither direction set off against the other;
- a posted line is the change of value that the book of goods has for it, and the total is the sum of the lines.
"""
