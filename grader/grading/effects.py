"""What the code of a cell may do to names and their objects: by reading it, not by running it.

Where it is in doubt, it may. What a function does counts for each cell that names the function.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from grader.course import names

REMEMBERED = 500  # cells that have been read before
# Packages whose functions change nothing but figures. Matplotlib's may set things; see SETS.
OWN_DRAWING = ("helpers.figures", "helpers.drawings")
DRAWING = (*OWN_DRAWING, "matplotlib")
LEAVES_ARGUMENTS = (
    *(*DRAWING, "numpy", "math", "functools", "itertools", "time", "gzip.compress"),
    *("lzma.compress", "derivations", "helpers.derivations", "helpers.densities"),
    *("helpers.checks", "copy", "operator", "statistics", "fractions", "decimal", "typing"),
    *("dataclasses", "numbers", "string", "scipy.special", "types.SimpleNamespace"),
)
# What these make can be called without being changed: losses have no parameters.
CALLABLE = re.compile(r"(tensorflow\.)?keras\.losses\.\w+|torch\.nn\.\w+Loss")
# Packages whose functions change their arguments and the random numbers, and nothing else, except
# those with a name as below.
QUIET = ("helpers", "torch", "tensorflow", "keras", "sklearn", "scipy", "collections")
SETS = re.compile(
    r"(set_(?!random_seed)|save|use$|use_|style|rc|write|dump|tofile|register|enable|disable|config"
    r"|load_ext|interactive|switch_backend|ion$|ioff$|seterr|experimental|chdir|threading)"
)
WRITES = re.compile(r"(save|write|dump|to_csv|tofile|unlink|mkdir|rename|touch$|rmdir|chdir)")
DRAWS = re.compile(r"rand(?!om\.(default_rng|Generator|SeedSequence)$)|seed|shuffle")
CHANGES_ARGUMENTS = re.compile(r"copyto|put|place|fill_diagonal|shuffle|\bat$")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEAVES_OBJECT = _words(
    "mean sum min max std var reshape ravel flatten astype copy numpy items keys values get format "
    "join split strip expand expand_as abs argmin argmax argsort transpose dot square sqrt detach "
    "item tolist any all cumsum count index upper lower startswith endswith long numel size "
    "dim permute squeeze unsqueeze parameters norm diff round clip"
)
LEAVES_ALL = _words(
    "abs all any bool complex dict divmod enumerate float format frozenset int isinstance len list "
    "max min print range repr reversed round set slice sorted str sum tuple type zip pow hash id "
    "issubclass callable chr ord bytes hasattr"
)
# Those that read an argument and keep none.
READERS = _words(
    "all any bool dict frozenset isinstance len list print repr set sorted str sum tuple"
)
LASTING = _words("list tuple dict set sorted range str int float len sum min max round frozenset")
MAKES_NEW = _words("abs bool complex float format int len print range repr round str")
OPAQUE = _words(
    "globals locals vars dir exec eval compile __import__ get_ipython breakpoint In Out "
    "__builtins__"
)
OPAQUE_ATTRIBUTES = _words("__globals__ __dict__ f_globals f_locals _getframe user_ns run_cell")
OPAQUE_IMPORTS = _words("__main__ builtins IPython inspect gc importlib runpy code")
OUTSIDE = _words("open input setattr delattr")
HISTORY = re.compile(r"_+|_i+|_i?\d+")  # what IPython calls earlier inputs and outputs
RANDOM = "the random numbers"  # as if the state of all generators of a process were a variable

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Effects:
    """What a cell may do. A local name of a function stands as `number:name`.

    reads: the names that it reads before it gives them a value;
    reads_later: the names that its functions read when they are called;
    binds: the names that it may give a value or delete;
    touches: the names whose objects it may change;
    touches_later: the same of its functions, when they are called;
    shares: pairs of names whose objects may have something in common;
    must: why it must run in any case; empty if it need not;
    must_later: why a cell must run that names its functions;
    opaque: why it may use any name; empty if it may not;
    computes: whether it calls something that is not known to be harmless.
    """

    reads: set[str] = field(default_factory=set)
    reads_later: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    touches: set[str] = field(default_factory=set)
    touches_later: set[str] = field(default_factory=set)
    shares: list[tuple[str, str]] = field(default_factory=list)
    must: str = ""
    must_later: str = ""
    opaque: str = ""
    computes: bool = False


@dataclass(frozen=True)
class Known:
    """What all cells of a notebook say of their names.

    imports: what the names that are only imported are of, such as `numpy.random`;
    functions: the names that are only ever functions or classes;
    figures: the names that only ever hold a figure or a part of one;
    constants: the names that only ever hold a number, a text or the like, which nothing changes, or
        a dictionary, list or set of such, of which the cells read only parts, or a loss, which they
        only call;
    iterators: the names that may hold something that reading uses up;
    own: all names that get a value somewhere.
    """

    imports: dict[str, str]
    functions: frozenset[str]
    figures: frozenset[str]
    constants: frozenset[str]
    iterators: frozenset[str]
    own: frozenset[str]


@dataclass
class _Said:
    """What one cell says of names.

    imports: where each imported name is from;
    defined: the names of functions and classes;
    parameters: the names of arguments of functions, which the rest does not count in these;
    values: for each other name, what it is given; None where that is not known;
    handed_on: the names whose objects go somewhere as a whole;
    read_by_python: the names whose objects go to functions of Python's own that change nothing;
    not_called: the names that are used otherwise than by calling them.
    """

    imports: dict[str, set[str]] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    values: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    handed_on: set[str] = field(default_factory=set)
    read_by_python: set[str] = field(default_factory=set)
    not_called: set[str] = field(default_factory=set)


def known(sources: Iterable[str]) -> Known:
    """What the cells of a notebook say of their names, at any level."""
    all_said = _Said()
    for said in map(_said_by, sources):
        all_said.defined |= said.defined
        all_said.parameters |= said.parameters
        all_said.handed_on |= said.handed_on
        all_said.read_by_python |= said.read_by_python
        all_said.not_called |= said.not_called
        for name, origins in said.imports.items():
            all_said.imports.setdefault(name, set()).update(origins)
        for name, values in said.values.items():
            all_said.values.setdefault(name, []).extend(values)
    return _known(all_said)


def _known(said: _Said) -> Known:
    imports, defined, values = said.imports, said.defined, said.values
    bound = said.parameters | values.keys()
    only = {n: min(o) for n, o in imports.items() if len(o) == 1 and n not in defined | bound}
    functions = frozenset(defined - bound - imports.keys())
    candidates = values.keys() - imports.keys() - defined
    figures = _figures(values, candidates - said.parameters, only)

    own = frozenset(defined | bound | imports.keys())
    handed_on = said.handed_on | (said.read_by_python if own & READERS else set())

    def is_constant(name: str) -> bool:
        return all(
            _is_constant(value)
            or (name not in handed_on and _is_table(value))
            or (name not in said.not_called and _is_callable(value, only))
            for value in values[name]
        )

    constants = frozenset(filter(is_constant, candidates))
    iterators = frozenset(name for name in values if any(map(_is_used_up, values[name])))
    return Known(only, functions, figures, constants, iterators, own)


@lru_cache(REMEMBERED)
def _said_by(source: str) -> _Said:
    """What one cell says; most cells of a sheet are the same in all submissions."""
    said = _Said()
    tree = names.parsed(source)
    if tree is None:
        return said
    said.parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    tree = _WithoutParameters().visit(tree)
    said.handed_on, said.read_by_python = _handed_on(tree)
    said.not_called = _not_called(tree)
    for node in ast.walk(tree):
        if isinstance(node, names.IMPORTS):
            for name, origin in _imported(node):
                said.imports.setdefault(name, set()).add(origin)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            said.defined.add(node.name)
        else:
            for name, value in _bindings(node):
                said.values.setdefault(name, []).append(value)
    return said


class _WithoutParameters(ast.NodeTransformer):
    """Gives the arguments of functions names that nothing else has."""

    def __init__(self) -> None:
        self._own: frozenset[str] = frozenset()

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in self._own:
            node.id = f"{node.id}()"
        return node

    def _visit_function(self, node: Any) -> ast.AST:
        outside, parts = self._own, [*getattr(node, "decorator_list", ()), node.args]
        for part in parts:  # what is computed around the function: defaults, annotations
            self.visit(part)
        self._own = outside | _arguments(node.args)
        for part in node.body if isinstance(node.body, list) else [node.body]:
            self.visit(part)
        self._own = outside
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _visit_function


def _is_constant(value: ast.expr | None) -> bool:
    """Whether an expression is a literal that cannot be changed."""
    match value:
        case ast.Constant():
            return True
        case ast.UnaryOp():
            return _is_constant(value.operand)
        case ast.Tuple():
            return all(map(_is_constant, value.elts))
    return False


def _is_table(value: ast.expr | None) -> bool:
    """Whether an expression is a dictionary, a list or a set of literals that cannot be changed."""
    match value:
        case ast.Dict():
            return all(map(_is_constant, [*value.keys, *value.values]))
        case ast.List() | ast.Set():
            return all(map(_is_constant, value.elts))
    return False


def _handed_on(tree: ast.AST) -> tuple[set[str], set[str]]:
    """The names whose objects go somewhere as a whole, where they may be changed or kept; and
    those that go to one of READERS, if that is Python's own.
    """
    nodes = list(ast.walk(tree))
    parts = {id(part) for whole in nodes for part in _read_in_parts(whole)}
    read = {id(value) for call in nodes for value in _read_whole(call)}
    loads = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    left = [node for node in loads if id(node) not in parts]
    handed_on = {node.id for node in left if id(node) not in read}
    return handed_on, {node.id for node in left if id(node) in read}


def _read_whole(node: ast.AST) -> list[ast.expr]:
    """What goes to one of READERS."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name in READERS:
            return args
    return []


