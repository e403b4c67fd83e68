"""Displays of curves and points: numbers that a choice or a comparison rests on."""
