"""Write maps and label images to OME-Zarr, part by part."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import DTypeLike

from sklearn_microarch._arguments._numbers import (
    check_option,
    check_path,
    check_switch,
    shown,
)
from sklearn_microarch._whole import Place, replace_folder
from sklearn_microarch.images._cell_grid import check_placement
from sklearn_microarch.images._channel_names import check_channel_names
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images.ome_zarr._check_output import check_output
from sklearn_microarch.images.ome_zarr._levels import make_level
from sklearn_microarch.images.ome_zarr._metadata import (
    VERSIONS,
    check_dtype,
    check_edges,
    check_folder_name,
    check_json,
    check_window,
    image_label,
)
from sklearn_microarch.images.ome_zarr._part import Part, write_metadata
from sklearn_microarch.images.ome_zarr._zarr import import_zarr

if TYPE_CHECKING:
    import zarr


class OmeZarrWriter:
    """Write maps of one slice to an OME-Zarr image, as they come.

    Used in a ``with`` statement: images and labels are added, their arrays are
    filled part by part in any order, and at the end of the statement the
    pyramids are built, the metadata written, and the whole put in its place.
    Until then, and after any failure, ``path`` is as it was before.

    Needs zarr: ``pip install sklearn-microarch[zarr]``.

    Parameters
    ----------
    path : str or pathlib.Path
        Folder to make, by custom named ``*.ome.zarr``; the folder it lies in
        must exist.
    shape : tuple of int
        Height and width of the images, in pixels of their own: of maps, rows and
        columns of cells.
    pixel_size_um : float or None, default=None
        Edge length of a pixel of the slice, in micrometres. None: unknown; scales
        and translations are in pixels of the slice then.
    cell_size : float, default=1.0, unit: pixels of the slice
        Distance between the images' pixels: of a map with a stride, the stride.
    offset : tuple of (float, float), default=(0.0, 0.0), unit: pixels of the slice
        Row and column of the centre of the images' first pixel.
    name : str, default=""
        Name of the slice.
    version : {"0.5", "0.4"}, default="0.5"
        Version of OME-Zarr: 0.5 stores zarr format 3, 0.4 zarr format 2.
    chunk : tuple of int, default=(512, 512)
        Height and width of a chunk, in pixels. Parts should be written along
        its borders; across them each chunk is read and written again.
    provenance : mapping or None, default=None
        How the maps came about; kept as JSON in the attribute
        "sklearn_microarch". None: nothing is said.
    overwrite : bool, default=False
        Whether maps at ``path`` may be replaced: a group that `map_slice` wrote and
        to which nothing was added. Other data are never replaced.

    Raises
    ------
    FileExistsError
        If ``path`` exists, and ``overwrite`` is False or it holds anything but maps.
    FileNotFoundError
        If the folder to write into does not exist.
    ImportError
        If zarr is not installed.
    OSError
        If it cannot be written, for example for want of space; what was there
        before is untouched then.
    TypeError, ValueError
        If a parameter is of the wrong kind or out of its range.

    See Also
    --------
    read_ome_zarr : Read an image back.
    write_tiff : Write maps that are in memory to one file.

    Notes
    -----
    Level i of a pyramid is halved i times, until the longer edge is at most
    512 pixels: images by the mean of 2 x 2 pixels that are not NaN, labels by
    taking every second pixel. It is built block by block, in little memory.
    Scale and translation say where the centres of the pixels lie, on the slice.

    Nothing is left out of a finished image: chunks that nobody wrote are
    stored as NaN or background, so that a chunk without a file is one that
    has been lost. Equal values with equal settings give equal bytes, for one
    version of zarr.

    References
    ----------
    .. [1] J. Moore et al., "OME-Zarr: a cloud-optimized bioimaging file format
       with international community support", Histochemistry and Cell Biology
       160, 2023. https://ngff.openmicroscopy.org/

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = f"{folder.name}/z159.ome.zarr"
    >>> with OmeZarrWriter(path, shape=(700, 900), pixel_size_um=1.17) as writer:
    ...     factors = writer.add_image(["factor07_VP", "factor02_cortex"])
    ...     clusters = writer.add_label("clusters", properties={1: {"cluster": 0}})
    ...     factors[:, :512, :512] = np.ones((2, 512, 512))
    ...     clusters[:512, :512] = 1
    >>> read_ome_zarr(path, level=1)
    SliceImage('z159', 2 x 350 x 450 float32, 2.34 um per pixel, downsampled by 2)
    >>> folder.cleanup()
    """

    def __init__(
        self,
        path: str | Path,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
        cell_size: float = 1.0,
        offset: tuple[float, float] = (0.0, 0.0),
        name: str = "",
        version: str = "0.5",
        chunk: tuple[int, int] = (512, 512),
        provenance: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> None:
        import_zarr()
        check_option("version", version, VERSIONS)
        if not isinstance(name, str):
            raise TypeError(f"name={shown(name)} must be a string.")
        if provenance is not None and not isinstance(provenance, Mapping):
            raise TypeError(f"provenance={shown(provenance)} must be a mapping.")
        check_json("provenance", provenance)
        self.path = check_path("path", path)
        self.shape = check_edges("shape", shape)
        self.pixel_size_um = check_pixel_size(pixel_size_um)
        self.cell_size, self.offset = check_placement(cell_size, offset)
        self.name = name
        self.version = version
        self.chunk = check_edges("chunk", chunk)
        self.provenance = provenance
        self.overwrite = check_switch("overwrite", overwrite)
        self._place: Place | None = None
        self._root: zarr.Group | None = None
        self._parts: dict[str, Part] = {}
        check_output(self.path, overwrite=self.overwrite)

    def _within(self, place: Place) -> Self:
        """Write to a place of `place_of_folder` that is held already."""
        self._place = place
        return self

    def __enter__(self) -> Self:
        from sklearn_microarch.images.ome_zarr._store import ClosableStore

        with ExitStack() as stack:
            check = partial(check_output, overwrite=self.overwrite)
            folder = replace_folder(
                self.path,
                check=check,
                may_replace=partial(check_output, overwrite=True),
                place=self._place,
            )
            self._folder = stack.enter_context(folder)
            store = ClosableStore(self._folder)
            stack.callback(store.close_for_good)
            self._root = import_zarr().create_group(
                store, zarr_format=2 if self.version == "0.4" else 3
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                with self._stack:
                    self._finish()
            else:
                self._stack.__exit__(kind, error, trace)
        finally:
            self._root = None

    def add_image(
        self,
        channel_names: Sequence[str],
        *,
        dtype: DTypeLike = "float32",
        group: str = "",
        window: tuple[float, float] | None = None,
        shape: tuple[int, int] | None = None,
        cell_size: float | None = None,
        offset: tuple[float, float] | None = None,
    ) -> "zarr.Array":
        """Add an image of one or more channels, empty so far.

        Parameters
        ----------
        channel_names : sequence of str
            One name per channel, for example ``["factor07_VP", ...]``.
        dtype : dtype, default="float32"
            Real; floats are NaN and integers 0 where nothing is written.
        group : str, default=""
            Name of the image within the main one, such as "regions". "": the
            main image itself, which is added first.
        window : tuple of float or None, default=None
            Values that viewers show as black and as full colour. None: 0 (or
            the lowest value below) and the 99.9th percentile of each channel.
        shape : tuple of int or None, default=None
            Height and width, where not those of the others.
        cell_size : float or None, default=None, unit: pixels of the slice
            Distance between pixels, where not that of the others.
        offset : tuple of (float, float) or None, default=None, unit: pixels of the \
                slice
            Row and column of the first pixel, where not that of the others.

        Returns
        -------
        array : zarr.Array of shape (n_channels, height, width)
            To be filled: ``array[:, 0:512, 512:1024] = values``.

        Raises
        ------
        RuntimeError
            If called outside the ``with`` statement.
        TypeError, ValueError
            If names, ``dtype``, ``window`` or the place are of the wrong kind,
            ``group`` is taken or no name for a folder, or the main image is not
            there yet.
        """
        names = check_channel_names(channel_names)
        edges = self.shape if shape is None else check_edges("shape", shape)
        place = check_placement(
            self.cell_size if cell_size is None else cell_size,
            self.offset if offset is None else offset,
        )
        dtype = check_dtype(dtype, "iuf", "an integer or float")
        check_window(window)
        parent = self._make_group("group", group)
        level = make_level(parent, "0", (len(names), *edges), dtype, self.chunk)
        self._parts[group] = Part(
            parent,
            level,
            self._folder / group,
            group or self.name,
            *place,
            channel_names=names,
            window=window,
        )
        return level

    def add_label(
        self,
        name: str,
        *,
        dtype: DTypeLike = "uint16",
        properties: Mapping[int, Mapping[str, Any]] | None = None,
        colors: Mapping[int, Sequence[int]] | None = None,
    ) -> "zarr.Array":
        """Add a label image, all background so far.

        Parameters
        ----------
        name : str
            Such as "clusters".
        dtype : dtype, default="uint16"
            Unsigned integer; 0 is background, where there is nothing.
        properties : mapping of int to mapping, default=None
            What is known of each label, by its value.
        colors : mapping of int to sequence of 4 int, default=None
            Red, green, blue and opacity of each label, from 0 to 255; of the
            same labels as ``properties``, where both are given.

        Returns
        -------
        array : zarr.Array of shape (height, width)
            To be filled: ``array[0:512, 512:1024] = values``.

        Raises
        ------
        RuntimeError
            If called outside the ``with`` statement.
        TypeError, ValueError
            If ``dtype``, ``properties`` or ``colors`` are of the wrong kind,
            ``name`` is taken or no name for a folder, or the main image is
            not there yet.
        """
        dtype = check_dtype(dtype, "u", "an unsigned integer")
        known = {} if properties is None else properties
        about = image_label(known, colors, self.version)
        check_folder_name("name", name)
        parent = self._make_group("name", name, inside="labels/")
        level = make_level(parent, "0", self.shape, dtype, self.chunk)
        folder = self._folder / "labels" / name
        self._parts[f"labels/{name}"] = Part(
            parent, level, folder, name, self.cell_size, self.offset, label=about
        )
        return level

    def _make_group(self, argument: str, name: str, inside: str = "") -> "zarr.Group":
        if self._root is None:
            raise RuntimeError(
                f"{self.path} is not open; add images and labels within the with "
                "statement of its OmeZarrWriter."
            )
        if isinstance(name, str) and not name:
            if "" in self._parts:
                raise ValueError("the main image is there; name a group for another.")
            return self._root
        check_folder_name(argument, name)
        if "" not in self._parts:
            raise ValueError(f"add the main image before {argument}={name!r}.")
        if f"{inside}{name}" in self._parts:
            raise ValueError(f"{argument}={name!r} is there already.")
        return self._root.create_group(f"{inside}{name}")

    def _finish(self) -> None:
        if self._root is None or "" not in self._parts:
            raise ValueError(f"{self.path} would be empty; add an image to it.")
        write_metadata(
            self._root,
            self._parts,
            pixel_size_um=self.pixel_size_um,
            version=self.version,
            provenance=self.provenance,
        )
