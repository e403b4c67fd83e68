"""Turn slices into patches: balanced over regions to train on, dense to map with."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch._sklearn_private import Interval, StrOptions, fit_context
from sklearn_microarch._version import VersionedMixin
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._check_patches import Images, check_images
from sklearn_microarch.sampling._check_rows import (
    check_patch_rows,
    is_image_input,
    n_dimensions,
    remember_columns,
)
from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._pixel_size import (
    bring_to_one_pixel_size,
    check_one_patch_size,
    check_same_pixel_size,
    common_pixel_size,
    patch_size_in_pixels,
    warn_of_unknown_size,
)
from sklearn_microarch.sampling._purity import (
    candidate_centres,
    check_stride,
    grid_centres,
)
from sklearn_microarch.sampling._resample import bring_to_pixel_size
from sklearn_microarch.sampling._slices import (
    check_channels,
    check_fitted_dtype,
    check_large_enough,
    check_not_a_map,
    check_slices,
    grey_range,
)
from sklearn_microarch.sampling.regions._balanced_sampling import draw_balanced
from sklearn_microarch.sampling.regions._slice_regions import place_regions
from sklearn_microarch.sampling.tissue._dark_tissue import warn_of_dark_tissue
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._learn_tissue import (
    AnnotatedCentres,
    annotated_centres,
    learn_tissue,
)
from sklearn_microarch.sampling.tissue._regions_off_tissue import (
    warn_of_regions_off_tissue,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_mask import (
    check_mask,
    tissue_mask,
    warn_of_little_tissue,
)


class PatchSampler(
    VersionedMixin,
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
    # Patches have no columns, whatever output is asked for of all transformers.
    auto_wrap_output_keys=None,  # type: ignore[call-arg]
):
    """Cut patches from slices, as a view that copies no pixels.

    :meth:`sample` draws training patches, balanced over regions of interest.
    :meth:`transform`, the first step of a pipeline, cuts a patch at every
    ``stride``-th pixel of a new slice's tissue, and lets rows of patches pass.

    Parameters
    ----------
    patch_size : int or None, default=None, unit: pixels
        Edge length of a patch. None: ``patch_size_um``. If that is None too, images
        are cut at 150 um where their pixel size is known, else at 128 pixels, with a
        warning; rows given to :meth:`fit` keep the size they have.
    patch_size_um : float or None, default=None, unit: micrometres
        Edge length instead of ``patch_size``; needs a known pixel size.
    pixel_size_um : float or None, default=None, unit: micrometres
        Pixel size of the model, to which slices of another known size are brought. It
        is also taken for that of plain arrays, and of slices to train on that state
        none. None: the size of the slices to train on, the coarsest of several.
    stride : int, default=1, unit: pixels
        Distance of neighbouring centres in :meth:`transform`, counted from the
        slice's first pixel.
    n_patches_per_roi : int, default=2000
        Patches :meth:`sample` draws from each region, over all slices.
    min_purity : float, default=0.75
        Share of a patch's central window that must lie in the region.
    purity_window : float, default=0.5
        Edge length of that window, as a share of the patch's. Whole patches of
        one region are rare: white matter is narrower than a patch.
    tissue : {"auto", "otsu", "otsu-each"}, array, callable or None, default="auto"
        Where :meth:`transform` cuts patches. "auto": on one side of a threshold of
        each new slice, blurred by 7 um; :meth:`fit` learns whether tissue is brighter
        or darker than its background. "otsu": brighter than a threshold learned in
        :meth:`fit`; "otsu-each": brighter than a threshold of each new slice; a
        boolean mask of the slice's shape; ``callable(image) -> mask``; None:
        everywhere.
    fill_holes : bool, default=True
        Whether what tissue encloses, such as a ventricle or a vessel, is taken for
        tissue where a threshold finds it.
    border : {"drop", "constant", "reflect"}, default="drop"
        Patches that reach over a slice's border are left out, filled up with
        zeros, or filled up with the slice mirrored.
    unannotated_code : int, default=0
        Code of pixels outside the annotation, beside -1, where regions are given as
        codes. Where it is not 0, `Patches.labels` needs it too.
    random_state : int, RandomState instance or None, default=None
        Draws the patches of :meth:`sample`.

    Attributes
    ----------
    patch_shape_ : tuple of int
        ``X.shape[1:]`` of the rows seen in :meth:`fit`.
    pixel_size_um_ : float or None
        Pixel size of the slices seen in :meth:`fit`. Slices of another known size are
        brought to it.
    pixel_dtype_ : dtype or None
        Type of the grey levels seen in :meth:`fit`, which those of slices to cut
        must be of; None when fitted on 2-D rows.
    tissue_threshold_ : float or None
        Grey level above which blurred pixels are tissue for "otsu"; for "auto" the
        one that splits the slices of the fit. None when fitted on plain arrays, or
        when ``tissue`` asks for none.
    tissue_polarity_ : {"bright", "dark"} or None
        What tissue is beside its background, for "auto"; else None.
    n_features_in_ : int
        Only when fitted on 2-D rows.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Only when fitted on 2-D rows with string feature names.

    See Also
    --------
    Patches : What comes out.

    Notes
    -----
    Input is read as rows or as images by its type and by what ``fit`` saw,
    never by its size. Always images: a `SliceImage`, a list of 2-D arrays or
    of `SliceImage`. Always rows: `Patches`, 3-D and 4-D arrays. A bare 2-D
    array is rows in :meth:`fit`; in :meth:`transform` it is rows if ``fit`` saw
    2-D rows, else one image.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import PatchSampler
    >>> image = np.random.default_rng(0).integers(90, 120, size=(60, 80))
    >>> rois = np.repeat([[1] * 40 + [2] * 40], 60, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=5, tissue=None, random_state=0)
    >>> patches, labels = sampler.sample(image, rois)
    >>> patches.shape, sorted(labels.tolist())
    ((10, 16, 16), [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    >>> sampler.fit(patches).transform(image).shape
    (2925, 16, 16)
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "patch_size": [Interval(Integral, 1, None, closed="left"), None],
        "patch_size_um": [Interval(Real, 0, None, closed="neither"), None],
        "pixel_size_um": [Interval(Real, 0, None, closed="neither"), None],
        "stride": [Interval(Integral, 1, None, closed="left")],
        "n_patches_per_roi": [Interval(Integral, 1, None, closed="left")],
        "min_purity": [Interval(Real, 0, 1, closed="both")],
        "purity_window": [Interval(Real, 0, 1, closed="right")],
        "tissue": [
            StrOptions({"auto", "otsu", "otsu-each"}),
            "array-like",
            callable,
            None,
        ],
        "fill_holes": ["boolean"],
        "border": [StrOptions({"drop", "constant", "reflect"})],
        "unannotated_code": [Interval(Integral, -(2**63), 2**63 - 1, closed="both")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        patch_size: int | None = None,
        *,
        patch_size_um: float | None = None,
        pixel_size_um: float | None = None,
        stride: int = 1,
        n_patches_per_roi: int = 2000,
        min_purity: float = 0.75,
        purity_window: float = 0.5,
        tissue: str | ArrayLike | Callable[[SliceImage], NDArray] | None = "auto",
        fill_holes: bool = True,
        border: str = "drop",
        unannotated_code: int = 0,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.patch_size = patch_size
        self.patch_size_um = patch_size_um
        self.pixel_size_um = pixel_size_um
        self.stride = stride
        self.n_patches_per_roi = n_patches_per_roi
        self.min_purity = min_purity
        self.purity_window = purity_window
        self.tissue = tissue
        self.fill_holes = fill_holes
        self.border = border
        self.unannotated_code = unannotated_code
        self.random_state = random_state

    def sample(
        self,
        images: Images,
        rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
        names: Mapping[int, str] | Sequence[str] | None = None,
    ) -> tuple[Patches, NDArray]:
        """Draw patches at random positions, equally many from every region.

        Needs no :meth:`fit`.

        Parameters
        ----------
        images : SliceImage, 2-D array, or sequence of them
            Annotated slices. Those of another known pixel size than ``pixel_size_um``,
            or than the coarsest of them, are brought to it.
        rois : RoiMap, array-like of shape (height, width), or one per image
            Regions: a `RoiMap`, or integer codes (also as a `SliceImage`).
        names : mapping or sequence, default=None
            Name of each code; then labels are names. A sequence names the codes that
            occur in ascending order, and a warning says which got which. A `RoiMap`
            has its own names.

        Returns
        -------
        patches : Patches
            In random order, no position twice.
        labels : ndarray of shape (n,)
            Region of each patch: int64 codes, or names.

        Raises
        ------
        PixelSizeMismatchError
            If a slice would be made more than 1.5 times as fine as it is.
        TypeError
            If codes are not integers, or look like a picture (are the first two
            arguments swapped?), or names are given for a `RoiMap`.
        ValueError
            If an image is smaller than a patch or not finite, codes do not fit their
            image, nothing is annotated, or a region offers no position at all (the
            message measures every region, and names settings that would do).

        Warns
        -----
        FewPatchesWarning
            If a region offers fewer positions than ``n_patches_per_roi``.
        TissueWarning
            If ``tissue`` does not take an annotated region for tissue, so that maps
            would leave it out.
        PixelSizeWarning
            If nothing tells how large patches shall be, or some pixel sizes are
            unknown and others not.
        RegionNamesWarning
            If names are given as a sequence.
        """
        self._validate_params()
        check_one_patch_size(self)
        given = check_slices(images, pixel_size_um=self.pixel_size_um)
        slices, pixel_size = bring_to_one_pixel_size(given, self.pixel_size_um)
        size = patch_size_in_pixels(self, pixel_size)
        for image in slices:
            check_large_enough(image, size, self.border)
        regions = place_regions(
            rois, slices, names, unannotated_code=self.unannotated_code
        )
        positions, codes = draw_balanced(
            regions, size, self, check_random_state(self.random_state)
        )
        labels = regions.labels(codes)
        warn_of_regions_off_tissue(
            slices, positions, labels, self.tissue, holes_filled=self.fill_holes
        )
        return Patches(slices, positions, size, border=self.border), labels

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ANN401 - rows or images
        """Learn pixel size, patch shape and tissue threshold.

        Parameters
        ----------
        X : Patches, array-like of rows, or images
            Rows of patches, or slices (without ``y``).
        y : array-like of shape (n,), default=None
            Region of each row; -1 or "" for none. Centres that have one tell which
            grey levels are tissue.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        TypeError
            If ``X`` is an image and ``y`` is given: one row is one patch, so
            labelled images go through :meth:`sample` first. If images differ in
            dtype.
        PixelSizeMismatchError
            If rows are of slices of different known pixel sizes.
        ValueError
            If ``X`` is empty or not finite, or its patches are not of
            ``patch_size``.
        """
        check_one_patch_size(self)
        if is_image_input(X):
            if y is not None:
                raise TypeError(
                    "PatchSampler.fit takes labelled rows of patches, not images. Cut "
                    "them first: patches, labels = sampler.sample(images, rois); then "
                    "fit(patches, labels)."
                )
            given = check_images(check_slices(X, pixel_size_um=self.pixel_size_um))
            slices, pixel_size = bring_to_one_pixel_size(given, self.pixel_size_um)
            dtype: np.dtype | None = slices[0].dtype
            size = patch_size_in_pixels(self, pixel_size)
            shape = (*slices[0].data.shape[:-2], size, size)
            centres = None
        else:
            if isinstance(X, np.ndarray) and isinstance(y, np.ndarray):
                check_not_a_map(y)
            rows = check_patch_rows(self, X, reset=True)
            slices = rows.used_images if isinstance(rows, Patches) else ()
            for image in slices:
                check_same_pixel_size(image, self.pixel_size_um)
            pixel_size = common_pixel_size(slices) or self.pixel_size_um
            shape = rows.shape[1:]
            dtype = rows.dtype.newbyteorder("=") if len(shape) > 1 else None
            self._check_patch_size(shape, pixel_size)
            centres = _centres_of(rows, y)
        threshold, rule = None, None
        if slices and isinstance(self.tissue, str) and self.tissue != "otsu-each":
            greys = [SmoothedGrey(image) for image in slices]
            together = grey_histogram(greys)
            threshold = together.otsu()
            if self.tissue == "auto":
                each = [together] if len(greys) == 1 else None
                rule = learn_tissue(greys, centres, each)
            else:
                warn_of_dark_tissue(self.tissue, greys, centres)

        remember_columns(self, X)
        self.pixel_size_um_, self.tissue_threshold_ = pixel_size, threshold
        self.tissue_polarity_ = None if rule is None else rule.polarity
        self._tissue_rule = rule
        self.pixel_dtype_, self.patch_shape_ = dtype, shape
        return self

    def transform(self, X: Any) -> Any:  # noqa: ANN401 - rows or images
        """Cut patches of new slices, or let rows of patches pass.

        Parameters
        ----------
        X : SliceImage, 2-D array, sequence of them, Patches, or array-like of rows
            See Notes of the class for what is read as which.

        Returns
        -------
        X_out : Patches or ndarray
            For images: one patch every ``stride`` pixels over tissue, row by
            row. Rows pass unchanged.

        Raises
        ------
        PixelSizeMismatchError
            If a slice would be made more than 1.5 times as fine as it is, or rows are
            of slices whose pixel size differs by more than 1 % from that of ``fit``.
        TypeError
            If a slice's grey levels are of another dtype than in ``fit``.
        ValueError
            If a slice is smaller than a patch, not finite, shows no tissue or has
            other channels than in ``fit``, rows have another patch shape than in
            ``fit``, or a parameter was set since then to what ``fit`` would refuse.

        Warns
        -----
        PixelSizeWarning
            If the pixel size of a slice is unknown, or that of ``fit``.
        TissueThresholdWarning
            If nothing was learned of tissue in ``fit``.
        TissueWarning
            If everything, nothing or hardly anything of a slice is taken for tissue.
        """
        check_is_fitted(self, "patch_shape_")
        # Parameters may have been set since the fit.
        self._validate_params()
        check_one_patch_size(self)
        saw_2d_rows = len(self.patch_shape_) == 1
        if is_image_input(X) or (_is_bare_2d_array(X) and not saw_2d_rows):
            return self.cut(X)
        rows = check_patch_rows(self, X, reset=False, patch_shape=self.patch_shape_)
        for image in rows.used_images if isinstance(rows, Patches) else ():
            check_same_pixel_size(image, self.pixel_size_um_)
        return rows

    def cut(
        self,
        images: Images,
        *,
        stride: int | None = None,
        mask: ArrayLike | None = None,
        min_tissue: float = 0.0,
    ) -> Patches:
        """Cut patches of slices, with another stride, within a mask, off the rim.

        Parameters
        ----------
        images : SliceImage, 2-D array, or sequence of them
            Slices of any known pixel size; patches are of that seen in :meth:`fit`,
            to which the slices are brought.
        stride : int or None, default=None, unit: pixels
            None takes the sampler's own. In pixels of the size seen in :meth:`fit`.
        mask : array-like of shape (height, width), dtype bool, default=None
            Cut only here, within the tissue. For one image, of its shape as given.
        min_tissue : float, default=0.0
            Smallest share of a patch's pixels that show tissue, from 0 to 1.
            Pixels beyond the image count as empty. At the rim of a slice half of
            each patch is, and factors learned with such patches may spend one on
            the rim. Without effect where ``tissue`` is None and no patch reaches
            over the border.

        Returns
        -------
        patches : Patches
            Centres at multiples of ``stride``, row by row.

        Raises
        ------
        PixelSizeMismatchError, TypeError, ValueError
            As in :meth:`transform`; and if ``mask`` does not fit the image, or
            ``min_tissue`` is not a number from 0 to 1.

        Examples
        --------
        >>> image = np.zeros((40, 60), dtype=np.uint8)
        >>> image[10:30, 15:45] = 200
        >>> sampler = PatchSampler(8, tissue=lambda im: im.data > 100).fit([image])
        >>> len(sampler.cut(image, stride=5)), len(sampler.cut(image, stride=10))
        (24, 6)
        >>> len(sampler.cut(image, stride=5, min_tissue=0.9))
        15
        """
        check_is_fitted(self, "patch_shape_")
        self._validate_params()
        check_one_patch_size(self)
        min_tissue = check_number("min_tissue", min_tissue, high=1)
        given = check_slices(images, pixel_size_um=self.pixel_size_um, arrays_only=True)
        size = self._fitted_patch_size()
        step = self.stride if stride is None else check_stride(stride)
        slices = tuple(self._prepare(image, size) for image in given)
        positions = []
        for index, image in enumerate(slices):
            where = tissue_mask(
                image,
                self.tissue,
                threshold=self.tissue_threshold_,
                rule=getattr(self, "_tissue_rule", None),
                holes_filled=self.fill_holes,
            )
            if isinstance(self.tissue, str):
                warn_of_little_tissue(image, where)
            if min_tissue > 0:
                where = candidate_centres(
                    where,
                    patch_size=size,
                    purity_window=1.0,
                    min_purity=min_tissue,
                    border=self.border,
                )
            if mask is not None:
                where = where & check_mask(mask, image, "mask")
            rows, cols = grid_centres(where, step, size, self.border)
            centres = np.empty((len(rows), 3), dtype=np.int32)
            centres[:, 0], centres[:, 1], centres[:, 2] = index, rows, cols
            positions.append(centres)
        found = positions[0] if len(positions) == 1 else np.concatenate(positions)
        if not len(found):
            raise ValueError(
                f"no patch of {size} pixels can be cut: no tissue (and mask) at any "
                f"centre of the {step}-pixel grid. Check tissue={shown(self.tissue)}, "
                f"the threshold {self.tissue_threshold_} (grey levels here are "
                f"{grey_range(slices)}) and min_tissue={min_tissue}; or pass "
                "tissue=None to cut everywhere, or tissue=mask."
            )
        return Patches(slices, found, size, border=self.border)

    def _prepare(self, image: SliceImage, size: int) -> SliceImage:
        """Return a new slice at the model's pixel size, checked to be like its own."""
        warn_of_unknown_size(image, self.pixel_size_um_)
        check_channels(image, self.patch_shape_)
        check_fitted_dtype(image, self.pixel_dtype_)
        prepared = bring_to_pixel_size(image, self.pixel_size_um_)
        check_large_enough(prepared, size, self.border)
        return prepared

    def _check_patch_size(
        self, shape: tuple[int, ...], pixel_size_um: float | None
    ) -> None:
        unknown = self.patch_size is None and pixel_size_um is None
        nobody_asked = self.patch_size is None and self.patch_size_um is None
        if len(shape) == 1 or unknown or nobody_asked:
            return
        size = patch_size_in_pixels(self, pixel_size_um)
        if shape[-2:] != (size, size):
            um = self.patch_size_um
            why = "" if um is None else f" (patch_size_um={um:g})"
            raise ValueError(
                f"X has patches of shape {shape}, but this sampler cuts patches of "
                f"{size} pixels{why}; set patch_size={shape[-1]}, or cut X with this "
                "sampler."
            )

    def _fitted_patch_size(self) -> int:
        if len(self.patch_shape_) == 1:
            raise ValueError(
                f"this sampler was fitted on plain 2-D rows of {self.patch_shape_[0]} "
                "values, so it cannot cut images; fit it on Patches."
            )
        return int(self.patch_shape_[-1])

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> NDArray[np.object_]:
        """Return the names of the values of a row.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of 2-D rows.

        Returns
        -------
        names : ndarray of str, dtype object
            Those of 2-D rows, unchanged; else ``pixel0``, ``pixel1``, ... for
            the values of a patch.
        """
        check_is_fitted(self, "patch_shape_")
        if len(self.patch_shape_) == 1:
            return super().get_feature_names_out(input_features)
        n_values = int(np.prod(self.patch_shape_))
        return np.array([f"pixel{at}" for at in range(n_values)], dtype=object)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Do nothing: patches have no columns to put into a data frame.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            Ignored.

        Returns
        -------
        self : object
            The sampler, so that ``Pipeline.set_output`` passes over it.
        """
        del transform
        return self

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _is_bare_2d_array(X: Any) -> bool:  # noqa: ANN401 - any input of an estimator
    return not isinstance(X, list | tuple) and n_dimensions(X) == 2


def _centres_of(
    rows: "Patches | NDArray", y: ArrayLike | None
) -> AnnotatedCentres | None:
    """Return the annotated centres of rows, by the number of their used image."""
    if y is None or not isinstance(rows, Patches):
        return None
    _, index = np.unique(rows.positions[:, 0], return_inverse=True)
    positions = np.column_stack([index.ravel(), rows.positions[:, 1:]])
    return annotated_centres(positions, np.asarray(y))
