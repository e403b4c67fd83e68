"""How a network is trained, on which rows, and checked."""
