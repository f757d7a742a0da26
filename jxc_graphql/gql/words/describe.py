"""Descriptions: the strings that stand under the attributes of a class, and the names that GraphQL gives things."""

import ast
import functools
import inspect
import itertools
import re
import sys
from collections.abc import Callable, Mapping

from tortoise.models import Model

from jxc_graphql.kit.errors import AsTyped


class DeclarationError(Exception):
    """A schema author's mistake, found at start-up: names the type, the field and the mend."""

    def __init__(self, place: str, wrong: str, mend: str) -> None:
        super().__init__(f"{place}: {wrong}. {mend}.")


def camel(name: str) -> str:
    """The GraphQL name of a Python name: `unit_price` → `unitPrice`."""
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def step(name: str | int) -> str:
    """A step of a path as clients read it: our own names as GraphQL has them, what somebody typed as it is."""
    return str(name) if isinstance(name, AsTyped) else camel(str(name))


def screaming(name: str) -> str:
    """The name of an enum value: `unitPrice` or `unit_price` → `UNIT_PRICE`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def of_class(cls: type) -> str | None:
    """A class's own docstring, inherited ones left out, as one paragraph per blank line."""
    text = cls.__dict__.get("__doc__")
    return inspect.cleandoc(text) if text and not text.startswith(f"{cls.__name__}(") else None


def of_function(function: Callable[..., object]) -> str | None:
    """A function's docstring."""
    return inspect.getdoc(function)


def of_attributes(cls: type) -> Mapping[str, str]:
    """The string under each attribute of a class body, and what was said of those that it was given."""
    given: Mapping[str, str] = vars(cls).get("__descriptions__", {})
    return {**_module(cls.__module__).get(cls.__qualname__, {}), **given}


def of_model(model: type[Model]) -> Mapping[str, str]:
    """The string under each field of a model and of what it inherits from."""
    bases = [one for one in reversed(model.__mro__) if issubclass(one, Model) and one is not Model]
    return {name: text for one in bases for name, text in of_attributes(one).items()}


@functools.cache
def _module(name: str) -> Mapping[str, Mapping[str, str]]:
    """For every class of a module, by qualified name, the strings under its attributes."""
    found: dict[str, Mapping[str, str]] = {}
    _walk(ast.parse(inspect.getsource(sys.modules[name])), "", found)
    return found


def _walk(node: ast.AST, prefix: str, found: dict[str, Mapping[str, str]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found[prefix + child.name] = _strings(child.body)
            _walk(child, f"{prefix}{child.name}.", found)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            _walk(child, f"{prefix}{child.name}.<locals>.", found)
        else:
            _walk(child, prefix, found)


def _strings(body: list[ast.stmt]) -> Mapping[str, str]:
    found = {}
    for statement, following in itertools.pairwise(body):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found
