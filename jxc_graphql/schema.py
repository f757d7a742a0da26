"""The schema of all features together, and what runs operations on it: one of each per process."""

import gc
import json
import re
from collections.abc import Callable
from functools import cache

from graphql import introspection_from_schema
from graphql.type import is_abstract_type

from jxc_graphql import features
from jxc_graphql.exchange.exports import reading
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.printed import outline, printed
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.happened import FactKind, kind_of
from jxc_graphql.kit.labels import chinese, english, facts
from jxc_graphql.kit.messages import catalogue
from jxc_graphql.office.documents import timeline


@cache
def schema() -> Schema:
    """What can be asked, done and followed."""
    gc.disable()  # what is made here stays, and looking through it again and again takes a third of the time
    try:
        for told in ("facts", "chores"):  # whose kinds are enums
            features.modules(told)
        return Schema(features.modules("*api"))
    finally:
        gc.enable()


def executor(*, introspection: bool) -> Executor:
    """What runs operations, reads exports, shows changes; without introspection clients may not ask for the schema."""
    made = Executor(schema(), introspection=introspection, adopt=Call.with_input)
    reading.answered_by(made)
    timeline.shown_by(made.types)
    return made


def sdl() -> str:
    """The schema in the schema definition language, as it is published: each text once."""
    return printed(full_sdl(), schema().types.features)


@cache
def full_sdl() -> str:
    """The same with every text wherever it belongs, for tools that ask for them."""
    return schema().as_str().rstrip() + "\n"


def index() -> str:
    """What there is of each feature, by name."""
    return outline(full_sdl(), schema().types.features)


def introspection() -> str:
    """What a client that asks for the whole schema is answered, for tools that generate code."""
    return json.dumps({"data": introspection_from_schema(schema().core)}, ensure_ascii=False) + "\n"


def labels() -> str:
    """What people read for each value of each enum, in English and in Chinese, for clients to show."""
    found = {
        name: {value: {"en": english(value), "zh-CN": _chinese(name, value, one.values[value])} for value in one.values}
        for name, one in sorted(schema().types.enums.items())
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _chinese(kind: str, value: str, description: str) -> str | None:
    if kind == "ErrorCode":
        return re.sub(r"\{\w+\}", "…", catalogue().get(value, {}).get("zh-CN", ""))
    if kind == FactKind.__name__:
        return next((text for name, text in facts().items() if kind_of(name) == value), None)
    return chinese(kind, value, description)


def possible_types() -> str:
    """The types of each interface, as the `possibleTypes` of Apollo's cache."""
    core = schema().core
    interfaces = {name: kind for name, kind in core.type_map.items() if is_abstract_type(kind)}
    types = {name: sorted(each.name for each in core.get_possible_types(kind)) for name, kind in interfaces.items()}
    return json.dumps(types, indent=2, sort_keys=True) + "\n"


FORMS: dict[str, Callable[[], str]] = {
    "sdl": sdl,
    "full-sdl": full_sdl,
    "json": introspection,
    "possible-types": possible_types,
    "labels": labels,
    "outline": index,
}
"""What the schema is printed as, by name."""
