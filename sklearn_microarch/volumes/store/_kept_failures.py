"""Why planes are not mapped, kept beside the records of those that are."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from sklearn_microarch._whole import replace_file
from sklearn_microarch.mapping.reading._plane_record import PLANES
from sklearn_microarch.volumes.store._volume_store import is_there

_NAME = "failed.json"


def keep_failures(
    folder: Path, asked: Collection[int], failed: Mapping[int, str]
) -> None:
    """Write why planes of a run failed; no file where none is missing for a reason.

    Planes that the run was not ``asked`` for keep what an earlier one said of them.
    """
    known = kept_failures(folder)
    left = {at: why for at, why in known.items() if at not in set(asked)}
    now = left | dict(failed)
    path = folder / PLANES / _NAME
    if not now:
        path.unlink(missing_ok=True)
    elif now != known:
        with replace_file(path) as file:
            words = {str(at): why for at, why in sorted(now.items())}
            file.write(json.dumps(words, indent=1).encode())


def kept_failures(folder: Path) -> dict[int, str]:
    """Return why planes failed in the last run that tried them, and are not there."""
    try:
        found = json.loads((folder / PLANES / _NAME).read_bytes())
        known = {int(at): str(why) for at, why in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
    # A run that was killed may have mapped some since.
    return {at: why for at, why in known.items() if not is_there(folder, at)}
