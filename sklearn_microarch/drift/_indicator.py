"""One measure of drift, with what is usual and how far it may go."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Indicator:
    """One measure of drift.

    Parameters
    ----------
    value : float
        Of the new slice.
    usual : float
        Median over parts of the reference, each compared with the rest.
    limit : float
        What nearly all parts of the reference stay below, in all indicators at
        the same time.

    Examples
    --------
    >>> from sklearn_microarch.drift import Indicator
    >>> Indicator(value=3.0, usual=1.0, limit=2.0).excess
    2.0
    """

    value: float
    usual: float
    limit: float

    @property
    def excess(self) -> float:
        """How far beyond the usual, in units of the limit; alarm above 1."""
        return (self.value - self.usual) / (self.limit - self.usual)
