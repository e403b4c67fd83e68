"""Keep what an interrupted mapping has computed, and go on from there."""
