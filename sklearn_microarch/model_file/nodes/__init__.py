"""A pipeline as a tree of plain values, and the types it may be made of."""
