"""Gives the arguments of functions one letter each, the same few in every function.

MicroPython keeps the names of arguments, so that a call may name them.  A name that any call of
the firmware does name stays, and so do all those of the functions that an application calls.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from string import ascii_lowercase

from tools.mpy.edits import Edit, edited

# Modules whose functions an application may call, naming their arguments; and names that it may
# use with the others.
FOR_APPLICATIONS = frozenset(
    ("device.mesh", "device.query_face", "device.sends_face", "device.summary_face")
)
_NAMED_BY_APPLICATIONS = frozenset(("priority", "propagation", "kind", "delivery"))


def shorten(
    sources: Mapping[str, str],
    kept: Iterable[str] = FOR_APPLICATIONS,
    named: Iterable[str] = _NAMED_BY_APPLICATIONS,
) -> dict[str, str]:
    """The same modules by dotted name, with short names of arguments.

    kept: modules that stay as they are.  named: arguments that callers from elsewhere may name.
    Raises SyntaxError with the module as its filename.
    """
    trees = {name: ast.parse(text, name) for name, text in sources.items()}
    named = {*named, "self"}
    named |= {
        node.arg
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
    }
    return {
        name: text if name in kept else edited(text, _edits(trees[name], named))
        for name, text in sources.items()
    }


def _edits(tree, named) -> Iterator[Edit]:
    for function in _outermost_functions(tree):
        names = [node for node in ast.walk(function) if isinstance(node, ast.arg | ast.Name)]
        short = _short(function, {_text(node) for node in names}, named)
        for node in names:
            if _text(node) in short:
                yield node.lineno, node.col_offset, _text(node), short[_text(node)]


def _outermost_functions(node) -> Iterator[ast.AST]:
    """Functions and methods; what is defined inside one of them shares its names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
        else:
            yield from _outermost_functions(child)


def _short(function, taken, named) -> dict[str, str]:
    free = [letter for letter in ascii_lowercase if letter not in taken]
    arguments = dict.fromkeys(node.arg for node in ast.walk(function) if isinstance(node, ast.arg))
    long = [name for name in arguments if name not in named and len(name) > 1]
    return dict(zip(long, free, strict=False))


def _text(node):
    return node.arg if isinstance(node, ast.arg) else node.id
