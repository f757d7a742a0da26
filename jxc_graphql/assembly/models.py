"""Tables of assembly."""
