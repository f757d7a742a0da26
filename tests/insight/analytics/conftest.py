from tests.make.begun import begun
from tests.make.group import make_group

group = begun(make_group)
