"""Depth between pia and white matter, and what maps hold along it."""
