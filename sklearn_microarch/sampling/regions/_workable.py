"""Settings under which a region offers enough positions for patches."""

from collections.abc import Callable, Sequence

from sklearn_microarch.sampling.regions._placed_codes import PlacedCodes
from sklearn_microarch.sampling.regions._rim import Rim


def settings_that_work(
    placed: Sequence[PlacedCodes],
    code: int,
    *,
    patch_size: int,
    purity_window: float,
    min_purity: float,
    border: str,
    n_wanted: int,
    rim: Rim | None = None,
) -> str:
    """Return in words which single settings give a region enough positions.

    Such as "patch_size <= 90 or purity_window <= 0.2 gives at least 455 positions", off
    the rim if there is one.
    ``n_wanted`` is lowered to a quarter of the region's pixels where it has few.
    """
    n_pixels = sum(int((one.on_grid() == code).sum()) for one in placed)
    n_wanted = max(1, min(n_wanted, n_pixels // 4))

    def count(
        size: int, window: float, purity: float, tissue: float | None = None
    ) -> int:
        n_found = 0
        for index, one in enumerate(placed):
            found = one.candidates(
                code,
                patch_size=size,
                purity_window=window,
                min_purity=purity,
                border=border,
            )
            if rim is not None:
                found = rim.keep_off(found, code, index, size, tissue)
            n_found += int(found.sum())
        return n_found

    tries: list[tuple[str, Callable[[int], int], int, float]] = [
        ("patch_size", lambda at: count(at, purity_window, min_purity), patch_size, 1),
        (
            "purity_window",
            lambda at: count(patch_size, at / 100, min_purity),
            round(100 * purity_window),
            100,
        ),
        (
            "min_purity",
            lambda at: count(patch_size, purity_window, at / 100),
            round(100 * min_purity),
            100,
        ),
    ]
    if rim is not None and code not in rim.exempt:
        tries.append(
            (
                "min_tissue",
                lambda at: count(patch_size, purity_window, min_purity, at / 100),
                round(100 * rim.min_tissue),
                100,
            )
        )
    found, counts = [], []
    for name, offers, most, unit in tries:
        best = _largest(offers, most, n_wanted)
        if best is not None:
            found.append(f"{name} <= {best[0] / unit:g}")
            counts.append(best[1])
    if not found:
        return "no single setting gives it enough positions"
    return f"{' or '.join(found)} gives {min(counts)} positions or more"


def _largest(
    offers: Callable[[int], int], most: int, n_wanted: int
) -> tuple[int, int] | None:
    """Return the largest setting below one that gives enough, and how many it gives."""
    low, high, best = 1, most - 1, None
    while low <= high:
        middle = (low + high) // 2
        n_found = offers(middle)
        if n_found >= n_wanted:
            best, low = (middle, n_found), middle + 1
        else:
            high = middle - 1
    return best
