"""One operation from its text to its answer.

Parsed, weighed and validated documents are kept by their text, plans by document, deciding variables and rights. An
operation of fields of ours never enters graphql-core's executor; one that introspects as well does, over the same
shaped values.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import graphql
import msgspec
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    VariableNode,
    get_argument_values,
    get_variable_values,
    specified_rules,
    validate,
)
from graphql.execution.values import VariableValues
from graphql.language import OperationType, Visitor, visit

from jxc_graphql.gql.plan.collect import Selections, deciding_variables
from jxc_graphql.gql.plan.hidden import Hiding
from jxc_graphql.gql.plan.planner import Adopt, Planner, as_it_is, deciding_rights
from jxc_graphql.gql.plan.problems import formatted
from jxc_graphql.gql.plan.running import Arguments, Run
from jxc_graphql.gql.plan.sql import DIALECTS, Dialect
from jxc_graphql.gql.plan.work import cost_of
from jxc_graphql.gql.run import limits
from jxc_graphql.gql.run.complete import Completer
from jxc_graphql.gql.run.prepare import Checked, Plan, Prepared, Recent
from jxc_graphql.gql.run.result import Error, Refused, Result
from jxc_graphql.gql.run.result import error as refusal
from jxc_graphql.gql.run.roots import RootFields
from jxc_graphql.gql.run.subscription import Subscription, own_by_field
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.types import Field, FromRoot, ObjectType
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call

DOCUMENT_BYTES = 512 * 1024
"""Text of the documents that are kept; what is made of them takes two hundred times as much."""
PLANS = 20
INTROSPECTIONS = 10
ERRORS = 3
"""Finding what a misspelt name was meant to be takes milliseconds each."""


class Executor:
    """Runs operations on one schema."""

    def __init__(self, schema: Schema, *, introspection: bool = True, adopt: Adopt = as_it_is) -> None:
        self._adopt = adopt
        self.schema = schema.core
        self._introspection = introspection
        self._rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        self.types = schema.types
        self._own = own_by_field(schema.types)
        self._documents: Recent[Checked | list[Error]] = Recent(DOCUMENT_BYTES)
        self._prepared: Recent[Prepared] = Recent(DOCUMENT_BYTES)
        self._introspections: Recent[asyncio.Task[graphql.ExecutionResult]] = Recent(INTROSPECTIONS)

    def prepare(self, text: str, operation_name: str | None = None) -> Prepared:
        """The operation of a document, checked; raises `Refused` when it cannot be run."""
        weight = len(text)
        checked = self._documents.get(text, lambda: self._checked(text), weight)
        if isinstance(checked, list):
            raise Refused(checked)
        return self._prepared.get((text, operation_name), lambda: self._choose(checked, operation_name), weight)

    def knows(self, text: str) -> bool:
        """Whether a document was checked already, and is kept."""
        return text in self._documents

    def check(self, text: str) -> Callable[[], None]:
        """Checks a document, on whatever thread; what is given keeps it, on that of the loop."""
        checked = self._checked(text)
        return lambda: self._documents.keep(text, checked, len(text))

    async def run(
        self,
        prepared: Prepared,
        variables: Mapping[str, Any] | None,
        call: Call,
        *,
        values: VariableValues | None = None,
        since: int = 0,
    ) -> Result:
        """The answer to a query or mutation; raises `Refused` when a variable cannot be used.

        `values`: what was read of the variables already. A query is read where the log has come as far as `since`.
        """
        values = values or self.read(prepared, variables)
        plan = self._plan(prepared, values, call)
        run = self._run(call, values)
        data = await self._loaded(plan, run, since)
        if plan.planner.introspects and not plan.root.fields:
            return await self._introspected(prepared, variables, run)
        if plan.planner.introspects:
            return await self._copied(prepared, variables, data, run)
        return self._completed(prepared, plan, data, run)

    def scanned(self, prepared: Prepared, values: VariableValues, call: Call) -> int:
        """What a query or mutation costs beside the rows of its answer: what must be looked through to find them."""
        return cost_of(self._plan(prepared, values, call).root.work(self._run(call, values)))

    def is_for_anybody(self, prepared: Prepared) -> bool:
        """Whether it is a mutation of such fields alone for which it does not matter who its caller is."""
        operation, mutation = prepared.operation, self.types.mutation
        if operation.operation is not OperationType.MUTATION or mutation is None:
            return False
        names = [node.name.value if isinstance(node, FieldNode) else "" for node in operation.selection_set.selections]
        sources = [mutation.fields[name].source for name in names if name in mutation.fields]
        return len(sources) == len(names) and all(isinstance(one, FromRoot) and one.for_anybody for one in sources)

    async def run_by_core(self, prepared: Prepared, variables: Mapping[str, Any] | None, call: Call) -> Result:
        """The same answer through graphql-core's executor: the second door, which must agree with the first."""
        values = self.read(prepared, variables)
        run = self._run(call, values)
        data = await self._loaded(self._plan(prepared, values, call), run)
        return await self._copied(prepared, variables, data, run)

    def explain(
        self, prepared: Prepared, variables: Mapping[str, Any] | None, call: Call, dialect: str
    ) -> Iterator[str]:
        """How an operation is answered on such a database, line by line, without asking any."""
        values = self.read(prepared, variables)
        run = Run(call, DIALECTS[dialect], values)
        yield f"cost: {prepared.cost} rows at most"
        yield from self._make_plan(prepared, values, call, run.dialect).root.explain(run)

    def subscription(self, prepared: Prepared, variables: Mapping[str, Any] | None) -> Subscription:
        """A subscription that may be started; raises `Refused` when a variable or an argument cannot be used."""
        values = self.read(prepared, variables)
        assert self.types.subscription is not None
        selections = self._selections(prepared, values)
        return Subscription(prepared, values, selections, self.types.subscription, self.arguments, own=self._own)

    def arguments(self, owner: ObjectType, field: Field, node: FieldNode) -> Arguments:
        """The arguments of a field: known from the start unless they contain variables."""
        core: Any = self.schema.type_map[owner.name]
        told = core.fields[field.name]
        return Arguments(told, node, None if _has_variables(node) else get_argument_values(told, node))

    def _checked(self, text: str) -> Checked | list[Error]:
        try:
            document = limits.parse_document(text)
            costs = limits.weigh(document, self.schema)
        except GraphQLSyntaxError as error:
            return [_refusal(error, "GRAPHQL_PARSE_FAILED")]
        except GraphQLError as error:
            return [_refusal(error, "GRAPHQL_VALIDATION_FAILED")]
        errors = validate(
            self.schema, document, self._rules, max_errors=ERRORS, hide_suggestions=not self._introspection
        )
        refusals = [_refusal(error, "GRAPHQL_VALIDATION_FAILED") for error in errors]
        return refusals or Checked(document, costs, deciding_variables(document))

    def _choose(self, checked: Checked, name: str | None) -> Prepared:
        document, operations = checked.document, checked.operations
        weighed = zip(operations, checked.costs, strict=True)
        chosen = [(one, cost) for one, cost in weighed if name is None or (one.name and one.name.value == name)]
        if len(chosen) != 1:
            problem = (
                f"The document has no operation named {name!r}."
                if name is not None
                else "The document has several operations: name one as operationName."
                if operations
                else "The document has no operation."
            )
            raise Refused([{"message": problem, "extensions": {"code": "OPERATION_RESOLUTION_FAILURE"}}])
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        ((operation, cost),) = chosen
        kept = Recent[Plan](PLANS), Recent[Any](PLANS), Recent[Any](PLANS)
        return Prepared(document, operation, fragments, checked.deciding, cost, *kept)

    def read(self, prepared: Prepared, given: Mapping[str, Any] | None) -> VariableValues:
        """The values of an operation's variables; raises `Refused` when one cannot be used."""
        definitions = prepared.operation.variable_definitions or ()
        try:
            limits.check_variables(given)
        except GraphQLError as error:
            raise Refused([_refusal(error, "BAD_USER_INPUT")]) from None
        values = get_variable_values(self.schema, definitions, dict(given or {}), max_errors=ERRORS)
        if isinstance(values, list):
            raise Refused([_refusal(error, "BAD_USER_INPUT") for error in values])
        if undecided := [name for name in prepared.deciding if values.coerced.get(name) is None]:
            texts = (f"Variable '${name}' is null, and decides whether a part is asked for." for name in undecided)
            raise Refused([refusal("BAD_USER_INPUT", text) for text in texts])
        return values

    def _run(self, call: Call, values: VariableValues) -> Run:
        return Run(call, DIALECTS[db.dialect()], values)

    async def _loaded(self, plan: Plan, run: Run, since: int = 0) -> dict[str, Any]:
        """The shaped values; of a query all at once, while each mutation shows what there is behind it."""
        run.hidden.update(plan.hidden)
        if plan.root.kind is self.types.mutation:
            return await plan.root.load(run)
        return await run.at_once(plan.root.load, alone=plan.root.is_alone(run), since=since)

    def _selections(self, prepared: Prepared, values: VariableValues) -> Selections:
        return Selections(prepared.fragments, {name: values.coerced.get(name) for name in prepared.deciding})

    def _plan(self, prepared: Prepared, values: VariableValues, call: Call) -> Plan:
        decided = tuple(values.coerced.get(name) for name in prepared.deciding)
        key = (decided, deciding_rights(call), db.dialect())
        return prepared.plans.get(key, lambda: self._make_plan(prepared, values, call, DIALECTS[db.dialect()]))

    def _make_plan(self, prepared: Prepared, values: VariableValues, call: Call, dialect: Dialect) -> Plan:
        kind = getattr(self.types, prepared.operation.operation.value)
        planner = Planner(self._selections(prepared, values), call, dialect, self.arguments, self._adopt)
        groups = planner.selections.of(kind, [prepared.operation.selection_set])
        hidden = Hiding(planner.selections, call).of_root(kind, groups)
        return Plan(planner, RootFields(planner, kind, groups), groups, hidden)

    def _completed(self, prepared: Prepared, plan: Plan, data: dict[str, Any], run: Run) -> Result:
        extensions = {"cost": prepared.cost, **run.extensions}
        if not run.flawed:
            return Result(data, extensions=extensions)
        completer = Completer(plan.planner.selections)
        completed = completer.root(plan.root.kind, plan.groups, data)
        # What failed may have been left out since, as an object that is not of the kind that was asked for.
        errors = [formatted(error, run.call) for error in completer.errors]
        return Result(completed, errors or msgspec.UNSET, extensions)

    async def _introspected(self, prepared: Prepared, variables: Mapping[str, Any] | None, run: Run) -> Result:
        """What is the same for everybody and takes a quarter of a second: found once, beside the loop."""

        def find() -> "asyncio.Task[graphql.ExecutionResult]":
            return asyncio.create_task(asyncio.to_thread(self._execute, prepared, variables, {}))

        finding = self._introspections.get((prepared, msgspec.json.encode(variables or {})), find)
        return self._shown(await asyncio.shield(finding), prepared, run)

    async def _copied(
        self, prepared: Prepared, variables: Mapping[str, Any] | None, data: dict[str, Any], run: Run
    ) -> Result:
        return self._shown(self._execute(prepared, variables, data), prepared, run)

    def _execute(
        self, prepared: Prepared, variables: Mapping[str, Any] | None, data: dict[str, Any]
    ) -> graphql.ExecutionResult:
        operation = prepared.operation.name.value if prepared.operation.name else None
        answer = graphql.execute(
            self.schema, prepared.document, data, variable_values=dict(variables or {}), operation_name=operation
        )
        assert isinstance(answer, graphql.ExecutionResult)
        return answer

    def _shown(self, answer: graphql.ExecutionResult, prepared: Prepared, run: Run) -> Result:
        errors: Iterable[GraphQLError] = answer.errors or ()
        shown_errors = [formatted(error, run.call) for error in errors]
        extensions = {"cost": prepared.cost, **run.extensions}
        return (
            Result(answer.data, shown_errors, extensions)
            if shown_errors
            else Result(answer.data, extensions=extensions)
        )


class _Variables(Visitor):
    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _has_variables(node: FieldNode) -> bool:
    visitor = _Variables()
    for argument in node.arguments or ():
        if isinstance(argument.value, VariableNode):
            return True
        visit(argument.value, visitor)
    return visitor.found


def _refusal(error: GraphQLError, code: str) -> Error:
    shown_error: Error = {"message": error.message}
    if error.locations:
        shown_error["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    shown_error["extensions"] = {"code": code, **(error.extensions or {})}
    return shown_error
