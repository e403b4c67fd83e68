"""Pieces of an annotation that a model which has not seen them would call otherwise."""
