"""Version of the phantom: the same version and arguments give the same slices."""

__all__ = ["PHANTOM_VERSION"]

# Results on the phantom are stated with this. Whatever changes a pixel of an image
# or of a label map, at any argument, makes a new version.
PHANTOM_VERSION = "1"
