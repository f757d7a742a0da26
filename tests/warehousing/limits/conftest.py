from tests.make.begun import begun
from tests.make.plan import make_plan

plan = begun(make_plan)
