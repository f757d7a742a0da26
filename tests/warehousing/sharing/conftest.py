from tests.make.begun import begun
from tests.make.branches import make_branches

branches = begun(make_branches)
