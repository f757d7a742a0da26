"""The audit log (操作日志): who did what, when and from where.

Words
    audit log 操作日志      the journal, read as what people and programs did; there is no other record
    reading 查看成本        somebody who may see costs asked for a report that shows them
    export 导出             data left the program as a file

Invariants
    Every write is in the log, because its fact is in the journal, with the address from which it was asked for.
    Sign-ins are in it, and wrong passwords: the first ones of an address each, then ever fewer (`auth.rules.is_told`).
    Readings and exports are facts as well. A reading is noted as it is answered, and written within a second: of one
    user, address and report once a minute at most.
    The log shows everything, so whoever has a data scope of his own does not see it (`auth.queries`).

A report that shows costs is marked with `@shows_costs`; whatever exports data calls `exported`.

Doors: `operations`, `readings`.
"""
