"""The explorer, driven in a real browser as a person would: `make explore`."""
