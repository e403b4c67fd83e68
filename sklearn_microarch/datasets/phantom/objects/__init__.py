"""What is painted into a slice of the phantom: cells, fibres, bundles, vessels."""
