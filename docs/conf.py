"""How Sphinx builds the documentation: `make docs`."""

import importlib
import pkgutil
import re
import sys
from pathlib import Path

import matplotlib as mpl
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

import sklearn_microarch

mpl.use("agg")
sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sklearn_microarch"
author = "The sklearn_microarch developers"
project_copyright = author
release = version = sklearn_microarch.__version__

extensions = [
    "drawn_math",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "gallery/**/*.ipynb", "gallery/*.py"]
templates_path = ["_templates"]
extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# A class has one page, with all its own methods; numpydoc would list them once more.
numpydoc_show_class_members = False
autosummary_generate = True
# Pages that differ in case only are one file on some machines.
autosummary_filename_map = {
    "sklearn_microarch.clustering.exemplars": "sklearn_microarch.clustering.exemplars_"
}
autosummary_ignore_module_all = False
autodoc_typehints = "none"
default_role = "name"
# Names of other libraries, whose pages are elsewhere.
nitpick_ignore_regex = [
    (r"py:.*", r"(joblib|matplotlib|numpy|pandas|scipy|sklearn|skorch|torch)\..*")
]

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/plot_",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "min_reported_time": 1e9,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "image_scrapers": ("matplotlib",),
}

html_math_renderer = "drawn"
html_theme = "pydata_sphinx_theme"
html_title = "sklearn_microarch"
toc_object_entries_show_parents = "hide"
html_static_path = ["_static"]
html_css_files = ["microarch.css"]
html_show_sourcelink = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


def public_names() -> dict[str, str]:
    """Return the full name of every public name of the library, by its last part."""
    found = {}
    for _, room, _ in pkgutil.iter_modules(sklearn_microarch.__path__):
        if not room.startswith("_"):
            module = importlib.import_module(f"sklearn_microarch.{room}")
            found |= {name: f"{module.__name__}.{name}" for name in module.__all__}
    return found


PUBLIC = public_names()


def full_name(name: str) -> str | None:
    """Return the full name of a public name, or of a method or attribute of one."""
    name = name.removeprefix("sklearn_microarch.")
    first, dot, rest = name.partition(".")
    if first not in PUBLIC and rest:
        first, dot, rest = rest.partition(".")
    return PUBLIC[first] + dot + rest if first in PUBLIC else None


class NameRole(SphinxRole):
    """Make single backticks of a docstring a link if they hold a public name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or the text as code."""
        shown = nodes.literal(self.rawtext, self.text)
        target = full_name(self.text.removesuffix("()"))
        if target is None or "." in self.text:
            return [shown], []
        link = addnodes.pending_xref(
            self.rawtext,
            shown,
            refdomain="py",
            reftype="obj",
            reftarget=target,
            refexplicit=True,
        )
        return [link], []


def find_short_name(
    app: Sphinx,
    env: BuildEnvironment,
    node: addnodes.pending_xref,
    contnode: nodes.Element,
) -> nodes.Element | None:
    """Resolve a reference to a public name that leaves its room out."""
    target = node.get("reftarget", "")
    full = full_name(target) if node.get("refdomain") == "py" else None
    if full in (None, target):
        return None
    return env.get_domain("py").resolve_xref(
        env, node["refdoc"], app.builder, "obj", full, node, contnode
    )


def join_lines(*event: list[str]) -> None:
    """Join lines of raw docstrings that end in a backslash, as Python joins others."""
    lines = event[-1]
    lines[:] = re.sub(r"\\\n\s*", "", "\n".join(lines)).split("\n")


def is_of_others(*event: object) -> bool | None:
    """Leave out what a class inherits from other libraries."""
    member = event[3]
    home = getattr(getattr(member, "fget", member), "__module__", None)
    return None if str(home).startswith("sklearn_microarch") else True


def setup(app: Sphinx) -> None:
    """Add what is said of names above."""
    app.add_role("name", NameRole())
    # Before numpydoc reads them.
    app.connect("autodoc-process-docstring", join_lines, priority=100)
    app.connect("autodoc-skip-member", is_of_others)
    app.connect("missing-reference", find_short_name)
