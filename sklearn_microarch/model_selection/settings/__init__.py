"""How many factors and clusters, and which lambda: measured, then decided."""
