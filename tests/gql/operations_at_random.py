"""Operations drawn from a schema: nested lists, aliases, fragments, variables, directives, wrong ids and cursors."""

import random
from typing import Any

import graphql
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType

DEPTH = 6
BOOLEAN = graphql.GraphQLNonNull(graphql.GraphQLBoolean)
WEIGHTS = {
    "nodes": 20,
    "edges": 8,
    "node": 4,
    "orders": 14,
    "categories": 4,
    "products": 4,
    "lines": 14,
    "pagedLines": 6,
    "mood": 0.2,
    "me": 2,
    "notes": 8,
    "things": 4,
    "receipts": 5,
    "papers": 9,
    "pagedPapers": 5,
    "order": 4,
    "purchaseOrders": 24,
    "salesOrders": 24,
    "stockLevels": 8,
    "scan": 0,  # the naive executor cannot ask the database
}


class Drawing:
    """One operation in the making; `pool` has values for arguments by their type's name or the argument's own."""

    def __init__(self, schema: graphql.GraphQLSchema, chance: random.Random, pool: dict[str, list[Any]]) -> None:
        self.schema, self.chance, self.pool = schema, chance, pool
        self.unions = [one for one in schema.type_map.values() if isinstance(one, GraphQLUnionType)]
        self.aliases = 0
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self.budget = 40

    def operation(self) -> tuple[str, dict[str, Any]]:
        assert self.schema.query_type
        return self.whole("query", self.selections(self.schema.query_type, 0))

    def subscription(self) -> tuple[str, dict[str, Any]]:
        """A subscription to one thing, of which nothing but its name is asked."""
        assert self.schema.subscription_type
        name, field = self.chance.choice(list(self.schema.subscription_type.fields.items()))
        return self.whole("subscription", f"{{ {name}{self.arguments(field)} {{ __typename }} }}")

    def whole(self, kind: str, selections: str) -> tuple[str, dict[str, Any]]:
        declared = ", ".join(f"${name}: {of}" for name, (of, _) in self.variables.items())
        text = f"{kind} {f'({declared}) ' if declared else ''}{selections}\n" + "\n".join(self.fragments)
        return text, {name: value for name, (_, value) in self.variables.items()}

    def selections(self, kind: Composite, depth: int) -> str:
        root = depth == 0
        count = self.chance.randint(1, 2 if root else 4) + (
            kind.name.endswith("Connection") or kind.name.endswith("Edge")
        )
        chosen = [self.selection(kind, depth) for _ in range(count)]
        return "{ " + " ".join(one for one in chosen if one) + (" __typename }" if not any(chosen) else " }")

    def selection(self, kind: Composite, depth: int) -> str:
        dice = self.chance.random()
        if dice < 0.06:
            return f"{self.alias('t')}: __typename" if self.chance.random() < 0.5 else "__typename"
        if dice < 0.2 and depth < DEPTH:
            return self.fragment(kind, depth)
        if isinstance(kind, GraphQLUnionType):
            return self.fragment(kind, depth) if depth < DEPTH else "__typename"
        names = list(kind.fields)
        if depth >= DEPTH or self.budget <= 0:
            names = [name for name in names if graphql.is_leaf_type(graphql.get_named_type(kind.fields[name].type))]
            if not names:
                return "__typename"
        weights = [
            WEIGHTS.get(name, 1 if graphql.is_leaf_type(graphql.get_named_type(kind.fields[name].type)) else 2)
            for name in names
        ]
        (name,) = self.chance.choices(names, weights)
        return self.field(kind.fields[name], name, depth)

    def fragment(self, kind: Composite, depth: int) -> str:
        possible: list[Any] = [kind]
        if not isinstance(kind, GraphQLObjectType):
            members = self.schema.get_possible_types(kind)
            possible += [*members, *(one for member in members for one in member.interfaces)]
        else:
            possible += kind.interfaces
            possible += [one for one in self.unions if kind in one.types]
        target = self.chance.choice(possible)
        body = self.selections(target, max(depth, 1) + 1)
        if self.chance.random() < 0.4:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {target.name} {body}")
            return f"...{name}{self.directive()}"
        condition = "" if target is kind and self.chance.random() < 0.3 else f" on {target.name}"
        return f"...{condition}{self.directive()} {body}"

    def field(self, field: graphql.GraphQLField, name: str, depth: int) -> str:
        self.budget -= 1
        arguments = self.arguments(field)
        label = f"{self.alias(name)}: " if field.args or self.chance.random() < 0.15 else ""
        named = graphql.get_named_type(field.type)
        below = ""
        if isinstance(named, Composite):
            below = " " + self.selections(named, depth + 1)
        return f"{label}{name}{arguments}{self.directive()}{below}"

    def alias(self, name: str) -> str:
        self.aliases += 1
        return f"{name}{self.aliases}"

    def directive(self) -> str:
        if self.chance.random() > 0.08:
            return ""
        value = self.chance.random() < 0.7
        kind = self.chance.choice(("include", "skip"))
        wanted = value if kind == "include" else not value
        if self.chance.random() < 0.5:
            return f" @{kind}(if: ${self.given_or_null(BOOLEAN, wanted)})"
        return f" @{kind}(if: {'true' if wanted else 'false'})"

    def variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = (kind, value)
        return name

    def given_or_null(self, kind: Any, value: Any) -> str:
        """A variable; now and then it is null, which one with a default may be where no null is wanted."""
        if self.chance.random() > 0.12:
            return self.variable(str(kind), value)
        if graphql.is_non_null_type(kind):
            return self.variable(f"{kind.of_type} = {self.literal(value, kind)}", None)
        return self.variable(str(kind), None)

    def arguments(self, field: graphql.GraphQLField) -> str:
        given = {}
        for name, argument in field.args.items():
            required = graphql.is_required_argument(argument)
            likely = {
                "first": 0.85,
                "last": 0.05,
                "after": 0.06,
                "before": 0.04,
                "where": 0.2,
                "orderBy": 0.25,
                "search": 0.1,
            }
            if required or self.chance.random() < likely.get(name, 0.2):
                value = self.value(argument.type, name, 0)
                if self.chance.random() < 0.4:
                    given[name] = "$" + self.given_or_null(argument.type, value)
                else:
                    given[name] = self.literal(value, argument.type)
        return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""

    def value(self, kind: Any, name: str, depth: int) -> Any:
        if graphql.is_non_null_type(kind):
            return self.value(kind.of_type, name, depth)
        if graphql.is_list_type(kind):
            most = 3 if depth == 0 else 2
            return [self.value(kind.of_type, name, depth) for _ in range(self.chance.randint(0 if depth else 1, most))]
        if isinstance(kind, GraphQLEnumType):
            return self.chance.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self.input_object(kind, depth, name)
        pool = self.pool.get(name) or self.pool[kind.name]
        return self.chance.choice(pool)

    def input_object(self, kind: GraphQLInputObjectType, depth: int, within: str) -> dict[str, Any]:
        given = {}
        names = [name for name in kind.fields if depth < 2 or name not in {"and", "or", "not"}]
        for name in self.chance.sample(names, min(len(names), self.chance.randint(1, 2))):
            given[name] = self.value(kind.fields[name].type, within if name in {"eq", "in"} else name, depth + 1)
        for name, field in kind.fields.items():
            if graphql.is_required_input_field(field) and name not in given:
                given[name] = self.value(field.type, name, depth + 1)
        return given

    def literal(self, value: Any, kind: Any) -> str:
        if graphql.is_non_null_type(kind):
            kind = kind.of_type
        if isinstance(value, list):
            return "[" + ", ".join(self.literal(one, kind.of_type) for one in value) + "]"
        if isinstance(value, dict):
            return (
                "{"
                + ", ".join(f"{key}: {self.literal(one, kind.fields[key].type)}" for key, one in value.items())
                + "}"
            )
        if isinstance(kind, GraphQLEnumType):
            return str(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int) else graphql.print_ast(graphql.StringValueNode(value=value))
