"""Pass the rows of a slice through a pipeline, but those that are kept already."""

from typing import Any

import numpy as np
from tqdm import tqdm

from sklearn_microarch.drift._slice_watch import SliceWatch
from sklearn_microarch.mapping._output import Sink
from sklearn_microarch.mapping._steps import iterate_rows
from sklearn_microarch.mapping.resume._ledger import Ledger
from sklearn_microarch.mapping.resume._piece import Piece
from sklearn_microarch.sampling import Patches


def map_rows(
    steps: list[Any],
    patches: Patches,
    sink: Sink,
    watch: SliceWatch,
    ledger: Ledger | None,
    *,
    stride: int,
    max_rows: int,
    spare: int,
    verbose: bool,
) -> None:
    """Give the sink and the watch all rows, piece by piece.

    What the ledger holds is taken from there, and what is computed is kept in it.
    ``stride``, ``max_rows`` and ``spare`` are those of `iterate_rows`.
    """

    def take(piece: Piece) -> None:
        _, at_rows, at_cols = patches.positions[piece.rows].T
        sink.write(at_rows // stride, at_cols // stride, piece.mapped)
        watch.take(piece.watched, piece.features)

    done = np.zeros(len(patches), dtype=bool)
    for piece in () if ledger is None else ledger.pieces():
        if piece.rows.max() < len(done) and not done[piece.rows].any():
            done[piece.rows] = True
            take(piece)
    n_kept = int(done.sum())
    # Of millions of rows, only where some are left out are the others listed.
    left = np.flatnonzero(~done) if n_kept else None
    rest = patches if left is None else patches.take(left)
    with tqdm(
        total=len(patches),
        initial=n_kept,
        desc=f"mapping ({n_kept / len(done):.0%} kept)" if n_kept else "mapping",
        unit="px",
        disable=not verbose,
    ) as bar:
        if not len(rest):
            return
        for found, mapped, features in iterate_rows(
            steps, rest, stride=stride, max_rows=max_rows, spare=spare
        ):
            rows = found if left is None else left[found]
            wanted = watch.wants(rows) if features is not None else slice(0, 0)
            seen = np.zeros((0, 0), np.float32) if features is None else features
            piece = Piece(rows, mapped, rows[wanted], seen[wanted])
            if ledger is not None:
                ledger.add(piece)
            take(piece)
            bar.update(len(rows))
