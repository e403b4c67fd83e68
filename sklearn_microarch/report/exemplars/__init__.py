"""Patches that show what a cluster looks like."""
