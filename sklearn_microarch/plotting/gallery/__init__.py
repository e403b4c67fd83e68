"""Displays of patches: what clusters and factors look like."""
