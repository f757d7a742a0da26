"""A purchase–sales–inventory (进销存) backend whose only face is GraphQL.

Read in this order: `kit` (numbers, transactions, the journal), `stock/ledger.py` (the book of goods), `purchasing`
(a whole feature, top to bottom), `gql` (from a selection to one SQL statement), `wiring` (who reacts to what), `app`.
"""

__version__ = "0.1.0"