def _is_callable(value: ast.expr | None, imports: dict[str, str]) -> bool:
    """Whether an expression makes something that a call does not change, out of literals alone."""
    match value:
        case ast.Call(func=function, args=args, keywords=words):
            given = [*args, *(word.value for word in words)]
            return bool(CALLABLE.fullmatch(dotted(function, imports))) and all(
                map(_is_constant, given)
            )
    return False


def _not_called(tree: ast.AST) -> set[str]:
    """The names that are used otherwise than by calling them."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    loads = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return {node.id for node in loads if id(node) not in called}


def _read_in_parts(node: ast.AST) -> list[ast.expr]:
    """The expressions in a node of whose values it takes an item, or all items, and no more."""
    match node:
        case ast.Subscript(value=whole, ctx=ast.Load()):
            return [whole]
        case ast.Call(func=ast.Attribute(value=whole, attr="items" | "keys" | "values" | "get")):
            return [whole]
        case ast.keyword(arg=None, value=whole):
            return [whole]
        case ast.For(iter=whole) | ast.comprehension(iter=whole):
            return [whole]
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[whole]):
            return [whole]
    return []


def _is_used_up(value: ast.expr | None) -> bool:
    """Whether an expression makes an iterator, which a loop uses up, or may do so."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id not in LASTING
    return isinstance(value, ast.GeneratorExp)


def _figures(
    values: dict[str, list[ast.expr | None]], candidates: Iterable[str], imports: dict[str, str]
) -> frozenset[str]:
    """Of the candidates those that get nothing but what drawing functions return."""
    found = set(candidates)
    while wrong := {
        name for name in found if not all(_is_drawn(v, found, imports) for v in values[name])
    }:
        found -= wrong
    return frozenset(found)


def _is_drawn(value: ast.expr | None, figures: set[str], imports: dict[str, str]) -> bool:
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(value, ast.Call):
            if dotted(value.func, imports).startswith(DRAWING):
                return True
            value = value.func
            if not isinstance(value, ast.Attribute):
                return False
        value = value.value
    return isinstance(value, ast.Name) and value.id in figures


def dotted(node: ast.expr, imports: dict[str, str]) -> str:
    """The full name of something imported, such as `numpy.random.seed`; empty for others."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in imports:
        return ""
    return ".".join([imports[node.id], *reversed(parts)]).replace("helpers.quiet.tf", "tensorflow")


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            root = alias.name.partition(".")[0]
            yield root, root


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a node gives values, with the expressions that these come from."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from pairs(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        yield from pairs(node.target, node.value)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield from pairs(node.target, node.iter, loops=True)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from pairs(node.optional_vars, node.context_expr)
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, None
    elif isinstance(node, ast.Global):  # whatever a call may give them, and whenever
        yield from ((name, None) for name in node.names)


def pairs(
    target: ast.expr, value: ast.expr | None, loops: bool = False
) -> Iterator[tuple[str, ast.expr | None]]:
    """The names of a target, each with the expression that its value comes from."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from pairs(target.value, value, loops)
    elif isinstance(target, ast.Tuple | ast.List):
        for part, its in zip(target.elts, _parts(target, value, loops), strict=True):
            yield from pairs(part, its)


def _parts(
    target: ast.Tuple | ast.List, value: ast.expr | None, loops: bool
) -> list[ast.expr | None]:
    """The value of each part of a target: by place where it is plain which, else all of it."""
    plain: list[ast.expr] = []
    if isinstance(value, ast.Tuple | ast.List) and not loops:
        plain = value.elts
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and loops:
        if value.func.id == "zip":
            plain = value.args
        elif value.func.id == "enumerate" and len(value.args) == 1:
            plain = [ast.Constant(0), value.args[0]]
    starred = any(isinstance(part, ast.Starred) for part in [*target.elts, *plain])
    if starred or len(plain) != len(target.elts):
        return [value] * len(target.elts)
    return list(plain)


def of_code(source: str, about: Known) -> Effects:
    """What a cell may do; about: what the notebook's cells say of their names."""
    tree = names.parsed(source)
    if tree is None or names.plain(source) != source:
        return Effects(must="it is not plain Python", opaque="it is not plain Python")
    return _of_statements(tree.body, about)


def of_parts(source: str, about: Known) -> list[tuple[range, Effects]]:
    """The parts of a cell, as the lines where each stands, with what it may do.

    A part is a statement at the top level, all that share a line, or imports that follow each
    other: one may give another's package its modules. A cell that is not plain Python is one part.
    """
    tree = names.parsed(source)
    if tree is None or names.plain(source) != source:
        return [(range(source.count("\n") + 1), of_code(source, about))]
    return [
        (
            range(first - 1, last),
            _of_statements([n for n in tree.body if first <= n.lineno <= last], about),
        )
        for first, last in _spans(tree.body)
    ]


def _of_statements(statements: list[ast.stmt], about: Known) -> Effects:
    found = Effects()
    try:
        _Reader(found, about).block(statements)
    except RecursionError:
        found.must = found.opaque = "it is nested too deeply"
    return found


def _spans(statements: Iterable[ast.stmt]) -> list[tuple[int, int]]:
    """The first and last line of each part of a cell."""
    spans: list[tuple[int, int]] = []
    were_imports = False
    for node in statements:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(part.lineno for part in decorators)])
        last, are_imports = node.end_lineno or node.lineno, isinstance(node, names.IMPORTS)
        if spans and (first <= spans[-1][1] or (were_imports and are_imports)):
            first = spans.pop()[0]
            are_imports &= were_imports
        spans.append((first, last))
        were_imports = are_imports
    return spans


