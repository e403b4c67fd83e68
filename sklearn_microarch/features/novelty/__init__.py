"""How far a patch is from all that a network was trained on."""
