"""A slice of textures in irregular pieces, of which some share a name."""

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from sklearn_microarch._arguments._numbers import check_integer, check_number, shown
from sklearn_microarch.datasets.mosaic._pieces import lay_pieces
from sklearn_microarch.datasets.mosaic._textures import draw_textures, render_texture
from sklearn_microarch.datasets.phantom._seed import resolve_seed, stream
from sklearn_microarch.images import SliceImage

# The same version and arguments give the same pixels; whatever changes one makes a new
# version.
MOSAIC_VERSION = "1"

_EDGES = (64, 16_384)
_MOST_TEXTURES = 20
_MEAN_GREY = 128.0
_DESCR = """\
Mosaic of drawn textures
------------------------
{n_textures} textures of equal mean and deviation of grey level, in irregular pieces of
about {piece_um:g} um; {merged} of them under one name.

specimen: {specimen}; {height} x {width} pixels, uint8; pixel size: {pixel_size_um:g} um
contrast: {contrast:g} and noise: {noise:g} grey levels; version {version}
"""


def make_texture_mosaic(
    n_textures: int = 5,
    *,
    merged: int = 2,
    shape: tuple[int, int] = (1000, 2000),
    pixel_size_um: float = 1.17,
    piece_um: float = 500.0,
    contrast: float = 24.0,
    noise: float = 2.5,
    random_state: int | np.random.Generator | np.random.RandomState | None = None,
) -> Bunch:
    """Generate a slice of textures, of which some have one name in the annotation.

    It asks whether a method finds a border that nobody drew: train on ``rois``, and
    compare what is found inside the first region with ``textures``. All textures
    have the same mean grey level and the same standard deviation, so that neither
    tells them apart. Each is shot noise [1]_: spots of one size, length, sign and
    number, strewn at random, in parallel or in all directions.

    Parameters
    ----------
    n_textures : int, default=5
        Number of textures, from 2 to 20.
    merged : int, default=2
        How many of them have one name, from 1 (each its own) to ``n_textures - 1``:
        the first ones.
    shape : tuple of int, default=(1000, 2000)
        Height and width, in pixels, from 64 to 16,384.
    pixel_size_um : float, default=1.17
        Edge length of a pixel, in micrometres, from 0.3 to 5.
    piece_um : float, default=500.0
        About how wide a piece of one texture is, in micrometres, from 20 to 10,000. A
        texture has several pieces where there is room; all cover about as much.
    contrast : float, default=24.0
        Standard deviation of the grey levels of a texture, from 1 to 30.
    noise : float, default=2.5
        Standard deviation of white noise on top of it, in grey levels, to 30.
    random_state : int, Generator, RandomState or None, default=None
        Determines textures and pieces. The global generator of NumPy is neither read
        nor changed.

    Returns
    -------
    mosaic : :class:`~sklearn.utils.Bunch`
        With the attributes

        images : list of one SliceImage
            uint8, named "mosaic"; the specimen is "mosaic-<seed>", and that seed as
            ``random_state`` gives it again. All of it is tissue: cut it with
            ``PatchSampler(tissue=None)``.
        rois : list of one ndarray of shape (height, width), dtype uint8
            Region codes; 1 holds the merged textures. There is no 0.
        textures : list of one ndarray of shape (height, width), dtype uint8
            The truth: number of the texture, from 1.
        roi_names, texture_names : dict of int to str
            Names of the codes, such as "texture 1+2" and "texture 1".
        pixel_size_um : float
            Edge length of a pixel, in micrometres.
        version : str
            The same version and arguments give the same mosaic.
        DESCR : str
            Description of the mosaic.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or the frame has no room for a piece of each
        texture; the message names it and its limits.

    See Also
    --------
    make_thalamocortical_phantom : A section whose layers and barrels are known.

    References
    ----------
    .. [1] S. O. Rice, "Mathematical analysis of random noise", Bell System Technical
       Journal 23(3), 1944. :doi:`10.1002/j.1538-7305.1944.tb00874.x`

    Examples
    --------
    >>> from sklearn_microarch.datasets import make_texture_mosaic
    >>> mosaic = make_texture_mosaic(shape=(200, 300), piece_um=100, random_state=0)
    >>> mosaic.images[0]
    SliceImage('mosaic', 200 x 300 uint8, 1.17 um per pixel)
    >>> mosaic.roi_names[1], mosaic.texture_names[2]
    ('texture 1+2', 'texture 2')
    """
    n_textures = check_integer(
        "n_textures", n_textures, minimum=2, maximum=_MOST_TEXTURES
    )
    merged = check_integer("merged", merged, minimum=1, maximum=n_textures - 1)
    shape = _check_frame(shape)
    pixel_size_um = check_number("pixel_size_um", pixel_size_um, low=0.3, high=5.0)
    piece_um = check_number("piece_um", piece_um, low=20.0, high=10_000.0)
    contrast = check_number("contrast", contrast, low=1.0, high=30.0)
    noise = check_number("noise", noise, high=30.0)
    seed = resolve_seed(random_state)

    textures = lay_pieces(seed, shape, n_textures, piece_um / pixel_size_um)
    _check_room(textures, n_textures, piece_um)
    image = SliceImage(
        _draw(textures, seed, pixel_size_um, contrast, noise),
        pixel_size_um=pixel_size_um,
        name="mosaic",
        specimen=f"mosaic-{seed}",
    )
    roi_names, texture_names = _names(n_textures, merged)
    return Bunch(
        images=[image],
        rois=[np.maximum(textures, merged) - np.uint8(merged - 1)],
        textures=[textures],
        roi_names=roi_names,
        texture_names=texture_names,
        pixel_size_um=pixel_size_um,
        version=MOSAIC_VERSION,
        DESCR=_DESCR.format(
            specimen=image.specimen,
            n_textures=n_textures,
            merged=merged,
            height=shape[0],
            width=shape[1],
            pixel_size_um=pixel_size_um,
            piece_um=piece_um,
            contrast=contrast,
            noise=noise,
            version=MOSAIC_VERSION,
        ),
    )


