from tests.make.begun import begun
from tests.make.consigning import make_consigning

consigning = begun(make_consigning)
