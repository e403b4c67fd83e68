"""Formulas as drawings within the page: nothing is loaded from elsewhere."""

import io
import re
from html import escape

from docutils import nodes
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

FONT_SIZE = 12.0
# Computer Modern is a smaller face than that of the page.
POINTS_PER_EM = FONT_SIZE / 1.2
# Words of TeX that matplotlib draws under another name.
SAME = {
    r"\\[lr]Vert": r"\\Vert",
    r"\\[lr]vert": "|",
    r"\\([gl]e)(?![a-z])": r"\\\1q",
    r"\\tfrac": r"\\frac",
    r"\\(d?frac)(\w)(\w)": r"\\\1{\2}{\3}",
}
OUTSIDE = re.compile(
    r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>|<g id=\"patch_1\">.*?</g>",
    re.DOTALL,
)


def drawing(tex: str) -> tuple[str, float]:
    """Return a formula as a whole SVG file, and how far it goes below the line."""
    tex = " ".join(tex.split())
    for word, other in SAME.items():
        tex = re.sub(word, other, tex)
    file = io.BytesIO()
    with rc_context({"mathtext.fontset": "cm", "svg.fonttype": "path"}):
        prop = FontProperties(size=FONT_SIZE)
        depth = math_to_image(f"${tex}$", file, format="svg", prop=prop)
    return file.getvalue().decode(), depth / POINTS_PER_EM


def draw(tex: str) -> str:
    """Return a formula as SVG within HTML, in the size of the text around it."""
    text, depth = drawing(tex)
    head, body = re.search(r"<svg([^>]*)>(.*</svg>)", text, re.DOTALL).groups()
    # Without its metadata, its style and its white ground.
    body = OUTSIDE.sub("", body)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    width, height = (float(side) / POINTS_PER_EM for side in box.groups())
    return (
        f'<svg class="formula" role="img" aria-label="{escape(tex, quote=True)}" '
        f'{box[0]} style="width: {width:.3f}em; height: {height:.3f}em; '
        f'vertical-align: {-depth:.3f}em">{body}'
    )


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(draw(node.astext()))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, its fractions in full size."""
    tex = node.astext().replace(r"\frac", r"\dfrac")
    lines = [line for line in tex.split(r"\\") if line.strip()]
    drawn = "".join(f"<div>{draw(line)}</div>" for line in lines)
    self.body.append(f'<div class="formulas">{drawn}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the way formulas are drawn."""
    app.add_html_math_renderer(
        "drawn",
        inline_renderers=(visit_inline, None),
        block_renderers=(visit_block, None),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
