"""The one door to jinja2: names are escaped, and only our own script may run."""

from base64 import b64encode
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from sklearn_microarch.report._words import heading, printable, shown_value

_FOLDER = Path(__file__).parent / "templates"


def check_jinja2() -> None:
    """Raise ImportError that says how to install jinja2 where it is missing."""
    try:
        import_module("jinja2")
    except ImportError as error:
        raise ImportError(
            "a report needs jinja2, which is not installed; "
            "pip install 'sklearn-microarch[report]' adds it."
        ) from error


def render_page(**parts: Any) -> str:  # noqa: ANN401 - what the template takes
    """Return the page; every text in ``parts`` is shown as text, whatever it holds."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        finalize=_clean,
        loader=jinja2.FileSystemLoader(_FOLDER),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(heading=heading, value=shown_value)
    script = (_FOLDER / "viewer.js").read_text(encoding="utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return environment.get_template("page.html.jinja").render(
        **parts,
        script=script,
        style=(_FOLDER / "style.css").read_text(encoding="utf-8"),
        script_hash=f"sha256-{digest}",
    )


def _clean(value: object) -> object:
    # What is markup already, jinja2 made itself.
    return printable(value) if type(value) is str else value
