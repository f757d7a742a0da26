from tests.make.begun import begun
from tests.make.workshop import make_workshop

workshop = begun(make_workshop)
