"""Checks of what a network is built for: channels, patches, features, regions."""

from sklearn_microarch._arguments._numbers import check_integer, shown


def check_sizes(
    n_channels: int, patch_shape: tuple[int, int], n_features: int, n_classes: int
) -> tuple[int, int]:
    """Return the height and width of a patch; raise where no network can be built."""
    for name, value in (
        ("n_channels", n_channels),
        ("n_features", n_features),
        ("n_classes", n_classes),
    ):
        check_integer(name, value, minimum=1, maximum=2**20)
    if not isinstance(patch_shape, tuple | list) or len(patch_shape) != 2:
        raise TypeError(
            f"patch_shape={shown(patch_shape)} must be a height and a width, in pixels."
        )
    height, width = (
        check_integer("patch_shape", edge, minimum=1, maximum=2**15, unit="pixels")
        for edge in patch_shape
    )
    return height, width
