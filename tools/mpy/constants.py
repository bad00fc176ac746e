"""Puts numbers in the place of names that one module takes from another.

MicroPython inlines `_NAME = const(1)` within a module and keeps it out of RAM, but not the public
constants that others import: each of them costs a string, an entry in a dictionary, and a look-up
wherever it is used. Before a board gets the firmware, uses of such a constant become its value,
and the constant itself becomes private to its module, unless applications are told to import it.
Every line stays where it was, so a traceback's numbers hold.
"""

import ast
from collections.abc import Collection, Mapping

from tools.mpy.edits import Edit, edited

# What the documents tell an application to import.
FOR_APPLICATIONS: Mapping[str, Collection[str]] = {
    "skein.event": (
        *("PRODUCT", "ANOMALY", "TELEMETRY", "COMMAND"),
        *("FULL", "SUMMARY", "QUERY", "LOCAL"),
        *("PLAIN", "LATEST", "IN_ORDER", "CONFIRMED"),
    ),
    "skein.interest_table": ("NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"),
    "skein.query": ("NODE", "CELL", "SUBORDINATES", "MESH"),
    "skein.strategies": ("COUNTS", "NUMBERS", "SEVERITIES"),
    "skein.turns": ("CRITICAL", "HIGH", "NORMAL", "LOW"),
}


def fold(
    sources: Mapping[str, str], kept: Mapping[str, Collection[str]] = FOR_APPLICATIONS
) -> dict[str, str]:
    """The same modules by dotted name, with constants of other modules put in.

    kept: by module, the constants that stay.  Raises ValueError where a name that stands for
    a constant is also given another meaning, and SyntaxError with the module as its filename.
    """
    trees = {name: ast.parse(text, name) for name, text in sources.items()}
    values = {name: constants(tree) for name, tree in trees.items()}
    return {
        name: edited(text, _Folding(name, trees[name], values, kept.get(name, ())).edits)
        for name, text in sources.items()
    }


class _Folding:
    """The edits for one module."""

    def __init__(self, name, tree, values, kept):
        self.edits: list[Edit] = []
        self._values = values
        self._modules: dict[str, str] = {}  # a name in this module: the module it stands for
        self._names: dict[str, int] = {}  # a name in this module: the value it stands for
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                self._take_import(node)
            elif isinstance(node, ast.Import):
                self._modules.update((part.asname or part.name, part.name) for part in node.names)
        public = {key for key in values[name] if not key.startswith("_")}
        self._hidden = public - set(kept)
        for node in ast.walk(tree):
            self._take_use(name, node)

    def _take_import(self, node):
        left = []
        for alias in node.names:
            name = alias.asname or alias.name
            value = self._values.get(node.module, {}).get(alias.name)
            if value is not None:
                self._names[name] = value
                continue
            left.append(ast.unparse(alias))
            if f"{node.module}.{alias.name}" in self._values:
                self._modules[name] = f"{node.module}.{alias.name}"
        if len(left) < len(node.names):
            new = f"from {node.module} import {', '.join(left)}" if left else "pass"
            self._replace_lines(node, new)

    def _take_use(self, module, node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            constants = self._values.get(self._modules.get(node.value.id, ""), {})
            if node.attr in constants:
                self._replace(node, f"({constants[node.attr]})")
        elif isinstance(node, ast.Name):
            if node.id in self._names:
                self._replace(self._read(module, node), f"({self._names[node.id]})")
            elif node.id in self._hidden:
                self._replace(node, f"_{node.id}")
        elif isinstance(node, ast.arg) and node.arg in self._names.keys() | self._hidden:
            raise ValueError(f"{module}, line {node.lineno}: {node.arg} is a constant's name")

    def _read(self, module, node):
        if not isinstance(node.ctx, ast.Load):
            raise ValueError(f"{module}, line {node.lineno}: {node.id} is a constant's name")
        return node

    def _replace(self, node, new):
        self.edits.append((node.lineno, node.col_offset, ast.unparse(node), new))

    def _replace_lines(self, node, new):
        """Put `new` in the first line of a statement, and nothing in its others."""
        self.edits.append((node.lineno, node.col_offset, None, new))
        for line in range(node.lineno + 1, node.end_lineno + 1):
            self.edits.append((line, 0, None, ""))


def constants(tree: ast.Module) -> dict[str, int]:
    """The numbers that a module defines as NAME = const(number)."""
    found = {}
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "const"
        ):
            value = _number(node.value.args[0])
            if value is not None:
                found[node.targets[0].id] = value
    return found


def _number(node: ast.expr) -> int | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None  # made of other constants: it stays a name
    return value if type(value) is int else None
