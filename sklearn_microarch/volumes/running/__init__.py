"""Planes that are mapped by the workers of a Dask cluster."""
