"""The tree of the Waxholm rat atlas: labels within labels, in XML (.ilf)."""

from collections.abc import Iterator
from xml.etree import ElementTree

from sklearn_microarch.annotation.tables._label_table import (
    LabelTable,
    TableRow,
    make_table,
    parse_id,
)
from sklearn_microarch.annotation.tables._table_colors import color_of_hex


def ilf_table(text: str, *, source: str) -> LabelTable:
    """Return the table of labels with an id and a name; ValueError for other XML."""
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise ValueError("it is XML that declares entities, which are not read")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise ValueError(f"it is XML that is damaged: {error}") from error
    rows = list(_rows(root))
    if not rows:
        raise ValueError(
            "it is XML without labels that have an id and a name; save the table of "
            "names as CSV with the columns id and name"
        )
    return make_table(rows, source=source, has_tree=True)


def _rows(root: ElementTree.Element) -> Iterator[TableRow]:
    stack: list[tuple[ElementTree.Element, int | None]] = [(root, None)]
    while stack:
        element, above = stack.pop()
        about = element.attrib
        if str(element.tag).rpartition("}")[2] == "label" and about.get("name"):
            where = f"the label {about['name']!r}"
            id_ = parse_id(about.get("id"), where)
            color = color_of_hex(about.get("color", ""))
            acronym = about.get("abbreviation", "").strip()
            yield TableRow(id_, about["name"].strip(), color, acronym, above, where)
            above = id_
        stack.extend((child, above) for child in reversed(element))
