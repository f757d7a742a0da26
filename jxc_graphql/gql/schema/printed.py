"""The schema as it is published: types of a feature stand together, and a text stands where it is first needed.

A field, argument or value that has a name and a text of one before it is printed without the text: what is said of
`first`, of the fields of an interface or of a column is not said again by every list, kind and filter, and what is
said of the inputs and payloads of one document is not said by each of its mutations, nor what `LOAN_CREATED` means by
every other `…_CREATED`. Introspection, and what `Schema.as_str` prints, say everything everywhere.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from graphql import parse
from graphql.language import ast, print_ast

WIDTH = 120
MADE = ("Where", "Order", "OrderField", "Connection", "Edge", "Aggregates", "Sums", "Numbers", "Filter")
"""How the types end that are made for another."""
GIVEN = ("Input", "Payload")
"""How the types end that are there for one mutation."""
_WHEN_NULL = re.compile(r" Null [^.]*\.$")
ROOTS = ("Query", "Mutation", "Subscription")
_HEADER = "# A text stands where it is first needed: a name without one means what that name meant above.\n"


class _Texts:
    """Which texts were printed, and of what; what is said of the page of one type is said of the pages of all."""

    def __init__(self, definitions: Mapping[str, ast.Node]) -> None:
        self.definitions = definitions
        self._printed: set[tuple[str, str]] = set()

    def of(self, node: ast.Node, margin: str, *, is_made: bool = False) -> list[str]:
        """The lines of a definition's text; none where it was said before, in a type that is made whatever has it."""
        if not getattr(node, "description", None):
            return []
        text = node.description.value  # type: ignore[attr-defined]
        name = node.name.value  # type: ignore[attr-defined]
        stem = _stem(name, self.definitions)
        told = {(name.replace("_", "").lower().removesuffix("id"), text)}
        if stem is not None:
            told = {(name.removeprefix(stem), text.replace(stem, ""))}
        elif is_made:
            told.add(("", re.sub("`.*?`", "", text)))
        elif name in self.definitions:
            told |= {(end, text) for end in GIVEN if name.endswith(end)}
        elif isinstance(node, ast.EnumValueDefinitionNode):
            told.add((name.rpartition("_")[2], text))
        is_known = bool(told & self._printed)
        # What is made of a field, such as a filter, is never null and has only what comes before that.
        self._printed |= told | {(what, _WHEN_NULL.sub("", one)) for what, one in told}
        if is_known or self._is_said_of_its_type(node, text):
            return []
        if len(margin) + len(text) + 6 <= WIDTH and "\n" not in text:
            return [f'{margin}"""{text}"""']
        words = [f"{margin}{line}".rstrip() for line in _wrapped(text, WIDTH - len(margin))]
        return [f'{margin}"""', *words, f'{margin}"""']

    def _is_said_of_its_type(self, node: ast.Node, text: str) -> bool:
        kind = next(_named(node), None) if isinstance(node, ast.InputValueDefinitionNode) else None
        told = getattr(self.definitions.get(kind or ""), "description", None)
        return told is not None and told.value == text


def _stem(name: str, definitions: Collection[str]) -> str | None:
    """The type that a type is named for, such as Loan of LoanConnection."""
    ends = (end for end in range(len(name) - 1, 0, -1) if name[end].isupper())
    return next((name[:end] for end in ends if name[:end] in definitions), None)


def _wrapped(text: str, width: int) -> Iterator[str]:
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + len(word) + 1 > width:
                yield line
                line = word
            else:
                line = f"{line} {word}" if line else word
        yield line


def printed(text: str, features: Mapping[str, str]) -> str:
    """A schema that says everything everywhere, printed so that people can read it."""
    definitions = {_name(one): one for one in parse(text, no_location=True).definitions}
    owners = _owners(definitions, features)
    order, place = list(dict.fromkeys(features.values())), list(owners)
    rank = {name: (order.index(owners[name]), place.index(name)) for name in place}
    names = sorted(definitions, key=lambda name: rank.get(name, (-1, 0)))
    texts, blocks = _Texts(definitions), [_HEADER]
    for feature, some in groupby(names, key=owners.get):
        blocks += [f"# {feature}\n"] if feature else []
        blocks += ["\n".join(_definition(definitions[name], texts)) + "\n" for name in some]
    return "\n".join(blocks)


def outline(text: str, features: Mapping[str, str]) -> str:
    """An index of a schema: by feature, what can be asked and done, and its types with the names of their parts."""
    definitions = {_name(one): one for one in parse(text, no_location=True).definitions}
    owners, lines = _owners(definitions, features), []
    asked = {root: _by_feature(_parts(definitions[root]), owners) for root in ROOTS if root in definitions}
    for feature in dict.fromkeys(features.values()):
        lines.append(feature)
        lines += [f"  {root}: {' '.join(some[feature])}" for root, some in asked.items() if feature in some]
        for name in (name for name, owner in features.items() if owner == feature and name in definitions):
            if name not in ROOTS:
                lines.append(f"  {name}: {' '.join(part.name.value for part in _parts(definitions[name]))}")
    return "\n".join(lines) + "\n"


