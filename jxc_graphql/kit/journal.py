"""The journal: what happened, in the order in which it was committed."""
