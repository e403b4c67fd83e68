from ._generate_report import generate_report as generate_report
from ._report_page import ReportPage as ReportPage
