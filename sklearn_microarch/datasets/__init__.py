"""Real and synthetic sections to learn, test and show on."""

from sklearn_microarch.datasets._data_home import get_data_home
from sklearn_microarch.datasets._phantom import make_thalamocortical_phantom
from sklearn_microarch.datasets._prasad2020 import fetch_prasad2020

__all__ = ["fetch_prasad2020", "get_data_home", "make_thalamocortical_phantom"]
