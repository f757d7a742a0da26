"""Stock has no document of its own: whoever changes it posts through `ledger`, as part of an operation of theirs."""
