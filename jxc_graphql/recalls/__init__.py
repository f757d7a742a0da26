"""Recalls (召回): where the goods of a lot came from, and where they went."""
