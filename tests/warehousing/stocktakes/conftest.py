from tests.make.begun import begun
from tests.make.hall import make_hall

hall = begun(make_hall)
