"""Where maps go, piece by piece: memory, TIFF files, OME-Zarr."""
