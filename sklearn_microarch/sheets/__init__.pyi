from ._draft_sheet import draft_sheet as draft_sheet
from ._read_sheet import read_sheet as read_sheet
from ._section import Section as Section
from ._sheet import Sheet as Sheet
