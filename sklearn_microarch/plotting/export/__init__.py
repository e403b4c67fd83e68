"""Figures and their numbers as files."""
