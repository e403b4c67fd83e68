"""From the places of patches to features, as rows in the order asked for."""
