"""``tc-report run``: any command, run as it is, and how it ended told to the portal."""
