from ._alter_exposure import alter_exposure as alter_exposure
from ._get_data_home import get_data_home as get_data_home
from .mosaic._make_texture_mosaic import make_texture_mosaic as make_texture_mosaic
from .phantom._make_phantom_study import make_phantom_study as make_phantom_study
from .phantom._make_thalamocortical_phantom import (
    make_thalamocortical_phantom as make_thalamocortical_phantom,
)
from .prasad2020._fetch_prasad2020 import fetch_prasad2020 as fetch_prasad2020
