"""Draw rows to fit on from many slices, on the workers of a cluster."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch._arguments._numbers import check_integer, shown
from sklearn_microarch._sklearn_private import check_parameters
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.mapping._memory import parse_memory
from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.sampling._pixel_size import (
    check_one_patch_size,
    patch_size_in_pixels,
)
from sklearn_microarch.sampling._resample import bring_to_pixel_size
from sklearn_microarch.volumes.rows._annotated_planes import AnnotatedPlanes
from sklearn_microarch.volumes.rows._ask_for_rows import ask_for_offers, ask_for_rows
from sklearn_microarch.volumes.rows._draw_on_slice import RowJob
from sklearn_microarch.volumes.running._cluster import cluster

# What finding centres takes: masks, sums of regions over windows, a blurred slice.
_BYTES_PER_PIXEL = 48


def draw_rows(
    images: Any,  # noqa: ANN401 - a Volume, a SliceImage, an array or several
    rois: Any,  # noqa: ANN401 - a RoiMap, codes, or several
    *,
    n_rows: int = 1_000_000,
    sampler: PatchSampler | None = None,
    features: CNNFeatureExtractor | None = None,
    names: Mapping[int, str] | None = None,
    client: Any = None,  # noqa: ANN401 - distributed.Client
    n_threads: int = 1,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[NDArray[np.float32] | Patches, NDArray]:
    """Draw rows to fit factors and clusters on, evenly from many slices.

    Rows are shared out evenly over the regions; those of a region over the specimens
    that show it, and over the slices of each. What offers few positions gives all it
    has, and the others fill up. A worker holds one slice at a time. Needs
    dask.distributed: ``pip install 'sklearn-microarch[volumes]'``.

    Parameters
    ----------
    images : Volume, SliceImage, array of shape (height, width), or sequence of these
        Annotated slices. The workers read those of a volume themselves, where they
        can.
    rois : RoiMap, array-like of shape (height, width), or one for each slice
        Regions: a `RoiMap`, or integer codes. For a volume also an array of shape
        (n_planes, height, width). Slices without annotation give no rows.
    n_rows : int, default=1_000_000
        How many rows, over all slices.
    sampler : PatchSampler or None, default=None
        How patches are cut: size, purity, tissue. None: a default one, with the patch
        size of the network where there is one. Its ``pixel_size_um``, or that which a
        fitted one knows, is what slices are brought to; None: the coarsest of theirs.
        Tissue is found on each slice by itself. Its ``n_patches_per_roi`` and
        ``random_state`` are not used.
    features : CNNFeatureExtractor or None, default=None
        Fitted network that turns patches into features, on the workers.
    names : mapping of int to str or None, default=None
        Name of each code; then labels are names. A `RoiMap` has its own.
    client : distributed.Client or None, default=None
        The cluster. None: the cores of this machine, a process each.
    n_threads : int, default=1
        Threads for each slice. Features depend on it, in their last bits.
    random_state : int, RandomState instance or None, default=None
        Draws the rows. An int gives the same rows in the same order, whatever the
        workers.

    Returns
    -------
    rows : ndarray of shape (n, n_features), dtype float32, or Patches
        In random order, no position twice. Without ``features``, the patches, with all
        slices in memory.
    labels : ndarray of shape (n,)
        Region of each row: int64 codes, or names.

    Raises
    ------
    ClusterError
        If the cluster is lost, workers die, or one has another version of this library.
    ImageFileError, FileNotFoundError
        If a slice cannot be read.
    ImportError
        If distributed is not installed.
    NotFittedError
        If ``features`` is not fitted.
    TypeError, ValueError
        As in `PatchSampler.sample`; if ``n_rows`` is less than the number of regions,
        or there is not one map of regions for each slice.

    Warns
    -----
    FewPatchesWarning
        If a region offers fewer positions than its share of the rows.
    MissingRegionsWarning
        If one of several specimens offers no position of a region.
    PixelSizeWarning, TissueWarning
        As in `PatchSampler.sample`, once for all slices.

    See Also
    --------
    PatchSampler.sample : Draws patches of a few slices, to train the network on.
    map_volume : Maps a volume with the fitted pipeline.

    Notes
    -----
    Workers are asked twice about each slice: first, how many positions each region
    offers; then for the features of those that are drawn. Slices in memory travel to
    the workers with both questions, and the network with the second; features travel
    back. They take 4 bytes for each value: 256 MB for 1 000 000 rows of 64.

    Examples
    --------
    >>> import numpy as np
    >>> from distributed import Client
    >>> from sklearn_microarch import CNNFeatureExtractor, NMFEmbedder, PatchSampler
    >>> from sklearn_microarch.volumes import draw_rows
    >>> grey = np.random.default_rng(0).integers(80, 120, (3, 64, 96), dtype=np.uint8)
    >>> grey[:, :, 48:] //= 2
    >>> rois = np.repeat([[1, 2]], 48, axis=1).repeat(64, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> patches, labels = sampler.sample(grey[0], rois)
    >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    >>> network = network.fit(patches, labels)
    >>> # Without `client`, processes are started, one for each core.
    >>> with Client(processes=False, dashboard_address=":0") as client:
    ...     X, labels = draw_rows(
    ...         list(grey), [rois] * 3, n_rows=600, sampler=sampler, features=network,
    ...         client=client, random_state=0,
    ...     )
    >>> X.shape, X.dtype, np.bincount(labels).tolist()
    ((600, 8), dtype('float32'), [0, 300, 300])
    >>> factors = NMFEmbedder(2, random_state=0).fit(X)
    """
    n_rows = check_integer("n_rows", n_rows, minimum=1)
    n_threads = check_integer("n_threads", n_threads, minimum=1)
    _check_network(features)
    if not (names is None or isinstance(names, Mapping)):
        raise TypeError(
            f"names={shown(names)} must be a mapping of codes to names, such as "
            "{1: 'CTX'}; slices may show different regions."
        )
    planes = AnnotatedPlanes(images, rois)
    rule = _sampler_for(sampler, features, planes)
    seed = check_random_state(random_state).randint(2**31 - 1, size=4)
    needed = _BYTES_PER_PIXEL * planes.n_pixels
    with cluster(
        client,
        n_planes=len(planes),
        n_threads=n_threads,
        bytes_per_plane=needed,
        memory=parse_memory("auto"),
    ) as (workers, limit):
        job = RowJob(rule, names, features, tuple(seed.tolist()), n_threads, limit)
        shares = ask_for_offers(workers, job, planes, n_rows)
        # Another generator than those of the slices, which add their number.
        order = np.random.default_rng(job.seed).permutation(int(shares.shares.sum()))
        rows = ask_for_rows(workers, job, planes, shares, order)
    in_slices = shares.labels()
    labels = np.empty_like(in_slices)
    labels[order] = in_slices
    if features is not None:
        return rows, labels
    slices = [bring_to_pixel_size(one.load(), rule.pixel_size_um) for one in planes]
    size = patch_size_in_pixels(rule, rule.pixel_size_um)
    return Patches(slices, rows, size, border=rule.border), labels


def _check_network(features: object) -> None:
    if features is None:
        return
    if not isinstance(features, CNNFeatureExtractor):
        raise TypeError(
            f"features is a {type(features).__name__}; it must be a fitted "
            "CNNFeatureExtractor, such as pipeline['features'], or None."
        )
    check_is_fitted(features, "weights_")


def _sampler_for(
    sampler: PatchSampler | None,
    features: CNNFeatureExtractor | None,
    planes: AnnotatedPlanes,
) -> PatchSampler:
    """Return a sampler that cuts each slice as all, whichever is looked at."""
    if not (sampler is None or isinstance(sampler, PatchSampler)):
        raise TypeError(
            f"sampler is a {type(sampler).__name__}; it must be a PatchSampler."
        )
    if sampler is None:
        size = None if features is None else int(features.patch_shape_[-1])
        sampler = PatchSampler(size)
    check_parameters(sampler, sampler.get_params())
    check_one_patch_size(sampler)
    target = getattr(sampler, "pixel_size_um_", None) or sampler.pixel_size_um
    target = planes.common_pixel_size() if target is None else target
    size = patch_size_in_pixels(sampler, target)
    return clone(sampler).set_params(
        pixel_size_um=target, patch_size=size, patch_size_um=None
    )
