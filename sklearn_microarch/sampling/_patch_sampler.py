"""Turn slices into patches: balanced over regions to train on, dense to map with."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self, overload

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
from sklearn_microarch.sampling._annotated_slices import (
    annotate_slices,
    cut_annotated,
    rim_of,
    tissue_of,
)
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
    centres_off_the_rim,
    check_stride,
)
from sklearn_microarch.sampling._resample import bring_to_pixel_size
from sklearn_microarch.sampling._slices import (
    called_together,
    check_channels,
    check_fitted_dtype,
    check_large_enough,
    check_not_a_map,
    check_slices,
    grey_range,
)
from sklearn_microarch.sampling.regions._balanced_sampling import draw_balanced
from sklearn_microarch.sampling.tissue._centres_on_grid import centres_on_grid
from sklearn_microarch.sampling.tissue._dark_tissue import warn_of_dark_tissue
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._learn_tissue import (
    AnnotatedCentres,
    annotated_centres,
    learn_tissue,
)
from sklearn_microarch.sampling.tissue._packed_mask import PackedMask
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_mask import (
    check_mask,
    packed_tissue,
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

    :meth:`sample` draws training patches, balanced over regions and specimens;
    :meth:`training_rows` takes every pixel off the rim of the tissue.
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
        Distance of neighbouring centres in :meth:`transform` and
        :meth:`training_rows`, counted from the slice's first pixel.
    n_patches_per_roi : int, default=2000
        Patches :meth:`sample` draws from each region, over all slices.
    min_purity : float, default=0.75
        Share of a patch's central window that must lie in the region.
    purity_window : float, default=0.5
        Edge length of that window, as a share of the patch's. Whole patches of
        one region are rare: white matter is narrower than a patch.
    min_tissue : float, default=0.9
        Smallest share of the pixels of a patch to train on that show tissue, obeyed
        by :meth:`sample` and :meth:`training_rows`. Along the rim of a slice patches
        are half empty, and factors learned with such patches may spend one on the
        rim. :meth:`transform` maps everything, whatever is set here. 0 asks for
        nothing; nor is anything asked where ``tissue`` is None, or of a region that
        is no tissue itself, which is warned of.
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
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
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
        "min_tissue": [Interval(Real, 0, 1, closed="both")],
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
        min_tissue: float = 0.9,
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
        self.min_tissue = min_tissue
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

        Those of a region are drawn evenly from the specimens, and from the slices of
        each; what offers few positions gives all it has, and the others fill up.
        Slices of unknown specimens are drawn from evenly. Needs no :meth:`fit`.

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
            arguments swapped?), names are given for a `RoiMap`, or images differ in
            dtype.
        ValueError
            If an image is smaller than a patch or not finite, codes do not fit their
            image, nothing is annotated, or a region offers no position at all, off
            the rim and purely enough (the message measures every region, and names
            settings that would do).

        Warns
        -----
        FewPatchesWarning
            If a region offers fewer positions than ``n_patches_per_roi``.
        MissingRegionsWarning
            If one of several specimens offers no position of a region.
        TissueWarning
            If ``tissue`` does not take an annotated region for tissue, so that maps
            would leave it out; or if a slice shows one grey level throughout.
        PixelSizeWarning
            If nothing tells how large patches shall be, or some pixel sizes are
            unknown and others not.
        RegionNamesWarning
            If names are given as a sequence.
        """
        self._validate_params()
        check_one_patch_size(self)
        annotated = annotate_slices(images, rois, names, self)
        tissue = tissue_of(annotated, self, is_quiet=True)
        positions, codes = draw_balanced(
            annotated.regions,
            annotated.patch_size,
            self,
            check_random_state(self.random_state),
            rim=rim_of(tissue, self),
            specimens=annotated.specimens,
        )
        patches = Patches(
            annotated.images, positions, annotated.patch_size, border=self.border
        )
        return patches, annotated.regions.labels(codes)

    def training_rows(
        self,
        images: Images,
        rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
        *,
        stride: int | None = None,
        names: Mapping[int, str] | Sequence[str] | None = None,
    ) -> tuple[Patches, NDArray]:
        """Cut a patch at every ``stride``-th pixel off the rim, annotated or not.

        To fit a whole pipeline on: the network draws from each region as many as it
        needs, and factors and clusters are learned from all rows. Needs no
        :meth:`fit`, and takes nothing from an earlier one: as :meth:`sample`, it takes
        pixel size and patch size from these slices, and it finds tissue as a sampler
        does that is fitted on their annotated pixels.

        Parameters
        ----------
        images : SliceImage, 2-D array, or sequence of them
            Annotated slices, brought to one pixel size as in :meth:`sample`.
        rois : RoiMap, array-like of shape (height, width), or one per image
            Regions: a `RoiMap`, or integer codes (also as a `SliceImage`).
        stride : int or None, default=None, unit: pixels
            Distance of neighbouring centres, at the pixel size of the model. None
            takes the sampler's own.
        names : mapping or sequence, default=None
            Name of each code, as in :meth:`sample`.

        Returns
        -------
        patches : Patches
            Row by row, slice by slice; each shows at least ``min_tissue`` of tissue.
        labels : ndarray of shape (n,)
            Region at each centre: int64 codes, -1 where nothing is annotated; or
            names, with "" there.

        Raises
        ------
        PixelSizeMismatchError, TypeError
            As in :meth:`sample`.
        ValueError
            As in :meth:`sample`; or if no centre of the grid lies in some region off
            the rim (the message counts its pixels).

        Warns
        -----
        MissingRegionsWarning, PixelSizeWarning, RegionNamesWarning
            As in :meth:`sample`.
        TissueWarning
            As in :meth:`sample`, and in :meth:`transform`.

        See Also
        --------
        PatchSampler.sample : Patches of the pure parts of regions, equally many.
        PatchSampler.cut : Patches of slices without annotation.

        Examples
        --------
        >>> image = np.full((60, 80), 10, dtype=np.uint8)
        >>> image[8:52, 8:72] = np.random.default_rng(0).integers(90, 120, (44, 64))
        >>> rois = np.zeros((60, 80), dtype=int)
        >>> rois[8:52, 8:40], rois[8:52, 40:60] = 1, 2
        >>> sampler = PatchSampler(16, tissue=image > 50)
        >>> patches, labels = sampler.training_rows(
        ...     image, rois, stride=4, names={1: "CTX", 2: "VP"}
        ... )
        >>> np.unique(labels, return_counts=True)
        (array(['', 'CTX', 'VP'], dtype='<U3'), array([16, 48, 40]))
        >>> everything = sampler.set_params(stride=4).fit(patches).transform(image)
        >>> len(patches), len(everything)
        (104, 176)
        """
        self._validate_params()
        check_one_patch_size(self)
        step = self.stride if stride is None else check_stride(stride)
        annotated = annotate_slices(images, rois, names, self)
        positions, labels = cut_annotated(annotated, self, step)
        patches = Patches(
            annotated.images, positions, annotated.patch_size, border=self.border
        )
        return patches, labels

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

    @overload
    def transform(self, X: SliceImage | Sequence[SliceImage] | Patches) -> Patches: ...

    @overload
    def transform(self, X: ArrayLike) -> Any: ...  # noqa: ANN401 - rows or images

    def transform(self, X: Any) -> Any:
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
            Smallest share of a patch's pixels that show tissue, from 0 to 1,
            whatever the sampler has for patches to train on. Pixels beyond the
            image count as empty, unless the border mirrors it. Without effect where
            ``tissue`` is None and no patch reaches over the border.

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
            masks = [self._tissue_to_cut(image, size, min_tissue)]
            if mask is not None:
                masks.append(check_mask(mask, image, "mask"))
            positions.append(
                centres_on_grid(masks, step, size, self.border, index=index)
            )
        found = positions[0] if len(positions) == 1 else np.concatenate(positions)
        # Read-only, so that `Patches` need not copy them.
        found.flags.writeable = False
        if not len(found):
            raise ValueError(
                f"no patch of {size} pixels can be cut of {called_together(slices)}: "
                f"no tissue (and mask) at any centre of the {step}-pixel grid. Check "
                f"tissue={shown(self.tissue)}, "
                f"the threshold {self.tissue_threshold_} (grey levels here are "
                f"{grey_range(slices)}) and min_tissue={min_tissue}; or pass "
                "tissue=None to cut everywhere, or tissue=mask."
            )
        return Patches(slices, found, size, border=self.border)

    def _tissue_to_cut(
        self, image: SliceImage, size: int, min_tissue: float
    ) -> NDArray[np.bool_] | PackedMask:
        """Return where a slice shows tissue, and enough of a patch does."""
        where = packed_tissue(
            image,
            self.tissue,
            threshold=self.tissue_threshold_,
            rule=getattr(self, "_tissue_rule", None),
            holes_filled=self.fill_holes,
        )
        if isinstance(self.tissue, str):
            warn_of_little_tissue(image, where)
        if min_tissue > 0:
            where = centres_off_the_rim(
                np.asarray(where),
                patch_size=size,
                min_tissue=min_tissue,
                border=self.border,
            )
        return where

    def _prepare(self, image: SliceImage, size: int) -> SliceImage:
        """Return a new slice at the model's pixel size, checked to be like its own."""
        warn_of_unknown_size(image, self.pixel_size_um_)
        check_channels(image, self.patch_shape_)
        check_fitted_dtype(image, self.pixel_dtype_, self.tissue)
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
