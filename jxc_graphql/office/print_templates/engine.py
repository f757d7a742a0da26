"""What a template may be made of, and what becomes of one: nothing of it can run, ask for, or go on."""

import operator
from collections.abc import Iterator, Mapping
from decimal import Decimal
from numbers import Number
from typing import Any, ClassVar

from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jxc_graphql.kit.errors import Path, Reason

LIMIT = 50_000
"""Characters of a template."""
DEEP = 2
"""Loops within each other: over lines, and over what each of them has; not over all lines for each line."""
MOST = 5_000_000
"""Characters of a page."""
PARTS: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Mod, nodes.Filter, nodes.Test, nodes.Keyword,
)  # fmt: skip
FILTERS = ("abs", "default", "e", "first", "last", "length", "lower", "round", "trim", "upper")
TESTS = ("defined", "divisibleby", "even", "none", "odd")
_WORK = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod}


class PrintTemplateInvalid(Reason, frozen=True, kw_only=True):
    """A template has something that cannot be read, or that templates may not have."""

    line: int
    """Where, counted from 1."""
    problem: str
    """What it is."""


class Environment(ImmutableSandboxedEnvironment):
    """Templates of companies."""

    intercepted_binops: ClassVar[frozenset[str]] = frozenset(_WORK)  # type: ignore[misc]

    def __init__(self) -> None:
        super().__init__(undefined=ChainableUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tests = {name: self.tests[name] for name in TESTS} | {
            name: test for name, test in self.tests.items() if not name.isidentifier()
        }
        self.globals = {}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        """Numbers are added up and multiplied, and nothing else: texts and lists would grow and grow."""
        numbers = [Decimal(one) if isinstance(one, str) else one for one in (left, right)]
        if not all(isinstance(one, Number) for one in numbers):
            raise SecurityError(f"{operator} is for numbers")
        return _WORK[operator](*(Decimal(str(one)) for one in numbers))


class _Unshown:
    """What templates look into and never show: as a text it would be as long as the document, again and again."""

    def __str__(self) -> str:
        raise SecurityError("only what is in a list or a thing can be shown")

    __repr__ = __html__ = __str__


class Things(_Unshown, tuple[Any, ...]):
    """A list in templates."""

    __slots__ = ()


class Thing(_Unshown, dict[str, Any]):
    """Something with fields in templates."""


ENVIRONMENT = Environment()


def check(text: str, path: Path) -> Iterator[Reason]:
    """What is wrong with a template."""
    try:
        tree = ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        yield PrintTemplateInvalid(path=path, line=error.lineno, problem=error.message or "")
        return
    for line, problem in _wrong(tree, ()):
        yield PrintTemplateInvalid(path=path, line=line, problem=problem)
        return


def _wrong(node: nodes.Node, loops: tuple[set[str], ...]) -> Iterator[tuple[int, str]]:
    """What of a part templates may not have; `loops`: the names that the loops around it give."""
    name = type(node).__name__
    if not isinstance(node, PARTS):
        yield node.lineno, name
    if isinstance(node, nodes.For):
        is_own = not loops or any(_root(node.iter) in names for names in loops)
        if node.recursive or not is_own or len(loops) == DEEP:
            yield node.lineno, "for … in for"
        loops = (*loops, {one.name for one in (node.target, *node.target.find_all(nodes.Name)) if hasattr(one, "name")})
    known: Mapping[type, tuple[str, ...]] = {nodes.Filter: FILTERS, nodes.Test: TESTS}
    for kind, names in known.items():
        if isinstance(node, kind) and getattr(node, "name", "") not in names:
            yield node.lineno, f"{name} {getattr(node, 'name', '')}"
    for below in node.iter_child_nodes(exclude=("target",)):
        yield from _wrong(below, loops)


def _root(node: nodes.Node) -> str | None:
    """The name that an expression such as `sheet.rows` begins with."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None


def rendered(text: str, told: Mapping[str, Any]) -> str:
    """A template with what a document says; raises `ValueError` where it has something that templates may not have."""
    parts, length = [], 0
    try:
        if wrong := next(check(text, ()), None):
            raise ValueError(str(wrong))
        for part in ENVIRONMENT.from_string(text).generate(closed(told)):
            length += len(part)
            if length > MOST:
                raise ValueError(f"a page has at most {MOST:,} characters")
            parts.append(part)
    except (TemplateError, ArithmeticError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return "".join(parts)


def closed(told: Any) -> Any:
    """The same, with lists and things that templates look into."""
    if isinstance(told, Mapping):
        return Thing({name: closed(value) for name, value in told.items()})
    if isinstance(told, list | tuple):
        return Things(closed(one) for one in told)
    return told
