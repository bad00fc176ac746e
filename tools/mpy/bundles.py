"""Puts modules that a board loads together or not at all into one.

Each module costs MicroPython half a kilobyte beside what it does: three names (its own, its
file's and that in its package), a dictionary, a table of the names that it uses, and places for
what it imports.  A bundle has one of each, and the name of one of its modules, whose subject the
others are part of; a traceback tells that name.  What one of them takes from another needs no
import; where two have the same name of their own, one is changed.

Only for modules that are compiled without numbers of lines.
"""

import ast
from collections.abc import Iterator, Mapping

from tools.mpy.edits import Edit, edited

# By the name of a bundle: what it takes in beside the module of that name, in order of need.
BUNDLES: Mapping[str, tuple[str, ...]] = {
    "skein.frame": ("skein.ids", "skein.ticks"),
    "skein.turns": ("skein.event_queue",),
    "skein.interest_table": ("skein.wishes",),
    "skein.diffusion": (
        *("skein.seen_table", "skein.declaration_pace", "skein.fair_shares", "skein.relay"),
        "skein.path_relay",
    ),
    "skein.election": (
        *("skein.claim", "skein.beacon_pace", "skein.lost_leader", "skein.merge_guard"),
        "skein.role",
    ),
    "skein.node": ("skein.neighbours",),
    "skein.anti_entropy": ("skein.offer_frame", "skein.kept_events", "skein.missed"),
    "skein.backbone": (
        *("skein.self_pruning", "skein.silence", "skein.backbone_plan"),
        *("skein.report_frame", "skein.report_carrier", "skein.link_reports"),
        *("skein.link_table", "skein.planner", "skein.plan_maker"),
    ),
}

_Place = tuple[str, str]  # module and name


def bundle(
    sources: Mapping[str, str], bundles: Mapping[str, tuple[str, ...]] = BUNDLES
) -> dict[str, str]:
    """The modules by dotted name, with bundles in the place of those that they hold.

    Raises ValueError for names that would get another meaning, and SyntaxError with the module
    as its filename.
    """
    trees = {name: ast.parse(text, name) for name, text in sources.items()}
    held = {
        name: [member for member in (*others, name) if member in sources]
        for name, others in bundles.items()
        if name in sources
    }
    homes = {member: name for name, members in held.items() for member in members}
    new = {
        place: name
        for members in held.values()
        for place, name in _new_names({member: trees[member] for member in members})
    }
    texts = {
        name: edited(text, _Moving(name, trees, homes, new).edits)
        for name, text in sources.items()
    }
    return {
        name: "\n".join(texts[member] for member in held.get(name, [name]))
        for name in texts
        if homes.get(name, name) == name
    }


def _new_names(trees: Mapping[str, ast.Module]) -> Iterator[tuple[_Place, str]]:
    """What must be called otherwise in a bundle.  trees: of its modules, the bundle's own last.

    A name that stands for two things, or for something local where another module uses it.
    """
    meanings: dict[str, _Place] = {}
    for module in reversed(trees):
        others = [tree for name, tree in trees.items() if name != module]
        hidden = {name for tree in others for name in _local(tree) if _uses(tree, module, name)}
        for name, place in _bound(module, trees[module]).items():
            is_own = place == (module, name)
            if meanings.setdefault(name, place) == place and not (is_own and name in hidden):
                continue
            if not is_own:
                raise ValueError(f"{module}: {name} has another meaning in its bundle")
            yield place, f"{name}_{module.rpartition('.')[2]}"


def _bound(module, tree) -> dict[str, _Place]:
    """The names at the top of a module, and what they stand for."""
    bound = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound[node.name] = (module, node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                bound[ast.unparse(target)] = (module, ast.unparse(target))
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound[alias.asname or alias.name] = (str(node.module), alias.name)
        elif isinstance(node, ast.Import):
            bound.update((alias.asname or alias.name, (alias.name, "")) for alias in node.names)
    return bound


def _local(tree) -> set[str]:
    """Every name that some function of a module has for itself."""
    return {
        node.arg if isinstance(node, ast.arg) else node.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }


def _uses(tree, module, name) -> bool:
    """True if `module.name`, under whatever alias, stands in the tree."""
    package, _, last = module.rpartition(".")
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == package
        for alias in node.names
        if alias.name == last
    }
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id in aliases
        for node in ast.walk(tree)
    )


class _Moving:
    """The edits for one module: where its imports lead now, and what names have become."""

    def __init__(self, module, trees, homes, new):
        self.edits: list[Edit] = []
        self._trees = trees
        self._homes = homes
        self._new = new
        self._home = homes.get(module)
        self._modules: dict[str, tuple[str, bool]] = {}  # by alias: which, and in this bundle?
        own = _bound(module, trees[module])
        self._names = {name: new[module, name] for name in own if (module, name) in new}
        for node in ast.walk(trees[module]):
            if isinstance(node, ast.ImportFrom):
                self._take_import(node)
        for node in ast.walk(trees[module]):
            self._take_use(node)

    def _take_import(self, node):
        left, home = [], self._homes.get(node.module, node.module)
        for alias in node.names:
            name, full = alias.asname or alias.name, f"{node.module}.{alias.name}"
            if full in self._trees:
                target = self._homes.get(full, full)
                is_here = target == self._home
                self._modules[name] = (full, is_here)
                new = target.rpartition(".")[2]
            else:
                is_here = home is not None and home == self._home
                new = self._new.get((node.module, alias.name), alias.name)
                if is_here and new != name:
                    self._names[name] = new
            if not is_here:
                left.append(new if new == name else f"{new} as {name}")
        statement = f"from {home} import {', '.join(left)}" if left else "pass"
        if statement != ast.unparse(node):
            self.edits.append((node.lineno, node.col_offset, None, statement))
            for line in range(node.lineno + 1, node.end_lineno + 1):
                self.edits.append((line, 0, None, ""))

    def _take_use(self, node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, is_here = self._modules.get(node.value.id, ("", False))
            new = self._new.get((module, node.attr), node.attr)
            new = new if is_here else f"{node.value.id}.{new}"
            if new != ast.unparse(node):
                self.edits.append((node.lineno, node.col_offset, ast.unparse(node), new))
        elif isinstance(node, ast.Name) and node.id in self._names:
            self.edits.append((node.lineno, node.col_offset, node.id, self._names[node.id]))
        elif _is_at_top(node) and node.name in self._names:
            begin = len("def " if isinstance(node, ast.FunctionDef) else "class ")
            self.edits.append((node.lineno, begin, node.name, self._names[node.name]))


def _is_at_top(node):
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.col_offset == 0
