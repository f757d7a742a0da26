"""GraphQL at the speed of hand-written SQL: types are declared on tables, selections become statements.

    { orders(first: 2) { nodes { number supplier { name } lines { quantity sku { code } } } } }

            │ collect     which fields, by response key; fragments spread, @skip and @include applied
            ▼
    plan    orders: level of purchase_order                     one level per list
              columns  id number supplier_id                    a column per leaf
              join     supplier t1: name                        a LEFT JOIN per edge to one
              extra    lines: level of purchase_order_line      a level per edge to many
            │ sql, fetch  one statement per level, whatever the number of rows; `?` lists are one JSON parameter
            ▼
    SELECT t0.id, t0.number, t1.name … FROM purchase_order t0 LEFT JOIN supplier t1 … ORDER BY … LIMIT 3
    SELECT t0.id, t0.quantity, t1.code, t0.purchase_order_id … WHERE t0.purchase_order_id IN (…) ORDER BY …
            │             rows are plain tuples from a reading connection
            ▼
    level   [{"number": c1, "supplier": {"name": c3}, "lines": x0[c0]} for (c0, c1, c2, c3) in rows]      compiled
            │ complete    only when something went wrong: null propagation and error paths
            ▼
    {"data": {"orders": {"nodes": [{"number": "PO-2026-00001", …

Five floors, each of which knows those below it:

    wire      the protocols: HTTP, event streams, WebSocket; equal subscriptions are run once
    run       an operation from its text to its answer, a subscription from its beginning to each answer
    plan      from a selection to levels, statements and shaped rows; a plan asks no database and can be read
    schema    from what was declared to resolved types, refused at start-up where something is not right
    words     what a feature's `api.py` says; it comes in by `declare`, whose docstring shows every construct

Plans are kept per document, deciding variables and rights, so a permission costs nothing per row: a field that
`requires` one is null without it and named in the answer (`plan.hidden`), a scope adds a condition on every way to a
row. Whoever may not see a thing cannot filter by it or name it either (`plan.seen`): no answer tells whether it is
there, and `tests/matrix` asks for all of them.

An interface with a table, its register, is joined or listed like an entity, and what only one of its kinds has costs a
statement per kind that occurs. An edge to a union or to an interface without table is an extra: ids are unique over all
tables, so each member is asked for those not found yet. A to-many edge by page is cut per parent by ROW_NUMBER.

All statements of a query, of a payload or of an event read one state of the database (`db.at_once`), lists, counts,
batches and what functions ask alike; it is one that has whatever was committed before, the mutation among it.

Mutations run under a shield, and their payloads are loaded from the ids in the fact that an operation returned, by the
same plans. What an author's function raises becomes `problems`: refusals with their code, user errors in payloads,
everything else masked and logged.

Two doors: `execute` answers an operation of our fields without graphql-core's executor. One that introspects as well
goes through it: every resolver then copies `source[response key]` out of the shaped answer. A property test holds
both doors and a third, naive executor to the same answer, errors included, byte by byte.
"""
