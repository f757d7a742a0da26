"""What needs clusters of its own, tried as an operator has it: PostgreSQL, a pooler before it, the server."""
