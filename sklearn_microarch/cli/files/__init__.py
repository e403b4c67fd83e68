"""Files as a user meets them: what one is, and pictures that are written."""
