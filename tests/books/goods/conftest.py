from tests.make.begun import begun
from tests.make.shop import make_shop

shop = begun(make_shop)
