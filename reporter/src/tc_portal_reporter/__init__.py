"""Tell TC Portal how a scheduled script ended.

Standard library only, Python 3.8 and later. In a script::

    from tc_portal_reporter import monitor

    with monitor("sales-report", "売上レポート作成"):
        main()

or, as the portal's guide has it, ``report_job_status("success", "処理完了")``. From a shell or a
.bat file: ``tc-report send success``; when reports do not arrive: ``tc-report doctor``.
"""

from .monitor import Monitor, Run, monitor
from .report import report_job_status
from .version import __version__

__all__ = ["Monitor", "Run", "__version__", "monitor", "report_job_status"]
