"""The X-ray micro-CT section of mouse thalamus and cortex of Prasad et al. (2020)."""

from pathlib import Path

from sklearn.utils import Bunch

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_option,
    check_switch,
)
from sklearn_microarch.datasets._get_data_home import data_folders
from sklearn_microarch.datasets.prasad2020._bossdb import BOSSDB_URL, CutoutServer
from sklearn_microarch.datasets.prasad2020._description import (
    describe_slice,
    label_source,
)
from sklearn_microarch.datasets.prasad2020._download import (
    download_image,
    download_rois,
)
from sklearn_microarch.datasets.prasad2020._files import (
    find_file,
    read_region_codes,
    read_slice,
)
from sklearn_microarch.datasets.prasad2020._regions import (
    ANNOTATED_SLICES,
    N_SLICES,
    PIXEL_SIZE_UM,
    ROI_NAMES,
    SIX_CLASS_NAMES,
    as_six_classes,
)
from sklearn_microarch.exceptions import DataNotFoundError

_SUFFIXES = {"raw": "", "preview": "_preview"}


def fetch_prasad2020(
    z: int = 159,
    *,
    data_home: str | Path | None = None,
    six_class: bool = False,
    variant: str = "raw",
    download_if_missing: bool = False,
    base_url: str = BOSSDB_URL,
    timeout: float = 60.0,
) -> Bunch:
    """Load a slice of the mouse thalamocortical section, with its regions.

    An X-ray micro-CT volume of 720 x 1420 x 5805 voxels (z, y, x) of 1.17 um
    from one mouse [1]_. Slice ``z`` is the file ``prasad2020_z<z>.tif``, its
    regions ``prasad2020_z<z>_rois.tif``.

    Parameters
    ----------
    z : int, default=159
        Number of the slice, from 0 to 719; tissue lies in 15 to 680. Regions
        were published for 109, 159, 209, 259, 309, 359, 409, 410 and 460.
    data_home : str, pathlib.Path or None, default=None
        The only folder to look in. None: the one named by the environment
        variable ``SKLEARN_MICROARCH_DATA``, then the user's cache.
    six_class : bool, default=False
        Whether to give the classes of [2]_: the TRN becomes unannotated,
        internal capsule and corpus callosum become white matter ("WM", 6).
    variant : {"raw", "preview"}, default="raw"
        "preview" is a picture of the slice with 19 grey levels,
        ``prasad2020_z<z>_preview.tif``. It is not raw data and is never given
        in its place.
    download_if_missing : bool, default=False
        Whether to download what is in none of the folders from BossDB: about
        8 MB for the raw image, less for the regions. Previews cannot be
        downloaded.
    base_url : str, default="https://api.bossdb.io"
        Scheme (http or https) and host of the server, without user and password.
    timeout : float, default=60.0
        Longest wait for the server at any one time, in seconds, from 0.001 to 86,400.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with these attributes.

        image : SliceImage of shape (1420, 5805), dtype uint8
            The slice; its specimen is "prasad2020".
        rois : ndarray of shape (1420, 5805), dtype uint8, or None
            Code of the region at each pixel, 0 where there is no annotation.
            None when there is no file of regions.
        roi_names : dict of int to str
            Short name of each code but 0.
        pixel_size_um : float
            Edge length of a pixel, in micrometres.
        label_source : {"published", "silver", "unknown"} or None
            Where ``rois`` comes from; `DESCR` says what that means.
        filenames : list of pathlib.Path
            Files that were read.
        DESCR : str
            What the slice and its labels are.

    Raises
    ------
    DataNotFoundError
        If the slice is in none of the folders; the message lists them.
    DownloadError
        If a download fails, or what arrives has another size, type or other
        codes than this data set. Nothing is left under the final name then.
    ImageFileError
        If a file is damaged, has another size, type or other codes than this
        data set, or has changed since it was downloaded.
    TypeError, ValueError
        If an argument is of the wrong type or out of its range; the message names it.

    See Also
    --------
    make_thalamocortical_phantom : A similar section that needs no data.

    Notes
    -----
    The download is written after the documented cutout interface of BossDB
    [3]_ and tested on a local server only: **it was never run against the real
    host**. The sha256 of a slice is recorded beside it at its first download
    and verified whenever it is loaded. Sums are not comparable with files
    that came another way.

    References
    ----------
    .. [1] J. A. Prasad et al., "A three-dimensional thalamocortical dataset for
       characterizing brain heterogeneity", Scientific Data 7:358, 2020.
       :doi:`10.1038/s41597-020-00692-y`
    .. [2] A. H. Balwani and E. L. Dyer, "Modeling Brain Microarchitecture with
       Deep Representation Learning", 2020.
       :doi:`10.1101/2020.05.26.117473`
    .. [3] BossDB, project prasad2020, https://bossdb.org/project/prasad2020

    Examples
    --------
    Without the data, a grey picture stands in for the slice here:

    >>> import tempfile, numpy as np
    >>> from sklearn_microarch.datasets import fetch_prasad2020
    >>> from sklearn_microarch.images import write_tiff
    >>> grey = np.full((1420, 5805), 100, dtype="uint8")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_tiff(f"{folder}/prasad2020_z200.tif", grey)
    ...     data = fetch_prasad2020(200, data_home=folder, six_class=True)
    >>> data.image
    SliceImage('prasad2020_z200', 1420 x 5805 uint8, 1.17 um per pixel)
    >>> data.roi_names[6], data.rois is None
    ('WM', True)
    """
    z = check_integer("z", z, minimum=0, maximum=N_SLICES - 1)
    variant = check_option("variant", variant, _SUFFIXES)
    six_class = check_switch("six_class", six_class)
    download_if_missing = check_switch("download_if_missing", download_if_missing)
    server = CutoutServer(base_url, timeout)
    folders = data_folders(data_home)
    name = f"prasad2020_z{z}{_SUFFIXES[variant]}.tif"
    rois_name = f"prasad2020_z{z}_rois.tif"
    if download_if_missing:
        if variant == "raw" and find_file(name, folders) is None:
            download_image(folders[0] / name, z, server)
        if z in ANNOTATED_SLICES and find_file(rois_name, folders) is None:
            download_rois(folders[0] / rois_name, z, server)

    path = find_file(name, folders)
    if path is None:
        raise _not_found(name, z, variant, folders)
    rois_path = find_file(rois_name, folders)
    rois = None if rois_path is None else read_region_codes(rois_path)
    if rois is not None and six_class:
        rois = as_six_classes(rois)
    return Bunch(
        image=read_slice(path),
        rois=rois,
        roi_names=dict(SIX_CLASS_NAMES if six_class else ROI_NAMES),
        pixel_size_um=PIXEL_SIZE_UM,
        label_source=label_source(rois_path, z),
        filenames=[path] if rois_path is None else [path, rois_path],
        DESCR=describe_slice(
            z, variant=variant, six_class=six_class, rois_path=rois_path
        ),
    )


def _not_found(
    name: str, z: int, variant: str, folders: list[Path]
) -> DataNotFoundError:
    preview = find_file(f"prasad2020_z{z}_preview.tif", folders)
    remedies = [
        f"put {name} into one of them",
        "pass data_home or set SKLEARN_MICROARCH_DATA to the folder that has it",
    ]
    if variant == "raw":
        remedies.append("pass download_if_missing=True to download it from BossDB")
    if variant == "raw" and preview is not None:
        remedies.append(
            f"pass variant='preview' to take {preview.name} knowingly: there is only "
            "this 19-level picture of the slice, no raw data"
        )
    searched = ", ".join(map(str, folders))
    return DataNotFoundError(
        f"{name} is in none of the folders searched: {searched}. Remedies: "
        f"{'; '.join(remedies)}. make_thalamocortical_phantom gives a similar section "
        "without any data."
    )
