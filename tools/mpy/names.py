"""Gives private names few letters, and the same few to every class and module.

MicroPython keeps each name once, for as long as the board is on: some 17 bytes of RAM for one of
usual length.  `self._waiting_since` belongs to one class, so a board may well call it `_b`, as it
does another one of another class.  What has no underscore, what anybody but `self` is asked for,
and what stands in a text keeps its name.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from tools.mpy.edits import Edit, edited

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class _Use:
    """Where a private name stands.  owner: the class or the module to which it belongs."""

    owner: str
    name: str
    line: int
    begin: int


def shorten(sources: Mapping[str, str]) -> dict[str, str]:
    """The same modules by dotted name with short private names.

    Raises SyntaxError with the module as its filename.
    """
    uses, fixed = _uses(sources)
    short = _short(uses.values(), fixed)
    return {name: edited(text, _edits(uses[name], short)) for name, text in sources.items()}


def short_names(sources: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """What `shorten` calls a private name, by its owner (a class or a module) and itself."""
    uses, fixed = _uses(sources)
    return _short(uses.values(), fixed)


def _uses(sources) -> tuple[dict[str, list[_Use]], set[str]]:
    """Where the private names of each module stand, and the names that must not change."""
    trees = {name: ast.parse(text, name) for name, text in sources.items()}
    bases = {
        node.name: [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    uses = {
        name: [*_in_classes(tree, bases), *_at_top(name, tree)] for name, tree in trees.items()
    }
    return uses, _fixed(trees.values())


def _fixed(trees) -> set[str]:
    """Names that are asked of something else than self, are passed by name, or stand in a text."""
    names = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and not _is_self(node.value):
                names.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.update(node.value.split())
            elif isinstance(node, ast.arg | ast.keyword):
                names.add(node.arg)
            elif isinstance(node, ast.Global | ast.Nonlocal):
                names.update(node.names)
            elif isinstance(node, ast.alias):
                names.update((node.name, node.asname))
            elif isinstance(node, ast.ClassDef):
                variables = (part for part in node.body if isinstance(part, ast.Assign))
                names.update(ast.unparse(target) for part in variables for target in part.targets)
    return names


def _in_classes(tree, bases) -> Iterator[_Use]:
    """Private attributes and methods; a class and what it inherits from are one owner."""
    for cls in ast.walk(tree):
        if not isinstance(cls, ast.ClassDef):
            continue
        owner = cls.name
        while bases.get(owner):
            owner = bases[owner][0]
        for node in ast.walk(cls):
            if isinstance(node, ast.Attribute) and _is_self(node.value) and _is_private(node.attr):
                begin = node.end_col_offset - len(node.attr.encode())
                yield _Use(owner, node.attr, node.end_lineno, begin)
        yield from _functions(owner, cls.body)


def _at_top(module, tree) -> Iterator[_Use]:
    """Private functions and variables of a module; its constants leave no name anyway."""
    functions = list(_functions(module, tree.body))
    names = {use.name for use in functions}
    for node in tree.body:
        if isinstance(node, ast.Assign) and not ast.unparse(node.value).startswith("const("):
            names.update(filter(_is_private, map(ast.unparse, node.targets)))
    yield from functions
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            yield _Use(module, node.id, node.lineno, node.col_offset)


def _functions(owner, body) -> Iterator[_Use]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_private(node.name):
            keyword = "def " if isinstance(node, ast.FunctionDef) else "async def "
            yield _Use(owner, node.name, node.lineno, node.col_offset + len(keyword))


def _short(uses, fixed) -> dict[tuple[str, str], str]:
    """By owner and name: a short name, the shortest for the most frequent."""
    frequency: dict[str, Counter[str]] = {}
    for use in (use for module in uses for use in module):
        frequency.setdefault(use.owner, Counter())[use.name] += 1
    short = {}
    for owner, names in frequency.items():
        free = (name for name in _few_letters() if name not in fixed and name not in names)
        for name in sorted(names.keys() - fixed, key=lambda name: (-names[name], name)):
            short[owner, name] = next(free)
    return short


def _few_letters() -> Iterator[str]:
    for number in count():
        more, last = divmod(number, len(_LETTERS))
        yield f"_{_LETTERS[last]}{_LETTERS[more - 1] if more else ''}"


def _edits(uses, short) -> Iterator[Edit]:
    for use in uses:
        new = short.get((use.owner, use.name))
        if new is not None:
            yield use.line, use.begin, use.name, new


def _is_self(node):
    return isinstance(node, ast.Name) and node.id == "self"


def _is_private(name):
    return name.startswith("_") and not name.startswith("__")
