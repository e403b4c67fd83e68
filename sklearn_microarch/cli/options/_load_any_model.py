"""Load a model, whatever kind of file it is in."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_SAFE = ".microarch"


def load_any_model(
    path: Path, *, device: str | None = None, trusted: Sequence[str] = ()
) -> "Pipeline":
    """Return the pipeline of a model file, or of a joblib file with a warning.

    ``device`` takes the place of the one the model was fitted on, and ``trusted`` names
    code that it may import. ValueError where the file holds no pipeline.
    """
    if path.suffix == _SAFE:
        from sklearn_microarch.model_file import load_model

        pipeline = load_model(path, trusted=trusted)
    else:
        pipeline = _load_joblib(path)
    if device is not None:
        for name in pipeline.get_params():
            if name.endswith("__device"):
                pipeline.set_params(**{name: device})
    return pipeline


def _load_joblib(path: Path) -> "Pipeline":
    import joblib
    from sklearn.pipeline import Pipeline

    from sklearn_microarch._warn_user import warn_user

    # Before the warning: a file that is not there runs no code.
    with path.open("rb"):
        pass
    warn_user(
        f"{path} is a joblib file, and loading such a file runs code that is in it: "
        "only open those of people you trust. Files named *.microarch run none.",
        UserWarning,
    )
    try:
        found = joblib.load(path)
    except OSError:
        raise
    # Unpickling a file that is none fails in any way at all.
    except Exception as error:
        raise ValueError(
            f"{path} cannot be loaded as a pipeline saved with joblib "
            f"({type(error).__name__}: {error})."
        ) from error
    if not isinstance(found, Pipeline):
        raise ValueError(
            f"{path} holds a {type(found).__name__}, not a pipeline; train one first."
        )
    return found
