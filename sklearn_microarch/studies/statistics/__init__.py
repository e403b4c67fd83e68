"""Tables and comparisons of a study's maps, and how to report them."""