def _by_feature(fields: Sequence[Any], owners: Mapping[str, str]) -> dict[str, list[str]]:
    """Root fields by the feature whose things they answer; one that answers a plain text by that of the one after."""
    found: dict[str, list[str]] = {}
    feature = ""
    for field in reversed(fields):
        feature = owners.get(next(_named(field.type)), feature)
        found.setdefault(feature, []).insert(0, field.name.value)
    return found


def _parts(node: Any) -> Sequence[Any]:
    """The fields of a type, or the values of an enum."""
    return getattr(node, "fields", None) or getattr(node, "values", None) or ()


def _owners(definitions: Mapping[str, ast.Node], features: Mapping[str, str]) -> dict[str, str]:
    """The feature of each type; what none declares belongs to the first whose types lead to it."""
    owners = {name: feature for name, feature in features.items() if name in definitions and name not in ROOTS}
    named = {name: _stem(name, features) for name in definitions if name not in owners}
    owners |= {name: owners[stem] for name, stem in named.items() if stem in owners}
    left = list(owners)
    while left:
        name = left.pop(0)
        for other in _named(definitions[name]):
            if other in definitions and other not in owners and other not in ROOTS:
                owners[other] = owners[name]
                left.append(other)
    return owners


def _named(node: ast.Node) -> Iterator[str]:
    """The types that a definition names."""
    if isinstance(node, ast.NamedTypeNode):
        yield node.name.value
    for key in node.keys:
        found = getattr(node, key, None)
        for part in found if isinstance(found, list | tuple) else [found]:
            if isinstance(part, ast.Node):
                yield from _named(part)


def _name(node: ast.Node) -> str:
    return f"@{node.name.value}" if isinstance(node, ast.DirectiveDefinitionNode) else node.name.value  # type: ignore[attr-defined]


def _definition(node: ast.Node, texts: _Texts) -> list[str]:
    """The lines of a type: its parts as they were written, each with its text."""
    lines = texts.of(node, "")
    parts = getattr(node, "fields", None) or getattr(node, "values", None) or ()
    head = print_ast(_without(node, "fields", "values", "description", "arguments"))
    if isinstance(node, ast.DirectiveDefinitionNode):
        return [*lines, print_ast(_without(node, "description"))]
    if not parts:
        return [*lines, head]
    is_made = node.name.value.endswith(MADE)  # type: ignore[attr-defined]
    told = [_part(part, texts, is_made=is_made) for part in parts]
    if all(len(part) == 1 for part in told):
        return [*lines, *_packed(head, [part[0].strip() for part in told])]
    runs = groupby(told, key=lambda part: len(part) == 1)
    told = [_run([line.strip() for line in chain(*some)]) if is_short else [*chain(*some)] for is_short, some in runs]
    return [*lines, f"{head} {{", *(line for part in told for line in part), "}"]


def _run(parts: list[str]) -> list[str]:
    """Parts of which nothing is to be said, on as few lines as they take."""
    return [f"  {line}" for line in _joined(parts, WIDTH - 2)]


def _packed(head: str, parts: list[str]) -> list[str]:
    """A type of whose parts nothing is to be said, on as few lines as it takes."""
    flat = f"{head} {{ {', '.join(parts)} }}"
    if len(flat) <= WIDTH:
        return [flat]
    return [f"{head} {{", *_run(parts), "}"]


def _joined(parts: list[str], width: int) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 2 <= width:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return lines


def _part(part: ast.Node, texts: _Texts, *, is_made: bool) -> list[str]:
    lines = texts.of(part, "  ", is_made=is_made)
    arguments = getattr(part, "arguments", None) or ()
    told = [(texts.of(one, "    "), print_ast(_without(one, "description"))) for one in arguments]
    short, long = _marks(part)
    whole = print_ast(_without(part, "description", "arguments", "directives")) + short
    if not arguments:
        return [*lines, f"  {whole}{long}"]
    name = part.name.value  # type: ignore[attr-defined]
    after = whole.removeprefix(name)
    flat = f"  {name}({', '.join(one for _, one in told)}){after}"
    is_said = any(text for text, _ in told)
    if len(flat) <= WIDTH and not is_said:
        return [*lines, f"{flat}{long}"]
    if is_said:
        inner = [line for text, one in told for line in (*text, f"    {one}")]
    else:
        inner = [f"    {line}" for line in _joined([one for _, one in told], WIDTH - 4)]
    return [*lines, f"  {name}(", *inner, f"  ){after}{long}"]


def _marks(part: ast.Node) -> tuple[str, str]:
    """The directives of a field; one with a list stays on its line, since people read no further than they must."""
    found = [print_ast(one) for one in getattr(part, "directives", None) or ()]
    lists = [re.sub(r"\s*\n\s*", ", ", one).replace("[, ", "[").replace(", ]", "]") for one in found if "[" in one]
    return "".join(f" {one}" for one in found if "[" not in one), "".join(f" {one}" for one in lists)


def _without(node: ast.Node, *keys: str) -> ast.Node:
    """A copy of a node that lacks some of its parts."""
    kept = {key: getattr(node, key, None) for key in node.keys if key != "loc"}
    empty = {key: () if isinstance(kept.get(key), list | tuple) else None for key in keys if key in kept}
    return type(node)(**(kept | empty))
