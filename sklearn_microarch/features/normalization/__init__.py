"""Gain, offset and shading of a slice, whatever shares of tissue it shows."""
