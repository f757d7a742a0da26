"""Shops that have ten of everything."""

from tests.make.begun import begun
from tests.make.contract import make_sizes, make_stocked

trade = begun(make_stocked, quantity="1000")
sizes = begun(make_sizes)
