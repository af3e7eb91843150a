"""Every text of the pages is there in Japanese."""

import re
from pathlib import Path

import polib
import tc_portal

ROOT = Path(tc_portal.__file__).parent
CATALOGUE = ROOT / "web" / "locale" / "ja" / "LC_MESSAGES" / "django.po"

TRANSLATE = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"\{%\s*blocktranslate\b[^%]*%\}(.*?)\{%\s*(?:plural\s*%\}.*?\{%\s*)?endblocktranslate", re.DOTALL)
PYTHON = re.compile(r"""\b(?:_|gettext_lazy|ngettext)\(\s*"((?:[^"\\]|\\.)+)\"""")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def used_texts() -> set[str]:
    texts: set[str] = set()
    for template in (ROOT / "web" / "templates").rglob("*.*"):
        source = template.read_text(encoding="utf-8")
        texts |= {first or second for first, second in TRANSLATE.findall(source)}
        texts |= {re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", body) for body in BLOCK.findall(source)}
    for module in [*(ROOT / "web").rglob("*.py"), ROOT / "jobs" / "models.py"]:
        texts |= set(PYTHON.findall(module.read_text(encoding="utf-8")))
    return texts


def test_every_text_in_use_is_translated() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    translated = {entry.msgid for entry in catalogue if entry.translated() and not entry.fuzzy}
    used = used_texts()
    assert len(used) > 100
    assert used - translated == set()


def test_nothing_is_translated_that_is_not_in_use() -> None:
    assert {entry.msgid for entry in polib.pofile(str(CATALOGUE))} - used_texts() <= {"TC Portal job monitor"}


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    compiled = {
        entry.msgid_with_context: entry.msgstr or entry.msgstr_plural
        for entry in polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    }
    texts = {entry.msgid_with_context: entry.msgstr or entry.msgstr_plural for entry in polib.pofile(str(CATALOGUE))}
    assert compiled == texts


def test_no_template_holds_japanese_of_its_own() -> None:
    for template in (ROOT / "web" / "templates").rglob("*.html"):
        assert not JAPANESE.search(template.read_text(encoding="utf-8")), template
