from ._map_verdict import MapVerdict as MapVerdict
from ._report_of_trust import TrustReport as TrustReport
from ._trust_report import trust_report as trust_report
from .findings._finding import FindingList as FindingList
from .findings._finding import PublishedFinding as PublishedFinding
from .findings._published_findings import published_findings as published_findings
