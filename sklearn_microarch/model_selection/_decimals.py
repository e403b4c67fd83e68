"""Scores as text of equal width."""


def decimals(value: float, digits: int = 3) -> str:
    """Return a number with a fixed number of decimals, or a dash for NaN.

    Parameters
    ----------
    value : float
        To be printed.
    digits : int, default=3
        Decimals.

    Returns
    -------
    text : str
    """
    return "-" if value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN
