"""Machine-made wrong versions of a function or a class: one small change each.

Operators, comparisons, constants, reductions, axes, the order of arguments and of parameters, terms
and factors dropped, conditions fixed, statements left out, a step left out of several, in a class
one attribute for another. Most such changes are what a slip of the pen makes; the share that a
check catches is a measure of the check.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
DROPS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
FUNCTIONS = {
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "max": ("min", "mean"),
    "min": ("max",),
    "std": ("var",),
    "var": ("std",),
    "log": ("log2", "log1p"),
    "exp": ("expm1",),
    "sqrt": ("square",),
    "square": ("abs",),
    "all": ("any",),
    "any": ("all",),
    "subtract": ("add",),
    "add": ("subtract",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "det": ("trace",),
    "trace": ("sum",),
    "sigmoid": ("tanh",),
    "log_sigmoid": ("sigmoid",),
    "softplus": ("relu",),
    "logsumexp": ("sum",),
    "randn": ("rand",),
    "randn_like": ("rand_like",),
}
# Left out where they stand around an array, these change nothing: no slip of anybody's pen.
CONVERSIONS = {"asarray", "array", "float", "as_tensor", "tensor", "constant", "convert_to_tensor"}
GUARDS = {"strict"}  # arguments that never show where the code is right


@dataclass(frozen=True)
class Mutant:
    """One changed version of a cell.

    change: what was changed, in words;
    source: the whole source of the cell with the change in it.
    """

    change: str
    source: str


def mutants(source: str, name: str) -> list[Mutant]:
    """All mutants of the function, class or variable of a name in some source, each once."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    target = next(node for node in tree.body if _defines(node, name))
    for path, node in _nodes(target):
        for replacement in _replacements(node, target, path):
            changed = ast.unparse(_replaced(tree, target, path, replacement))
            if changed != before and changed not in found:
                statement = _statement(target, path)
                old, new = _short(node), _short(replacement) or "(left out)"
                words = f"`{old}` → `{new}` in `{_short(statement)}`"
                number = sum(mutant.change.startswith(words) for mutant in found.values())
                change = f"{words} ({number + 1})" if number else words
                found[changed] = Mutant(change, changed)
    return list(found.values())


def _defines(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found)):
            return found == name
    return getattr(statement, "name", None) == name


Path = tuple[tuple[str, int | None], ...]


def _nodes(root: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """All nodes below a definition with the way to them; docstrings and messages left out."""
    for name, value in ast.iter_fields(root):
        if name in ("args", "decorator_list", "returns") and isinstance(root, ast.FunctionDef):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_text(child) or _is_guard(child):
                continue
            step = (name, index if isinstance(value, list) else None)
            yield (*path, step), child
            if not isinstance(child, (ast.JoinedStr, ast.Raise)):
                yield from _nodes(child, (*path, step))


def _is_text(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else node
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in GUARDS


def _get(root: ast.AST, path: Path) -> ast.AST:
    for name, index in path:
        value = getattr(root, name)
        root = value if index is None else value[index]
    return root


def _statement(root: ast.AST, path: Path) -> ast.AST:
    """The innermost statement on the way to a node."""
    way = [root, *(_get(root, path[:length]) for length in range(1, len(path) + 1))]
    return [node for node in way if isinstance(node, ast.stmt)][-1]


def _replaced(tree: ast.Module, target: ast.stmt, path: Path, new: ast.AST | None) -> ast.Module:
    number = tree.body.index(target)
    tree = copy.deepcopy(tree)
    parent = _get(tree.body[number], path[:-1])
    name, index = path[-1]
    new = ast.Pass() if new is None else copy.deepcopy(new)
    if index is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[index] = new
    return ast.fix_missing_locations(tree)


def _short(node: ast.AST | None) -> str:
    """One line of source for a node, not too long."""
    if node is None:
        return ""
    line = ast.unparse(node).split("\n")[0]
    return line if len(line) <= 90 else line[:87] + "..."


def _replacements(node: ast.AST, target: ast.AST, path: Path) -> Iterator[ast.AST | None]:
    match node:
        case ast.BinOp():
            if type(node.op) in BINARY:
                yield _with(node, op=BINARY[type(node.op)]())
            if isinstance(node.op, DROPS):
                yield node.left
                yield node.right
            if isinstance(node.op, (ast.Sub, ast.Div)):
                yield _with(node, left=node.right, right=node.left)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield node.operand
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            yield from node.values
        case ast.Compare(ops=[op]):
            for comparison in COMPARISONS.get(type(op), ()):
                yield _with(node, ops=[comparison()])
        case ast.Constant():
            yield from _constants(node)
        case ast.Call():
            yield from _calls(node)
        case ast.Name(ctx=ast.Load()):
            yield from _names(node, _parameters(target, path))
        case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Load()):
            for other in _attributes(target):
                if other != node.attr:
                    yield _with(node, attr=other)
        case ast.If():
            yield _with(node, test=ast.Constant(False))
            yield _with(node, test=ast.Constant(True))
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.With():
            yield ast.If(test=ast.Constant(True), body=node.body, orelse=[])
        case ast.AugAssign() | ast.Expr():
            yield None
        case ast.Assign(targets=[ast.Subscript()]):
            yield None
        case ast.Tuple(ctx=ast.Load(), elts=[first, second]):
            yield _with(node, elts=[second, first])


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    return type(node)(**{name: fields.get(name, value) for name, value in ast.iter_fields(node)})


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2)
        yield ast.Constant(value * 0.5 if value else 1.0)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if ast.unparse(node.func).startswith("self."):
        name = ""  # one's own, whatever a library means by that name
    for other in FUNCTIONS.get(name, ()):
        if isinstance(node.func, ast.Attribute):
            yield _with(node, func=_with(node.func, attr=other))
        else:
            yield _with(node, func=ast.Name(other, ast.Load()))
    if len(node.args) >= 2:
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    if len(node.args) >= 3 and all(isinstance(step, ast.Call) for step in node.args):
        for step in node.args:
            yield _with(node, args=[other for other in node.args if other is not step])
    for keyword in node.keywords if name not in CONVERSIONS else ():
        if _is_guard(keyword):
            continue
        yield _with(node, keywords=[other for other in node.keywords if other is not keyword])
    if len(node.args) == 1 and not node.keywords and name not in CONVERSIONS:
        yield node.args[0]


def _names(node: ast.Name, names: list[str]) -> Iterator[ast.AST]:
    """Another parameter in the place of one."""
    if node.id in names:
        for other in names:
            if other != node.id:
                yield ast.Name(other, ast.Load())


def _parameters(target: ast.AST, path: Path) -> list[str]:
    """The parameters of a function; in a class, those of the method that a path leads into."""
    if isinstance(target, ast.ClassDef) and path[0][0] == "body":
        method = _get(target, path[:1])
        return _parameters(method, path)[1:] if isinstance(method, ast.FunctionDef) else []
    if isinstance(target, ast.FunctionDef):
        return [argument.arg for argument in target.args.args]
    return []


def _attributes(target: ast.AST) -> list[str]:
    """What a class assigns to self, in order."""
    found = []
    for node in ast.walk(target):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()):
                found.append(node.attr)
    return list(dict.fromkeys(found))
