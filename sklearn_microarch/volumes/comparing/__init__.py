"""Neighbouring planes of a mapped volume, on the tissue that both have."""
