"""Networks of other seeds, and which of their maps is which of ours."""
