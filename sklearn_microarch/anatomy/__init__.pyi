from ._compare_groups import compare_groups as compare_groups
from ._group_comparison import GroupComparison as GroupComparison
from ._regional_summary import regional_summary as regional_summary
from ._regional_table import RegionalTable as RegionalTable
