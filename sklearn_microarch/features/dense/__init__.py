"""Features at every pixel of a slice: each layer is evaluated once, not per patch."""

from sklearn_microarch.features.dense._choose import (
    common_step,
    count_in_cells,
    sharing_pays,
    worth_sharing,
)
from sklearn_microarch.features.dense._network import DenseNetwork
from sklearn_microarch.features.dense.rows._evaluate_rows import (
    evaluate_rows,
    rows_memory,
    working_memory,
)

__all__ = [
    "DenseNetwork",
    "common_step",
    "count_in_cells",
    "evaluate_rows",
    "rows_memory",
    "sharing_pays",
    "working_memory",
    "worth_sharing",
]
