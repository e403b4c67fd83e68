"""Rows to fit on that are drawn from many slices, a slice a task."""