class _Reader(ast.NodeVisitor):
    """Goes through a cell in the order in which it runs."""

    def __init__(self, found: Effects, about: Known):
        self._found, self._about = found, about
        self._scopes: list[set[str]] = []  # local names, outermost first
        self._later = 0  # how many functions are around
        self._sure: set[str] = set()  # names that have a value of the cell's own at this place

    def block(self, statements: Iterable[ast.AST]) -> None:
        for statement in statements:
            self.visit(statement)

    # --- names

    def _full(self, name: str) -> str:
        for number in range(len(self._scopes), 0, -1):
            if name in self._scopes[number - 1]:
                return f"{id(self._scopes[number - 1])}:{name}"
        return name

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def _touch(self, roots: Iterable[str]) -> None:
        plain = set(roots) - self._about.functions - self._about.imports.keys()
        (self._found.touches_later if self._later else self._found.touches).update(plain)

    def _must(self, why: str) -> None:
        kind = "must_later" if self._later else "must"
        setattr(self._found, kind, getattr(self._found, kind) or why)

    def _bind(self, name: str) -> None:
        if self._is_local(name):
            return
        self._found.binds.add(name)
        if self._later:  # by `global`, when the function is called
            self._touch({name})
        else:
            self._sure.add(name)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id)
            if isinstance(node.ctx, ast.Del):
                self._sure.discard(node.id)
                if not self._is_local(node.id):
                    self._found.reads.add(node.id)
        elif not self._is_local(node.id):
            if node.id in OPAQUE or HISTORY.fullmatch(node.id):
                self._hide(f"it uses {node.id}")
            if node.id in self._about.iterators:
                self._touch({node.id})
            if node.id in OUTSIDE:
                self._must(f"it calls {node.id}")
            if self._later:
                self._found.reads_later.add(node.id)
            elif node.id not in self._sure:
                self._found.reads.add(node.id)

    def _hide(self, why: str) -> None:
        self._found.opaque = self._found.opaque or why
        self._must(why)

    # --- statements that bind

    def _assign(self, target: ast.expr, value: ast.expr | None, loops: bool = False) -> None:
        for name, its in pairs(target, value, loops):
            self._share([self._full(name)], self._roots(its))
        for part in ast.walk(target):
            if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(
                part.ctx, ast.Load
            ):
                self._change(part, value)
        self.visit(target)

    def _change(self, target: ast.expr, value: ast.expr | None) -> None:
        """An attribute or an item of something gets a value."""
        if name := dotted(_base(target), self._about.imports):
            self._must(f"it changes {name}")
        roots = self._roots(target)
        self._touch(roots)
        self._share(roots, self._roots(value))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self._assign(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        with self._perhaps():
            self._assign(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.visit(ast.Name(node.target.id, ast.Load()))
            self._touch({self._full(node.target.id)})
        self._assign(node.target, node.value)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._assign(target, None)

    def _visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if not all(_within(origin, LEAVES_ARGUMENTS + QUIET) for _, origin in _imported(node)):
            self._must("it imports")
        if names.roots(node) & OPAQUE_IMPORTS or any(alias.name == "*" for alias in node.names):
            self._hide("it imports what may use any name")
        for name, origin in _imported(node):
            self._bind(name)
            if origin in ("sys.modules", "sys._getframe"):
                self._hide(f"it imports {origin}")

    visit_Import = visit_ImportFrom = _visit_import

    # --- statements that may or may not run their parts

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        sure = set(self._sure)
        yield
        self._sure = sure

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        with self._perhaps():
            self._assign(node.target, node.iter, loops=True)
            self.block(node.body)
        with self._perhaps():
            self.block(node.orelse)

    def _visit_branches(self, node: ast.If | ast.While) -> None:
        self.visit(node.test)
        for part in (node.body, node.orelse):
            with self._perhaps():
                self.block(part)

    visit_If = visit_While = _visit_branches

    def _visit_other_blocks(self, node: ast.AST) -> None:
        with self._perhaps():
            self.generic_visit(node)

    def _visit_pattern(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = _visit_pattern

    visit_Match = visit_IfExp = visit_BoolOp = _visit_other_blocks

    def _visit_try(self, node: ast.Try | ast.TryStar) -> None:
        for part in (node.body, node.handlers, node.orelse, node.finalbody):
            with self._perhaps():
                self.block(part)

    visit_Try = visit_TryStar = _visit_try

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_With(self, node: ast.With) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, item.context_expr)
        with self._perhaps():  # a context may end its block early without an error
            self.block(node.body)

    def _visit_unusual(self, node: ast.AST) -> None:
        if not self._later:
            self._must("it may stop half-way")
        self.generic_visit(node)

    visit_AsyncFor = visit_AsyncWith = visit_Await = visit_Raise = _visit_unusual

    # --- functions, classes, comprehensions

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        for part in (*node.decorator_list, *arguments.defaults, *arguments.kw_defaults):
            if part is not None:
                self.visit(part)
        for part in node.decorator_list:
            self._share([self._full(node.name)], self._roots(part))
        self._bind(node.name)
        self._inside(_locals(node), node.body, self._full(node.name))

    visit_FunctionDef = visit_AsyncFunctionDef = _visit_function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in (*node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        self._inside(_arguments(node.args), [node.body], "")

    def _inside(self, own: set[str], body: list, name: str) -> None:
        """The body of a function, which runs when it is called."""
        self._scopes.append(own)
        self._later += 1
        before = set(self._found.reads_later)
        with self._perhaps():
            self.block(body)
        self._later -= 1
        self._scopes.pop()
        if name:  # what it returns may be part of what it reads
            self._share([name], self._found.reads_later - before)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._bind(node.name)
        with self._perhaps():  # its methods do not see its names, so they count as the cell's
            self.block(node.body)

    def _visit_comprehension(self, node: ast.expr) -> None:
        loops: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.visit(loops[0].iter)
        own = {n.id for loop in loops for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
        self._scopes.append(own)
        with self._perhaps():
            for loop in loops:
                self.visit(loop.iter)
                self._assign(loop.target, loop.iter, loops=True)
                self.block(loop.ifs)
            for part in ("key", "value", "elt"):
                if hasattr(node, part):
                    self.visit(getattr(node, part))
        self._scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    # --- what changes objects

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in OPAQUE_ATTRIBUTES or dotted(node, self._about.imports) == "sys.modules":
            self._hide(f"it uses {node.attr}")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        given = [*node.args, *(word.value for word in node.keywords)]
        roots = {root for value in given for root in self._roots(value)}
        if name := dotted(node.func, self._about.imports):
            self._call_imported(name, {word.arg for word in node.keywords}, roots)
        elif isinstance(node.func, ast.Name) and not self._is_local(node.func.id):
            self._call_name(node.func.id, roots)
        else:
            self._call_method(node.func, roots)

    def _call_imported(self, name: str, words: set[str | None], roots: set[str]) -> None:
        if _within(name, OWN_DRAWING):
            return
        parts = name.split(".")[1:]
        if any(SETS.match(part) for part in parts) or not _within(name, LEAVES_ARGUMENTS + QUIET):
            self._must(f"it calls {name}")
        draws = DRAWS.search(name) or not _within(name, LEAVES_ARGUMENTS)
        if draws and "generator" not in words:
            self._found.computes |= not self._later
            self._touch({RANDOM})
        leaves = _within(name, LEAVES_ARGUMENTS) and not CHANGES_ARGUMENTS.search(parts[-1])
        if not leaves or "out" in words or None in words:
            self._touch(roots)
            self._share(roots, roots)

    def _call_name(self, name: str, roots: set[str]) -> None:
        if name in LEAVES_ALL and name not in self._about.own:
            return
        self._found.computes |= not self._later
        self._touch({*roots, name})
        self._share([name], roots)

    def _call_method(self, function: ast.expr, roots: set[str]) -> None:
        method = function.attr if isinstance(function, ast.Attribute) else ""
        if WRITES.match(method):
            self._must(f"it calls a method {method}")
        base = _base(function)
        if isinstance(base, ast.Name) and base.id in self._about.figures:
            return
        if method not in LEAVES_OBJECT:
            self._found.computes |= not self._later
            receiver = self._roots(function)
            self._touch({*receiver, *roots})
            self._share(receiver, roots)

    def _share(self, some: Iterable[str], others: Iterable[str]) -> None:
        hidden = self._about.imports.keys() | self._about.figures
        left = {*some} - hidden
        self._found.shares += [(one, two) for one in left for two in {*others} - hidden]

    def _roots(self, node: ast.expr | None) -> set[str]:
        """The names whose objects the value of an expression may have something in common with."""
        match node:
            case None | ast.Constant() | ast.JoinedStr() | ast.Compare():
                return set()
            case ast.Name():
                return {self._full(node.id)} - self._about.imports.keys()
            case ast.Call(func=ast.Name(id=name)) if name in MAKES_NEW:
                return set()
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        inner += [word.value for word in getattr(node, "keywords", [])]
        for loop in getattr(node, "generators", []):
            inner.append(loop.iter)
        return {root for child in inner for root in self._roots(child)}


def _within(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _base(node: ast.expr) -> ast.expr:
    """What attributes, items and results of calls are taken of."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def _arguments(arguments: ast.arguments) -> set[str]:
    return {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The local names of a function; those that it declares as global are not."""
    nodes = [node for part in function.body for node in ast.walk(part)]
    elsewhere = {n for node in nodes if isinstance(node, ast.Global) for n in node.names}
    return (_arguments(function.args) | _stored(function.body)) - elsewhere


def _stored(body: list[ast.stmt]) -> set[str]:
    """The names that a body gives values, those of functions in it included."""
    found: set[str] = set()
    for node in (inner for part in body for inner in ast.walk(part)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, names.IMPORTS):
            found |= {name for name, _ in _imported(node)}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found
