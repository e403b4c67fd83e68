from ._map_study import map_study as map_study
from ._study_statistics import study_statistics as study_statistics
from ._train_study import train_study as train_study
from .batch._study_maps import MappedSlice as MappedSlice
from .batch._study_maps import StudyMaps as StudyMaps
from .statistics._study_table import StudyStatistics as StudyStatistics
from .training._trained_study import TrainedStudy as TrainedStudy
