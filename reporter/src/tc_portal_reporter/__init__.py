"""Tell TC Portal how a scheduled script ended.

Standard library only, Python 3.8 and later. In a script::

    from tc_portal_reporter import monitor

    with monitor("sales-report", "売上レポート作成"):
        main()

or, as the portal's guide has it, ``report_job_status("success", "処理完了")``. From a shell or a
.bat file: ``tc-report send success``; when reports do not arrive: ``tc-report doctor``.
"""

from .active_runs import current_run
from .log_lines import log_handler
from .monitor import Monitor, monitor
from .report import report_job_status
from .run import Run
from .version import __version__

__all__ = ["Monitor", "Run", "__version__", "current_run", "log_handler", "monitor", "report_job_status"]
