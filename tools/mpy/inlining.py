"""Writes small functions out where they are called.

A call costs MicroPython more than what such a function does: it looks up a name, lays out a frame
and takes it down again.  Before a board gets the firmware, a call of one of INLINED becomes the
function's one expression, and a question about the sign of `ticks_diff`, which is what most ask
it for, becomes a look at the one bit that tells.  Neither takes more bytes than the call did.
Every line stays where it was; a call on several lines or in an f-string stays a call.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy

from tools.mpy.constants import constants
from tools.mpy.edits import Edit, edited

# Functions of one `return`, by module.
INLINED: Mapping[str, Collection[str]] = {
    "skein.event": ("priority_of", "propagation_of", "kind_of", "delivery_of"),
    "skein.frame": ("kind_of", "hops_left", "hops_travelled", "get_u16"),
    "skein.seen_table": ("_is_newer_boot",),
}
DIFFERENCE = ("skein.ticks", "ticks_diff")
_SIGN_BIT = 29  # of the difference of two instants on their ring

_Place = tuple[str, str]  # module and name


def inline(
    sources: Mapping[str, str], inlined: Mapping[str, Collection[str]] = INLINED
) -> dict[str, str]:
    """The same modules by dotted name, with those functions written out.

    Raises SyntaxError with the module as its filename.
    """
    trees = {name: ast.parse(text, name) for name, text in sources.items()}
    bodies = {
        (module, node.name): _Body(node, constants(trees[module]))
        for module, names in inlined.items()
        if module in trees
        for node in trees[module].body
        if isinstance(node, ast.FunctionDef) and node.name in names
    }
    return {name: _inlined(name, text, trees[name], bodies) for name, text in sources.items()}


class _Body:
    """The expression that a function returns, by its arguments alone."""

    def __init__(self, function: ast.FunctionDef, values: Mapping[str, int]):
        returned = function.body[-1]
        assert isinstance(returned, ast.Return) and returned.value, (
            f"{function.name} is no formula"
        )
        self._arguments = [argument.arg for argument in function.args.args]
        known: dict[str, ast.expr] = {key: ast.Constant(value) for key, value in values.items()}
        self._expression = _put_in(returned.value, known)
        names = [node.id for node in ast.walk(self._expression) if isinstance(node, ast.Name)]
        self._uses = [names.count(argument) for argument in self._arguments]

    def of(self, call: ast.Call) -> ast.expr | None:
        """What the call becomes; None where an argument would have to be worked out twice."""
        if call.keywords or len(call.args) != len(self._arguments):
            return None
        for argument, uses in zip(call.args, self._uses, strict=True):
            if uses != 1 and not isinstance(argument, ast.Name | ast.Constant | ast.Attribute):
                return None
        return _put_in(self._expression, dict(zip(self._arguments, call.args, strict=True)))


class _Inlining(ast.NodeTransformer):
    """Turns an expression into the one that is written out."""

    def __init__(self, module, tree, bodies):
        self._bodies = bodies
        self._known = {name: (module, name) for where, name in bodies if where == module}
        self._modules = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    name = alias.asname or alias.name
                    self._known[name] = (node.module, alias.name)
                    self._modules[name] = f"{node.module}.{alias.name}"
        self.conditions = set(_conditions(tree))

    def visit_Call(self, node):  # noqa: N802 - named by ast
        place, is_condition = self._place(node.func), node in self.conditions
        node = self.generic_visit(node)
        new = self._bodies[place].of(node) if place in self._bodies else None
        if new is None:
            return node
        if is_condition:
            self.conditions.add(new)
        return new

    def visit_Compare(self, node):  # noqa: N802 - named by ast
        sign = self._sign(node)
        is_condition = node in self.conditions
        node = self.generic_visit(node)
        if sign is None:
            return node
        later, earlier = node.left.args
        bit = ast.BinOp(
            ast.BinOp(ast.BinOp(later, ast.Sub(), earlier), ast.RShift(), ast.Constant(_SIGN_BIT)),
            ast.BitAnd(),
            ast.Constant(1),
        )
        if not is_condition:
            return ast.Compare(bit, [ast.Eq()], [ast.Constant(sign)])
        return bit if sign else ast.UnaryOp(ast.Not(), bit)

    def _sign(self, node):
        """1 where a difference is asked whether it is below 0, 0 for the contrary, else None."""
        if not isinstance(node.left, ast.Call) or self._place(node.left.func) != DIFFERENCE:
            return None
        if len(node.ops) > 1 or ast.unparse(node.comparators[0]) != "0":
            return None
        return {ast.Lt: 1, ast.GtE: 0}.get(type(node.ops[0]))

    def _place(self, function) -> _Place | None:
        if isinstance(function, ast.Name):
            return self._known.get(function.id)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return self._modules.get(function.value.id, ""), function.attr
        return None


def _inlined(module, text, tree, bodies):
    inlining = _Inlining(module, tree, bodies)
    lines = text.split("\n")
    new = edited(text, _edits(tree, lines, inlining))
    return edited(new, _imports_left(ast.parse(new, module)))


def _edits(node, lines, inlining) -> Iterator[Edit]:
    """Changes to the outermost expressions on one line that hold something to inline."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            continue
        if isinstance(child, ast.Compare | ast.Call) and child.lineno == child.end_lineno:
            before = ast.unparse(child)
            copied = deepcopy(child)
            # Which parts are conditions is known of the nodes themselves.
            twins = zip(ast.walk(child), ast.walk(copied), strict=True)
            inlining.conditions.update(twin for one, twin in twins if one in inlining.conditions)
            after = ast.unparse(inlining.visit(copied))
            if before != after:
                line = lines[child.lineno - 1].encode()
                old = line[child.col_offset : child.end_col_offset].decode()
                yield child.lineno, child.col_offset, old, f"({after})"
                continue
        yield from _edits(child, lines, inlining)


def _imports_left(tree) -> Iterator[Edit]:
    """Away with imports of the difference where nothing uses it any more."""
    module, name = DIFFERENCE
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module != module:
            continue
        used = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        left = [alias for alias in node.names if alias.name != name or name in used]
        if len(left) < len(node.names) and node.lineno == node.end_lineno:
            names = ", ".join(ast.unparse(alias) for alias in left)
            new = f"from {module} import {names}" if left else "pass"
            yield node.lineno, node.col_offset, None, new


def _conditions(tree) -> Iterator[ast.expr]:
    """Expressions of which nothing counts but whether they are true."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            yield from _parts(node.test)
        elif isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield from _parts(test)


def _parts(test) -> Iterator[ast.expr]:
    yield test
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _parts(value)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _parts(test.operand)


def _put_in(expression: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """A copy of the expression with these in the place of names."""

    class Putting(ast.NodeTransformer):
        def visit_Name(self, node):  # noqa: N802 - named by ast
            return deepcopy(values[node.id]) if node.id in values else node

    return Putting().visit(deepcopy(expression))
