"""What a map may follow instead of anatomy, and how much of it does."""
