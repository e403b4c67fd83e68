from ._map_verdict import MapVerdict as MapVerdict
from ._report_of_trust import TrustReport as TrustReport
from ._trust_report import trust_report as trust_report
