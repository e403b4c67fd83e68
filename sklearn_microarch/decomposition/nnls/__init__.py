"""Exact non-negative least squares of many rows."""