def _names(n_textures: int, merged: int) -> tuple[dict[int, str], dict[int, str]]:
    """Return names of regions and of textures, by their codes."""
    textures = {number: f"texture {number}" for number in range(1, n_textures + 1)}
    together = "+".join(str(number) for number in range(1, merged + 1))
    regions = {1: f"texture {together}"}
    for number in range(merged + 1, n_textures + 1):
        regions[number - merged + 1] = textures[number]
    return regions, textures


def _check_frame(shape: object) -> tuple[int, int]:
    """Return height and width."""
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise TypeError(
            f"shape={shown(shape)} must be a pair (height, width) in pixels."
        )
    low, high = _EDGES
    height, width = (
        check_integer(f"shape[{axis}]", length, minimum=low, maximum=high)
        for axis, length in enumerate(shape)
    )
    return height, width


def _check_room(textures: NDArray[np.uint8], n_textures: int, piece_um: float) -> None:
    """Raise where a texture has less than half of its share of the frame."""
    shares = np.bincount(textures.ravel(), minlength=n_textures + 1)[1:] / textures.size
    if shares.min() < 0.5 / n_textures:
        raise ValueError(
            f"piece_um={piece_um:g} leaves texture {shares.argmin() + 1} only "
            f"{shares.min():.1%} of the frame of {textures.shape[0]} x "
            f"{textures.shape[1]} pixels; take smaller pieces or a larger frame."
        )


def _draw(
    textures: NDArray[np.uint8],
    seed: int,
    pixel_size_um: float,
    contrast: float,
    noise: float,
) -> NDArray[np.uint8]:
    """Return grey levels (height, width), each texture on its own pixels."""
    drawn = draw_textures(seed, int(textures.max()))
    grey = np.full(textures.shape, _MEAN_GREY, dtype=np.float32)
    for number, texture in enumerate(drawn, start=1):
        within, name = textures == number, f"texture {number}"
        values = render_texture(texture, seed, name, within, pixel_size_um)
        grey[within] += np.float32(contrast) * values
    if noise > 0:
        rng = stream(seed, "detector")
        grey += np.float32(noise) * rng.standard_normal(grey.shape, dtype=np.float32)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
