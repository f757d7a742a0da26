"""What clients are promised: the published SDL and the documents they send."""

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
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    validate,
    visit,
)
from graphql.language import FieldNode

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "schema" / "schema.graphql"
DOCUMENTS = sorted((ROOT / "schema" / "operations").glob("*.graphql"))
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


def test_the_published_schema_is_the_one_that_is_served() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "jxc_graphql", "schema"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    assert printed == PUBLISHED.read_text(), "run: python -m jxc_graphql schema > schema/schema.graphql"


def test_every_client_document_is_valid(schema: GraphQLSchema, documents: DocumentNode) -> None:
    assert validate(schema, documents) == []


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
