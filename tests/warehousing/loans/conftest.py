from tests.make.begun import begun
from tests.make.lending import make_lender

lender = begun(make_lender)
