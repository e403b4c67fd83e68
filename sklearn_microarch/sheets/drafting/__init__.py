"""Which files of a folder are slices, and which annotations belong to them."""
