"""Train a model on the annotated sections of a study, and judge it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._collections import (
    check_call,
    check_mapping,
    check_several,
)
from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_path,
    check_seed,
    check_strings,
    check_switch,
    shown,
)
from sklearn_microarch.model_file import read_manifest, save_model
from sklearn_microarch.model_file._save_model import check_place
from sklearn_microarch.model_file._skops_io import skops_io
from sklearn_microarch.pipeline import make_microarch_pipeline
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.sheets import Sheet, read_sheet
from sklearn_microarch.studies._gather_warnings import issue_warnings
from sklearn_microarch.studies.training._draw_training import draw_training
from sklearn_microarch.studies.training._run_training import (
    StudyPlan,
    model_facts,
    run_training,
)
from sklearn_microarch.studies.training._trained_study import TrainedStudy


def train_study(
    sheet: Sheet | str | Path,
    out: str | Path,
    *,
    pipeline: Pipeline | None = None,
    stride: int | None = None,
    to_level: Sequence[str | int] = (),
    merge: Mapping[str, Sequence[str]] | None = None,
    exclude: Sequence[str] = (),
    picture: Mapping[str, Any] | None = None,
    validate: bool = True,
    n_folds: int | None = None,
    anyway: bool = False,
    before: str | Path | None = None,
    page: bool = True,
    overwrite: bool = False,
    random_state: int | None = 0,
    say: Callable[[str], None] | None = None,
) -> TrainedStudy:
    """Train a model on the annotated sections of a study, and judge it.

    The good route in one call: each section is checked; rows are taken off the rim of
    the tissue; copies of the model are judged on tissue, and on animals, that were
    held out of their training; the model itself is fitted on everything, learns what
    new slices are compared with, and is written with all that is known of it.

    Parameters
    ----------
    sheet : Sheet or path-like
        The sections; a path is read by `read_sheet`. Sections without annotation are
        left out.
    out : path-like
        The model file, such as "study.microarch". The page is written beside it, as
        "study.html", and pictures of the annotation into "study_overlays".
    pipeline : Pipeline or None, default=None
        What is trained: a `PatchSampler`, a network that tells regions apart, and
        later steps. It is not changed. None: ``make_microarch_pipeline()``.
    stride : int or None, default=None, unit: pixels
        Distance of the centres that factors and clusters are learned from. None: a
        sixteenth of a patch, more where that gives over 250 000 centres.
    to_level : sequence of str or int, default=()
        Structures of the atlas that the annotations are from, by acronym, name or id;
        each region becomes the deepest one that it is part of: see
        `RoiMap.to_level`. Before `exclude` and `merge`.
    merge : mapping of str to sequence of str, or None, default=None
        Regions that are made one: ``{"WM": ["IC", "CC"]}``.
    exclude : sequence of str, default=()
        Regions that are taken for not annotated.
    picture : mapping or None, default=None
        How pictures are read: arguments of `read_image`, for all sections.
    validate : bool, default=True
        Whether copies are judged on what was held out of their training.
    n_folds : int or None, default=None
        Spatial folds, each of which trains a copy. None: 3 where there are several
        animals; else one strip of every region is held out, once.
    anyway : bool, default=False
        Train where a check says that it would be foolish.
    before : path-like or None, default=None
        An earlier model file. The record then says what moved.
    page : bool, default=True
        Whether the page and the pictures are written.
    overwrite : bool, default=False
        Whether files that exist may be replaced.
    random_state : int or None, default=0
        Seed of every random step of the default pipeline, and of what is judged.
    say : callable or None, default=None
        Called with a sentence at each stage; the training then shows how far it has
        come. None: nothing is shown.

    Returns
    -------
    trained : TrainedStudy
        The fitted pipeline, and what is said of it; print it.

    Raises
    ------
    FileExistsError
        If the model file exists and ``overwrite`` is False. Nothing is computed then.
    ImportError
        If the packages of the model file are not installed.
    UnfitStudyError
        If a check finds that training would be foolish, and ``anyway`` is False.
    TypeError, ValueError
        If no section is annotated, a region is on none, or an argument is out of
        range.

    Warns
    -----
    AnimalsApartWarning
        If factors tell animals apart.
    NoValidationWarning
        If nothing can be held out; or animals cannot, as one alone has a region.
    NoDriftReferenceWarning
        If there is too little tissue to learn what is usual.

    See Also
    --------
    map_study : Maps slices with the model.
    make_phantom_study : Writes the files of a study to try it on.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch import PatchSampler, make_microarch_pipeline
    >>> from sklearn_microarch.datasets import make_phantom_study
    >>> from sklearn_microarch.studies import train_study
    >>> pipe = make_microarch_pipeline(
    ...     sampler=PatchSampler(24, n_patches_per_roi=40), n_components=8,
    ...     random_state=0,
    ... ).set_params(features__max_epochs=1)
    >>> with TemporaryDirectory() as folder:
    ...     sheet = make_phantom_study(folder, n_animals=1, shape=(192, 768))
    ...     trained = train_study(
    ...         sheet, Path(folder, "model.microarch"), pipeline=pipe, stride=16,
    ...         validate=False, page=False,
    ...     )
    >>> [section["animal"] for section in trained.record["sections"]]
    ['m1', 'm2']
    """
    plan = StudyPlan(
        stride=None if stride is None else check_stride(stride),
        to_level=tuple(check_several("to_level", to_level)),
        merge=check_mapping("merge", merge),
        exclude=tuple(check_strings("exclude", exclude)),
        picture=check_mapping("picture", picture),
        validate=check_switch("validate", validate),
        n_folds=_check_folds(n_folds),
        anyway=check_switch("anyway", anyway),
        before=None if before is None else check_path("before", before),
        random_state=random_state,
        say=check_call("say", say),
    )
    check_seed("random_state", random_state)
    page, overwrite = check_switch("page", page), check_switch("overwrite", overwrite)
    out = _check_out(check_path("out", out), page=page, overwrite=overwrite)
    if plan.before is not None:
        # A file that is no model says so now, and not after the work.
        read_manifest(plan.before)
    pipeline = _unfitted(pipeline, random_state)
    if not isinstance(sheet, Sheet):
        sheet = read_sheet(check_path("sheet", sheet))
    sections, checks, record, warned = run_training(pipeline, sheet, plan)
    save_model(pipeline, out, facts=model_facts(sections, record), overwrite=overwrite)
    trained = TrainedStudy(pipeline, record, out)
    if page:
        trained = draw_training(trained, sections, checks, say)
    # Now that nothing can be lost where a warning is an error.
    issue_warnings(warned)
    return trained


def _check_folds(n_folds: int | None) -> int | None:
    if n_folds is None:
        return None
    return check_integer("n_folds", n_folds, minimum=2)


def _check_out(out: Path, *, page: bool, overwrite: bool) -> Path:
    """Return where the model goes; raise, before the work, where it cannot go there."""
    check_place(out, overwrite=overwrite)
    skops_io("train_study")
    html = out.with_suffix(".html")
    if page and html.exists() and not overwrite:
        raise FileExistsError(
            f"{html} exists, where the page would go; pass overwrite=True to replace "
            "it, page=False to do without, or another name for the model."
        )
    if not out.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {out.parent}; make it first.")
    return out


def _unfitted(pipeline: Pipeline | None, seed: int | None) -> Pipeline:
    if pipeline is None:
        return make_microarch_pipeline(random_state=seed)
    if not isinstance(pipeline, Pipeline):
        raise TypeError(
            f"pipeline={shown(pipeline)} must be a Pipeline, such as "
            "make_microarch_pipeline(), or None."
        )
    return clone(pipeline)
