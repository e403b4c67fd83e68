"""What chance alone would do: labels moved, and maps drawn at random."""
