"""What an OME-Zarr image holds, found and loaded piece by piece."""
