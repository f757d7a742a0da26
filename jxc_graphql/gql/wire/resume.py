"""A browser's `EventSource` that reconnects sends the id of the last event it saw; a stream goes on from there."""

from graphql import GraphQLSchema
from graphql.language import FieldNode, OperationDefinitionNode, VariableNode
from graphql.language.print_string import print_string
from msgspec.structs import replace

from jxc_graphql.gql.wire.request import Parameters

CURSOR_LENGTH = 200


def resumed(
    parameters: Parameters, operation: OperationDefinitionNode, schema: GraphQLSchema, last_event_id: str | None
) -> Parameters:
    """The same subscription with `after: last_event_id`, where it takes `after` and its sender gave none."""
    root = operation.selection_set.selections[0]
    if not last_event_id or len(last_event_id) > CURSOR_LENGTH or not isinstance(root, FieldNode):
        return parameters
    field = schema.subscription_type and schema.subscription_type.fields.get(root.name.value)
    if not field or "after" not in field.args:
        return parameters
    after = next((argument.value for argument in root.arguments or () if argument.name.value == "after"), None)
    if after is None:
        return replace(parameters, query=_with_argument(parameters.query, root, last_event_id))
    if isinstance(after, VariableNode):
        given = parameters.variables or {}
        if given.get(after.name.value) is None:
            return replace(parameters, variables={**given, after.name.value: last_event_id})
    return parameters


def _with_argument(text: str, root: FieldNode, cursor: str) -> str:
    argument = f"after: {print_string(cursor)}"
    if root.arguments:
        assert root.arguments[0].loc
        start = root.arguments[0].loc.start
        return f"{text[:start]}{argument}, {text[start:]}"
    assert root.name.loc
    end = root.name.loc.end
    return f"{text[:end]}({argument}){text[end:]}"
