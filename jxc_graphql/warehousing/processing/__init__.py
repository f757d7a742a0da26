"""Processing (委外加工): a processor makes goods for us out of components of ours, for a fee.

Words
    processor 加工商         a supplier who has components of ours, by a loan whose purpose is processing (委外单)
    fee 加工费               what he is owed for each unit that he made: the extra cost of what comes in, in whole fen
    used 领用                how much of what he has went into what he made; more or less than the recipe takes a reason

What he has is ours and lies at the lent place of the warehouse that gave it away, in the name of a line of the loan, as
`loans` tells. So components go out, come back and get lost as whatever is lent does, and loans list what is still with
whom. What he made comes in by an assembly of the kind PROCESS:

    warehouse ──approve loan──▸ (lent place) ──receive──▸ (assembly place) ──▸ warehouse
                                     └──return loan──▸ warehouse

There is no table here: the assembly keeps what the recipe said and what was used, the loan how much is left.

Always true:
- his fee is a due from then on (`dues`);
- what comes in is worth what its components cost when they left, what was charged on them since included, and the fee;
- used ≤ what the processor has, of each line, lot and piece; lots are used first expired, first, where none is named.
"""
