"""The options of ``tc-portal import``."""

import argparse

# The environment variable: a command line, which everybody on the machine can read, is no place for a key.
API_KEY = "HEALTHCHECKS_API_KEY"


def add_import(parser: argparse.ArgumentParser) -> None:
    """Declare the monitors that can be imported from, and their options."""
    monitors = parser.add_subparsers(dest="monitor", required=True)
    healthchecks = monitors.add_parser(
        "healthchecks", help="Healthchecks の API または保存した応答 / its API, or a saved answer"
    )
    healthchecks.add_argument(
        "source",
        metavar="FILE-OR-URL",
        help=f"checks の JSON（- は標準入力）、または API の URL（鍵は環境変数 {API_KEY}） / JSON of its checks (-: standard input), or the URL",
    )
    healthchecks.add_argument("--yes", action="store_true", help="保存する / save it")
