"""Regions written for other programs."""
