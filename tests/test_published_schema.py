"""What clients are promised: the published SDL and the documents they send."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    NoUnusedFragmentsRule,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    build_schema,
    find_breaking_changes,
    is_abstract_type,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import FieldNode

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "schema" / "schema.graphql"
RELEASED = ROOT / "schema" / "released.graphql"
CHANGES = ROOT / "schema" / "CHANGES.md"
DOCUMENTS = sorted((ROOT / "schema" / "operations").glob("*.graphql"))
FRAGMENTS = ROOT / "schema" / "operations" / "fragments.graphql"
MAIN_JOB = ROOT / "tests" / "main_job.graphql"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(PUBLISHED.read_text())


@pytest.fixture(scope="module")
def documents() -> DocumentNode:
    """All client documents as one, the way code generators read them."""
    return DocumentNode(
        definitions=tuple(definition for path in DOCUMENTS for definition in parse(path.read_text()).definitions)
    )


def printed(*options: str) -> str:
    """What `jxc schema` prints."""
    command = [sys.executable, "-m", "jxc_graphql", "schema", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout


def test_the_published_schema_is_the_one_that_is_served() -> None:
    assert printed() == PUBLISHED.read_text(), "run: python -m jxc_graphql schema > schema/schema.graphql"


def test_the_schema_as_json_is_the_same_schema(schema: GraphQLSchema) -> None:
    introspected = build_client_schema(json.loads(printed("--format", "json"))["data"])
    assert find_breaking_changes(schema, introspected) == find_breaking_changes(introspected, schema) == []


def test_possible_types_name_what_implements_each_interface(schema: GraphQLSchema) -> None:
    types = json.loads(printed("--format", "possible-types"))
    assert {"Document", "Node", "UserError"} <= types.keys()
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType):
            assert {each.name for each in kind.interfaces} == {each for each in types if name in types[each]}


def unannounced(released: GraphQLSchema, schema: GraphQLSchema, changes: str) -> list[str]:
    """The breaking changes since a release that the section Unreleased does not repeat word for word."""
    _, _, section = changes.partition("\n## Unreleased\n")
    said = " ".join(re.split("^## ", section, maxsplit=1, flags=re.MULTILINE)[0].split())
    descriptions = [change.description for change in find_breaking_changes(released, schema)]
    return [each for each in descriptions if each not in said]


def test_a_breaking_change_since_the_release_is_announced(schema: GraphQLSchema) -> None:
    missing = unannounced(build_schema(RELEASED.read_text()), schema, CHANGES.read_text())
    assert not missing, "repeat it in schema/CHANGES.md, under Unreleased, and say what a client has to do"


@pytest.mark.parametrize(
    ("now", "what"),
    [
        ("type Query { a: Int }", "Field Query.b was removed."),
        ("type Query { a: Int b: String }", "Field Query.b changed type from Int to String."),
    ],
)
def test_a_breaking_change_that_is_not_announced_is_found(now: str, what: str) -> None:
    released, schema = build_schema("type Query { a: Int b: Int }"), build_schema(now)
    before = f"\n## 0.1.0\n\n{what}\n"
    assert unannounced(released, schema, f"# Changes\n{before}") == [what]
    wrapped = what.replace(" ", "\n  ", 1)
    assert unannounced(released, schema, f"# Changes\n\n## Unreleased\n\n- {wrapped} Ask a.\n{before}") == []


def test_every_connection_is_of_nodes_but_the_timeline(schema: GraphQLSchema) -> None:
    """Who may read an entry of a timeline depends on the document that it is reached through."""
    edges = [kind for name, kind in schema.type_map.items() if name.endswith("Edge")]
    nodes = [edge.fields["node"].type.of_type for edge in edges if isinstance(edge, GraphQLObjectType)]
    kinds = [kind for node in nodes for kind in (schema.get_possible_types(node) if is_abstract_type(node) else [node])]
    without = {kind.name for kind in kinds if "Node" not in {each.name for each in kind.interfaces}}
    assert without == {"TimelineEntry"}


def test_whatever_has_an_id_is_found_by_it_in_a_field_of_its_name(schema: GraphQLSchema) -> None:
    assert schema.query_type
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    for kind in schema.get_possible_types(node):
        field = schema.query_type.fields[kind.name[0].lower() + kind.name[1:]]
        assert (field.type, list(field.args)) == (kind, [] if kind.name == "Company" else ["id"])


def test_what_is_reached_from_something_else_alone_is_not_found_by_its_id(schema: GraphQLSchema) -> None:
    """Whose tokens one sees depends on whose they are, and what of a timeline on its document."""
    assert schema.query_type
    assert not {"accessToken", "timelineEntry", "documentSource", "documentTarget"} & schema.query_type.fields.keys()


def test_every_client_document_is_valid(schema: GraphQLSchema, documents: DocumentNode) -> None:
    assert validate(schema, documents) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_file_of_client_documents_needs_no_other_but_that_of_fragments(path: Path, schema: GraphQLSchema) -> None:
    own = parse(path.read_text()).definitions
    shared = () if path == FRAGMENTS else parse(FRAGMENTS.read_text()).definitions
    rules = [rule for rule in specified_rules if rule is not NoUnusedFragmentsRule]
    assert validate(schema, DocumentNode(definitions=(*own, *shared)), rules) == []


def test_every_client_document_has_a_name_of_its_own(documents: DocumentNode) -> None:
    names = [
        definition.name.value
        for definition in documents.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode) and definition.name
    ]
    assert len(names) == len(documents.definitions)
    assert sorted(names) == sorted(set(names))


def test_every_root_field_is_used_by_a_client_document(schema: GraphQLSchema, documents: DocumentNode) -> None:
    info = TypeInfo(schema)
    used = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            used.add(f"{info.get_parent_type()}.{node.name.value}")

    visit(documents, TypeInfoVisitor(info, Fields()))
    roots = filter(None, (schema.query_type, schema.mutation_type, schema.subscription_type))
    offered = {f"{root}.{name}" for root in roots for name in root.fields}
    assert sorted(offered - used) == []


def test_the_main_job_is_there_word_for_word() -> None:
    text = MAIN_JOB.read_text()
    published = "\n".join(path.read_text() for path in DOCUMENTS)
    missing = []
    for definition in parse(text).definitions:
        assert definition.loc
        if text[definition.loc.start : definition.loc.end] not in published:
            assert isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
            assert definition.name
            missing.append(definition.name.value)
    assert not missing


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    yield f"{name}.{field_name}"
                yield from (f"{name}.{field_name}({key})" for key, value in field.args.items() if not value.description)
        if isinstance(kind, GraphQLInputObjectType):
            yield from (f"{name}.{key}" for key, value in kind.fields.items() if not value.description)
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{key}" for key, value in kind.values.items() if not value.description)


def test_everything_has_a_description(schema: GraphQLSchema) -> None:
    assert sorted(undescribed(schema)) == []
