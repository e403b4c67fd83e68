"""Sections through the maps of a volume, across its planes."""
