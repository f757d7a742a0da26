from tests.make.begun import begun
from tests.make.processing import make_processing

processing = begun(make_processing)
