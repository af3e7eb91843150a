#!/usr/bin/env python3
"""Make of the package one file, to be copied to a PC that has no pip.

usage: python build_one_file.py [OUT]     (default: dist/tc_portal_reporter.py beside this file)

The modules follow one another in the order in which they need each other. Since they then share one
namespace, no two of them may use one name for two things: that is checked here.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple, Union

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "src" / "tc_portal_reporter"
START = "__init__"

HEADER = '''\
#!/usr/bin/env python3
# TC Portal reporter {version}, in one file. Made by build_one_file.py; change the package, not this file.
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The TC Portal job monitor authors
"""{docstring}"""
'''

FOOTER = """

if __name__ == "__main__":
    sys.exit(main())
"""

Import = Union[ast.Import, ast.ImportFrom]
Span = Tuple[int, int]


class Module(NamedTuple):
    """``name`` is the module's within the package: ``report``, ``wrapping.run``."""

    name: str
    source: str
    tree: ast.Module

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.tree, clean=False) or ""

    def needs(self) -> List[str]:
        """The package's modules that this one imports, also inside functions."""
        imports = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom) and node.level]
        return [".".join([*self.name.split(".")[: -node.level], node.module or ""]) for node in imports]

    def shared_imports(self) -> Iterator[Import]:
        """The imports of the standard library at the top of the module."""
        for node in self.tree.body:
            if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level):
                yield node

    def own_names(self) -> Set[str]:
        names: Set[str] = set()
        for node in self.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                names.add(node.name)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names.update(target.id for target in targets if isinstance(target, ast.Name))
        return names

    def body(self) -> str:
        """The source without its docstring, its top-level imports and all imports from the package."""
        left_out: Set[int] = set()
        for first, last in self._left_out():
            left_out.update(range(first, last + 1))
        lines = self.source.splitlines()
        return "\n".join(line for number, line in enumerate(lines, 1) if number not in left_out).strip("\n")

    def _left_out(self) -> Iterator[Span]:
        if self.docstring:
            yield _span(self.tree.body[0])
        for statement in self.shared_imports():
            yield _span(statement)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.If) and all(isinstance(each, ast.ImportFrom) and each.level for each in node.body):
                # What only type checkers need: nothing would be left below the `if`.
                yield _span(node)
            if isinstance(node, ast.ImportFrom) and node.level:
                if any(name.asname for name in node.names):
                    raise SystemExit(f"{self.name}: an import from the package under another name cannot be merged")
                first, last = _span(node)
                # The blank line that sets an import apart inside a function goes with it.
                yield first, last + (node.col_offset > 0 and not self.source.splitlines()[last].strip())


def build() -> str:
    """The text of the one file."""
    modules = in_order()
    check_names(modules)
    start = read(START)
    version = next(module for module in modules if module.name == "version")
    parts = [
        HEADER.format(version=ast.literal_eval(version.tree.body[-1].value), docstring=start.docstring),  # type: ignore[attr-defined]
        merged_imports(modules),
        *(f"\n\n\n{heading(module)}\n\n\n{squeezed(module.body())}" for module in modules),
        f"\n\n\n{start.body()}\n",
        FOOTER,
    ]
    text = "\n".join(parts[:2]).rstrip("\n") + "".join(parts[2:])
    compile(text, "tc_portal_reporter.py", "exec")
    return text


def read(name: str) -> Module:
    source = PACKAGE.joinpath(*name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    return Module(name, source, ast.parse(source))


def in_order() -> List[Module]:
    """All modules that the package and its command use, each after those it needs."""
    ordered: Dict[str, Module] = {}

    def add(name: str) -> None:
        if name not in ordered:
            module = read(name)
            for needed in module.needs():
                add(needed)
            ordered[name] = module

    for name in (*read(START).needs(), "command"):
        add(name)
    return list(ordered.values())


def check_names(modules: List[Module]) -> None:
    owner: Dict[str, str] = {}
    for module in modules:
        for name in sorted(module.own_names()):
            if name in owner:
                raise SystemExit(f"{name} is defined both in {owner[name]} and in {module.name}")
            owner[name] = module.name


def merged_imports(modules: List[Module]) -> str:
    plain: Set[str] = set()
    chosen: Dict[str, Set[str]] = {}
    for module in modules:
        for statement in module.shared_imports():
            names = {alias.name for alias in statement.names}
            if isinstance(statement, ast.Import):
                plain |= names
            else:
                chosen.setdefault(statement.module or "", set()).update(names)
    future = chosen.pop("__future__")
    lines = [f"from __future__ import {', '.join(sorted(future))}", ""]
    lines += [f"import {name}" for name in sorted(plain)]
    for source in sorted(chosen):
        names_text = "".join(f"    {name},\n" for name in sorted(chosen[source]))
        one_line = f"from {source} import {', '.join(sorted(chosen[source]))}"
        lines.append(one_line if len(one_line) <= 100 else f"from {source} import (\n{names_text})")
    return "\n".join(lines) + "\n"


def heading(module: Module) -> str:
    """The module's name and docstring as comments."""
    lines = [f"# ---- {module.name} " + "-" * (90 - len(module.name)), "#", *module.docstring.strip().splitlines()]
    return "\n".join(line if line.startswith("#") else f"# {line}".rstrip() for line in lines)


def squeezed(text: str) -> str:
    """``text`` with at most the two blank lines in a row that definitions are set apart by."""
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text


def _span(node: ast.stmt) -> Span:
    return node.lineno, node.end_lineno or node.lineno


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "dist" / "tc_portal_reporter.py"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(build().encode("utf-8"))
    print(out)


if __name__ == "__main__":
    main()
