"""What more it would take to tell a map from chance, in words."""


def slices_or_animals(slices: int) -> str:
    """Return how many slices would tell, or that animals would where 0 are known."""
    if not slices:
        return "more animals"
    return f"about {slices} slices that show it as well, or more animals,"
