"""Whether a number of clusters is more than a gradient cut into so many."""
