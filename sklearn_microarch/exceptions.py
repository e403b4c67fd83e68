"""Errors and warnings of the library, each a subclass of the standard one."""

__all__ = [
    "AnimalsApartWarning",
    "AnnotationWarning",
    "ClusterError",
    "CollapsedFeaturesWarning",
    "DataNotFoundError",
    "DeadUnitsWarning",
    "DenseEvaluationError",
    "DenseEvaluationWarning",
    "DifferentModelsError",
    "DiskSpaceError",
    "DiskSpaceWarning",
    "DownloadError",
    "DriftWarning",
    "FewAnimalsWarning",
    "FewPatchesWarning",
    "FewerFoldsWarning",
    "ImageFileError",
    "ImagingDifferenceWarning",
    "LeftoverWarning",
    "MissingRegionsWarning",
    "ModelFileError",
    "ModelVersionWarning",
    "NegativeFeaturesError",
    "NoDriftReferenceWarning",
    "NoUnannotatedRowsWarning",
    "NoValidationWarning",
    "NonFiniteImageError",
    "NormalizationWarning",
    "OtherMapsError",
    "OutputInUseError",
    "PatchesTooLargeError",
    "PixelSizeMismatchError",
    "PixelSizeWarning",
    "PseudoReplicationWarning",
    "RegionNamesWarning",
    "SheetError",
    "SingularCovarianceError",
    "TissueThresholdWarning",
    "TissueWarning",
    "UnfinishedMapsWarning",
    "UnfitStudyError",
    "UnmatchedRegionsWarning",
    "UnscoredRegionsWarning",
    "UnusedComponentsWarning",
]


class ImageFileError(ValueError):
    """An image file cannot be read as a slice; the message names file and page."""


class NonFiniteImageError(ValueError):
    """An image holds NaN or infinite pixels; the message counts and locates them."""


class PixelSizeMismatchError(ValueError):
    """A new image's pixel size differs from the one the model was fitted with."""


class PatchesTooLargeError(MemoryError):
    """Lazy patches were about to be copied into an array too large to hold."""


class NegativeFeaturesError(ValueError):
    """A network's last hidden layer gives negative values, which NMF cannot take."""


class SingularCovarianceError(ValueError):
    """A cluster has no variance in some direction, so its likelihood is unbound."""


class SheetError(ValueError):
    """A sheet of sections cannot be used; the message names file and lines."""


class DenseEvaluationError(ValueError):
    """A network cannot be evaluated densely; the message names the layer."""


class DiskSpaceError(OSError):
    """What is to be written cannot fit on the disk; nothing was computed."""


class ModelFileError(ValueError):
    """A model file cannot be read or written; the message names file and member."""


class UnfitStudyError(ValueError):
    """Training on annotated sections would be foolish; the message says why."""


class DifferentModelsError(ValueError):
    """Maps of different models were about to be compared as if they were of one."""


class OutputInUseError(OSError):
    """Another process or thread writes to a place; the message says which."""


class OtherMapsError(FileExistsError):
    """What is at a place, finished or not, are other maps; the message says how."""


class ClusterError(RuntimeError):
    """A Dask cluster cannot do the work, or was lost; the message says what to do."""


class DataNotFoundError(FileNotFoundError):
    """A data set's file is in none of the places that were searched."""


class DownloadError(OSError):
    """A download failed, or what arrived is not what was asked for."""


class FewPatchesWarning(UserWarning):
    """A region offers fewer patch positions than asked for."""


class MissingRegionsWarning(UserWarning):
    """Some specimens lack a region; the message names both."""


class FewerFoldsWarning(UserWarning):
    """Fewer folds are made than asked for; the message names what forces it."""


class TissueThresholdWarning(UserWarning):
    """A tissue threshold was not learned in ``fit`` and is taken from the image."""


class DeadUnitsWarning(UserWarning):
    """Many units of a network's last hidden layer are never active."""


class CollapsedFeaturesWarning(UserWarning):
    """Inside a region features hold hardly more than the network's logits do."""


class DenseEvaluationWarning(UserWarning):
    """Patches that could share their layers are evaluated one by one, slowly."""


class UnscoredRegionsWarning(UserWarning):
    """A region has too few rows to be scored, so that a mean leaves it out."""


class UnmatchedRegionsWarning(UserWarning):
    """The factor chosen for a region is active there no more than elsewhere."""


class UnusedComponentsWarning(UserWarning):
    """More components were asked for than the data can use; the rest are zero."""


class ModelVersionWarning(UserWarning):
    """A saved estimator is loaded with another version of this library."""


class NoUnannotatedRowsWarning(UserWarning):
    """Rows without annotation were asked to help a training, and there are none."""


class NoValidationWarning(UserWarning):
    """No part of the training patches can be set apart, so nothing judges training."""


class AnnotationWarning(UserWarning):
    """An annotation holds what is hardly meant, or was read with an assumption."""


class PixelSizeWarning(UserWarning):
    """A pixel size is unknown, so that nothing tells how large patches are."""


class RegionNamesWarning(UserWarning):
    """Names of regions were given without codes; the message says who got which."""


class TissueWarning(UserWarning):
    """All, nothing or hardly anything of a slice is tissue, or a region is none."""


class DiskSpaceWarning(UserWarning):
    """What is to be written may not fit on the disk."""


class DriftWarning(UserWarning):
    """A slice is not like those its model knows; the message says what mends it."""


class NoDriftReferenceWarning(UserWarning):
    """A model keeps nothing that the slices it maps could be compared with."""


class PseudoReplicationWarning(UserWarning):
    """Sections of one animal are counted as if each were an animal of its own."""


class FewAnimalsWarning(UserWarning):
    """A group has too few animals for a test; the message says how many it takes."""


class ImagingDifferenceWarning(UserWarning):
    """Groups differ in how their slices were imaged, not only in their tissue."""


class NormalizationWarning(UserWarning):
    """A slice shows too little tissue to estimate its exposure, and is taken as is."""


class AnimalsApartWarning(UserWarning):
    """Factors or clusters tell animals apart where they should tell tissue."""


class LeftoverWarning(UserWarning):
    """Something that is no longer needed cannot be deleted, or not moved yet."""


class UnfinishedMapsWarning(UserWarning):
    """What an interrupted mapping had computed is thrown away."""
