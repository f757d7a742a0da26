"""A shop that sells on credit, and an office that decides on its orders."""

from tests.make.approving import make_office
from tests.make.begun import begun
from tests.make.trade import make_trade

trade = begun(make_trade)
office = begun(make_office)
