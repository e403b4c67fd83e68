"""Maps of a volume on a grid of cubes, as programs for registration take them."""
