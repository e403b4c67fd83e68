"""Figures, panels and the slice under a map."""
