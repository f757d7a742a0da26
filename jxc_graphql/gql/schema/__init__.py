"""From what was said to resolved types, refused at start-up where something is not right.

    build       puts the modules of all features together, and is the `Schema`
    find        every class that can be reached becomes one of the `types`
    sources     where the value of each field comes from: a column of the `table`, rows that point here, a function …
    registers   which of them an interface with a table answers for all that have it
    outcomes    what a mutation's fact must hold so that its payload can be shown
    listed      what lists can be filtered, searched and sorted by, along edges
    generated   connections, filters, orders, aggregates: what nobody declares
    strawberry_types   the same for Strawberry, which builds and prints the schema

`types` is what all others read; `scalars` says how each leaf looks on its four sides.
"""
