"""What every application needs and no shop would recognise: numbers, ids, errors, time, transactions, facts.

Nothing in here knows goods, money or GraphQL; it would fit a library-lending application as well.
Read `numbers`, `errors`, `call`, then `db`, then `journal` and `jobs`.
"""
