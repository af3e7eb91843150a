"""The alerts' process, as a child of ``serve``: ends when its parent does, which closes its standard input."""

import os
import signal
import sys
import threading


def main() -> None:
    # Ctrl+C and a service manager's SIGTERM reach every process of the portal; the pipe says when it is time.
    for told_to_stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_stop, signal.SIG_IGN)
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tc_portal.settings")
    import django

    django.setup()
    from tc_portal.alerts.worker import Worker

    told = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(told,), daemon=True).start()
    Worker().run_until(told)


def _wait_for_the_end(told: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    told.set()


if __name__ == "__main__":
    main()
