"""What came out of training on a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from sklearn_microarch._format_table import format_table
from sklearn_microarch.studies.training._what_moved import moved_in_words


@dataclass(frozen=True, eq=False, repr=False)
class TrainedStudy:
    """A model trained on a study, and what is said of it; print it.

    Parameters
    ----------
    pipeline : Pipeline
        The fitted model.
    record : dict
        Plain values, as the model file keeps them: ``sections``, ``settings``,
        ``validation``, ``animals``, ``factors``, ``animals_apart``, ``curve``,
        ``moved``, ``warnings``, ``versions`` and ``minutes``.
    path : Path
        The model file.
    page : Path or None
        The page; None where it was not written.
    overlays : tuple of Path
        A picture of each section with its annotation.

    See Also
    --------
    train_study : Makes it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn.pipeline import Pipeline
    >>> from sklearn_microarch.studies import TrainedStudy
    >>> record = {"sections": [], "validation": None, "factors": [], "minutes": 1.5}
    >>> trained = TrainedStudy(Pipeline([]), record, Path("model.microarch"))
    >>> print(trained)
    trained on 0 sections in 1.5 minutes; not validated
    """

    pipeline: Pipeline
    record: dict[str, Any]
    path: Path
    page: Path | None = None
    overlays: Sequence[Path] = ()

    def __repr__(self) -> str:
        return (
            f"TrainedStudy({str(self.path)!r}, {len(self.record['sections'])} sections)"
        )

    def __str__(self) -> str:
        return "\n".join(training_in_words(self.record))


def training_in_words(record: dict[str, Any]) -> list[str]:
    """Return the training in lines: validation first, then animals and factors."""
    n_sections, minutes = len(record["sections"]), record["minutes"]
    found = record["validation"]
    sections = f"{n_sections} section{'' if n_sections == 1 else 's'}"
    head = f"trained on {sections} in {minutes:.1f} minutes"
    if found is None:
        lines = [f"{head}; not validated"]
    else:
        lines = [
            f"{head}; on tissue held out {_share(found)} of the centres are told "
            "right, all regions weighing alike",
            "",
            format_table([_region_row(row) for row in found["regions"]]),
        ]
    if record.get("animals"):
        lines += ["", *_animals_in_words(record["animals"])]
    lines += factors_in_words(record)
    if record.get("moved"):
        lines += ["", *moved_in_words(record["moved"])]
    return lines


def _animals_in_words(animals: dict[str, Any]) -> list[str]:
    """Return how well animals are told that were left out of the training."""
    lines = [f"on animals left out of the training {_share(animals)}:"]
    for fold in animals["left_out"]:
        line = f"  {fold['animal']}: {_share(fold)}"
        if fold["lost"] > 0:
            line += f", {fold['lost']:.0%} less than where the animal is known"
        lines.append(line)
    if not animals["is_trusted"]:
        lines.append(
            f"  {len(animals['left_out'])} animals do not show how much animals vary: "
            "the interval over animals is a hint only"
        )
    return lines


def factors_in_words(record: dict[str, Any]) -> list[str]:
    """Return the table of factors, and what is said of animals."""
    if not record["factors"]:
        return []
    rows = []
    for factor in record["factors"]:
        row = {"factor": factor["name"]}
        for where in ("inside", "outside", "rim"):
            row[where] = _percent(factor[where])
        for animal, mean in factor["per_animal"].items():
            row[animal] = "-" if mean is None else f"{mean:.2f}"
        rows.append(row)
    lines = [
        "",
        "factors: share of the centres where active in the region, elsewhere, at the "
        "rim of the tissue",
    ]
    if record["factors"][0]["per_animal"]:
        lines[-1] += "; mean strength in the region, by animal"
    lines.append(format_table(rows))
    at_rim = [
        factor["name"]
        for factor in record["factors"]
        if (factor["rim"] or 0.0) > (factor["inside"] or 0.0)
    ]
    if at_rim:
        lines.append(
            f"more often active at the rim than inside: {', '.join(at_rim)}; such a "
            "factor may show that patches are partly empty"
        )
    lines += record.get("animals_apart") or []
    return lines


def _region_row(row: dict[str, Any]) -> dict[str, str | int]:
    return {
        "region": row["region"],
        "told right": _percent(row["recall"]),
        "interval": f"{_percent(row['low'])} to {_percent(row['high'])}",
        "centres": row["n_centres"],
        "independent": row["independent"],
    }


def _share(found: dict[str, Any]) -> str:
    return (
        f"{_percent(found['balanced_accuracy'])} ({_percent(found['low'])} to "
        f"{_percent(found['high'])})"
    )


def _percent(share: float | None) -> str:
    """Return a share in percent, "-" where there is none."""
    return "-" if share is None else f"{share:.0%}"
