"""Slice after slice through one model, and what is written of each."""
