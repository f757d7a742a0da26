"""Two warehouses, and goods to be moved about."""

from tests.make.begun import begun
from tests.make.haul import make_haul
from tests.make.shop import make_shop

haul = begun(make_haul)


shop = begun(make_shop)
