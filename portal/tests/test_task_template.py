"""``docs/task.xml``, which people copy: the portal reads it as what the how-to says of it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from tc_portal.core.task_scheduler.reading import read_tasks

DOCS = Path(__file__).parents[2] / "docs"
TEMPLATE = DOCS / "task.xml"
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def test_the_importer_finds_its_key_and_its_script() -> None:
    (task,) = read_tasks(TEMPLATE.read_bytes()).tasks
    assert task.reports_as == "sales-report"
    assert task.scripts == ("run.bat",)
    assert len(task.triggers) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("WorkingDirectory", r"C:\jobs\sales"),
        ("StartWhenAvailable", "true"),
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("ExecutionTimeLimit", "PT3H"),
    ],
)
def test_its_settings_are_those_of_the_how_to(setting: str, value: str) -> None:
    (element,) = ElementTree.fromstring(TEMPLATE.read_bytes()).iter(NAMESPACE + setting)
    assert element.text == value
    for language in ("ja", "en"):
        how_to = (DOCS / language / "how-to" / "wrap-any-command.md").read_text(encoding="utf-8")
        assert f"`{setting}`" in how_to and f"`{value}`" in how_to
