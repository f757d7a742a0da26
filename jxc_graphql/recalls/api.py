"""What clients see of recalls."""
