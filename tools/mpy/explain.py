"""`skein explain`: what the short names in a board's traceback stand for."""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping

import click

from tools.mpy import compiler
from tools.mpy.names import shorten

_LINE = re.compile(r'^ *File "(\w+)/(\w+)\.mpy",.* in (_\w+)\s*$')


def explained(text: str, sources: Mapping[str, str]) -> str:
    """The text; lines of a traceback that name a short function tell its long name as well.

    Several where a file has several so called: the lines around tell which of them it was.
    sources: the firmware's modules by dotted name.
    """
    long = _long_names(compiler.prepared(sources))
    lines = []
    for line in text.splitlines():
        found = _LINE.match(line)
        names = long.get((f"{found[1]}.{found[2]}", found[3])) if found else None
        lines.append(f"{line.rstrip()}  ({' or '.join(names)})" if names else line)
    return "\n".join(lines)


def _long_names(texts) -> dict[tuple[str, str], list[str]]:
    """By module and short name: what is called so, with its class."""
    short, long = shorten(texts), defaultdict(list)
    for module, text in texts.items():
        for (_, now), (owner, before) in zip(
            _functions(short[module]), _functions(text), strict=True
        ):
            long[module, now].append(f"{owner}{before}")
    return long


def _functions(text):
    for node in ast.parse(text).body:
        owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for child in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield owner, child.name


@click.command()
@click.argument("file", type=click.File(), default="-")
def explain(file) -> None:
    """Read a board's traceback from FILE or standard input, and tell its short names.

    Boards call private functions by one or two letters, since longer names take RAM.
    """
    click.echo(explained(file.read(), compiler.sources()))
