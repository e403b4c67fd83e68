"""Outlines of regions: read from QuPath and ImageJ, and filled with pixels."""
