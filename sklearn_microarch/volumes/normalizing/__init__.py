"""What the planes of a volume are normalized by: all alike, or smoothly along z."""
