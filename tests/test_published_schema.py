"""What clients are promised: the published SDL and the documents they send."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
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
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.language import FieldNode, Node, print_ast

from jxc_graphql import schema as served
from jxc_graphql.gql.schema.printed import MADE
from tests.shell import jxc

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "schema" / "schema.graphql"
RELEASED = ROOT / "schema" / "released.graphql"
CHANGES = ROOT / "schema" / "CHANGES.md"
DOCUMENTS = sorted((ROOT / "schema" / "operations").glob("*.graphql"))
FRAGMENTS = ROOT / "schema" / "operations" / "fragments.graphql"
APPLICATION = sorted((ROOT / "tests" / "spa" / "src").glob("*.tsx"))
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


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """What `jxc schema` prints."""
    folder = tmp_path_factory.mktemp("schema")

    def run(*options: str) -> str:
        done = jxc(folder, "schema", *options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_published_schema_is_the_one_that_is_served(printed: Callable[..., str]) -> None:
    assert printed() == PUBLISHED.read_text(), "run: python -m jxc_graphql schema > schema/schema.graphql"


def test_the_schema_as_json_is_the_same_schema(schema: GraphQLSchema, printed: Callable[..., str]) -> None:
    introspected = build_client_schema(json.loads(printed("--format", "json"))["data"])
    assert find_breaking_changes(schema, introspected) == find_breaking_changes(introspected, schema) == []


def test_possible_types_name_what_implements_each_interface(schema: GraphQLSchema, printed: Callable[..., str]) -> None:
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


def test_every_connection_is_of_nodes_but_the_timeline_and_reports(schema: GraphQLSchema) -> None:
    """Who may read an entry of a timeline depends on the document that it is reached through; rows are no things."""
    edges = [kind for name, kind in schema.type_map.items() if name.endswith("Edge")]
    nodes = [edge.fields["node"].type.of_type for edge in edges if isinstance(edge, GraphQLObjectType)]
    kinds = [kind for node in nodes for kind in (schema.get_possible_types(node) if is_abstract_type(node) else [node])]
    without = {kind.name for kind in kinds if "Node" not in {each.name for each in kind.interfaces}}
    rows = {name for name, kind in served.schema().types.objects.items() if kind.row_of}
    assert "SlowMover" in rows
    assert without - rows == {"TimelineEntry"}


def test_whatever_stands_in_a_list_has_an_id(schema: GraphQLSchema) -> None:
    without = set()
    for name, field in output_fields(schema, roots=True):
        kind = get_named_type(field.type)
        if is_list_type(get_nullable_type(field.type)) and isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            without |= {f"{name}: {kind}"} if "id" not in kind.fields and not str(kind).endswith("Edge") else set()
    assert {one.partition(": ")[2] for one in without} == {"UserError"}


def test_lists_have_aggregates_where_there_are_numbers_to_add_up(schema: GraphQLSchema) -> None:
    lists = {name: kind for name, kind in schema.type_map.items() if name.endswith("Connection")}
    with_figures = {
        name for name, kind in lists.items() if isinstance(kind, GraphQLObjectType) and "aggregates" in kind.fields
    }
    assert {f"{name.removesuffix('Numbers')}Connection" for name in schema.type_map if name.endswith("Numbers")} == (
        with_figures
    )
    assert {"SkuConnection", "UserConnection"} < lists.keys() - with_figures


def test_what_one_unit_costs_is_not_added_up(schema: GraphQLSchema) -> None:
    numbers = {kind for name, kind in schema.type_map.items() if name.endswith("Numbers")}
    added_up = {name for kind in numbers if isinstance(kind, GraphQLObjectType) for name in kind.fields}
    assert {"amount", "quantity", "value"} <= added_up
    assert not added_up & {"unitPrice", "unitCost"}


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


def test_the_operations_of_the_small_application_are_valid(schema: GraphQLSchema) -> None:
    texts = [text for path in APPLICATION for text in re.findall(r"graphql\(`(.*?)`\)", path.read_text(), re.DOTALL)]
    assert len(texts) > 20
    assert validate(schema, parse("\n".join(texts))) == []


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


@pytest.fixture(scope="module")
def full(printed: Callable[..., str]) -> str:
    """The schema with every text wherever it belongs."""
    return printed("--format", "full-sdl")


@pytest.fixture(scope="module")
def full_schema(full: str) -> GraphQLSchema:
    return build_schema(full)


def test_everything_has_a_description(full_schema: GraphQLSchema) -> None:
    assert sorted(undescribed(full_schema)) == []


def nullable(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """The fields of objects that may be null, each with what is said of it; Query and its like are none."""
    for name, field in output_fields(schema):
        if not is_non_null_type(field.type):
            yield name, field.description or ""


def output_fields(schema: GraphQLSchema, *, roots: bool = False) -> Iterator[tuple[str, GraphQLField]]:
    """The fields of all objects and interfaces, each with its owner's name; those of Query and its like if wanted."""
    left_out = set() if roots else {"Query", "Mutation", "Subscription"}
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            yield from ((f"{name}.{key}", field) for key, field in kind.fields.items() if name not in left_out)


def test_whatever_may_be_null_says_when(full_schema: GraphQLSchema) -> None:
    assert [name for name, text in nullable(full_schema) if not re.search(r"\bnull\b", text, re.IGNORECASE)] == []


def test_few_fields_may_be_null(schema: GraphQLSchema, tell: Callable[[str], None]) -> None:
    may, fields = len(list(nullable(schema))), len(list(output_fields(schema)))
    tell(f"nullable: {may} of {fields} fields of objects, {may / fields:.1%}")
    assert may <= fields * 0.25


def test_connections_below_a_row_and_lists_of_payloads_are_never_null(full_schema: GraphQLSchema) -> None:
    """Unless they take a permission of their own, which the field says."""
    schema = full_schema
    for name, text in nullable(schema):
        owner, _, key = name.partition(".")
        kind = schema.type_map[owner]
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        listed = is_list_type(kind.fields[key].type) and owner.endswith("Payload")
        paged = str(kind.fields[key].type).endswith("Connection")
        assert not listed, name
        assert not paged or "Null without " in text, name


def silent(text: str) -> DocumentNode:
    """A schema without its texts, its types in the order of their names."""

    class Silencer(Visitor):
        def enter(self, node: Node, *_: object) -> Node | None:
            if getattr(node, "description", None) is None:
                return None
            return type(node)(**{key: getattr(node, key) for key in node.keys if key not in {"description", "loc"}})

    document = visit(parse(text, no_location=True), Silencer())
    return DocumentNode(definitions=tuple(sorted(document.definitions, key=print_ast)))


def said(text: str) -> set[str]:
    """What is said of the parts of the types that are not made for another."""
    found = set()
    for one in parse(text).definitions:
        parts = getattr(one, "fields", None) or getattr(one, "values", None) or ()
        if not one.name.value.endswith(MADE):  # type: ignore[attr-defined]
            found |= {" ".join(part.description.value.split()) for part in parts if part.description}
    return found


def test_the_published_schema_lacks_nothing_but_texts_that_repeat(full: str) -> None:
    published = PUBLISHED.read_text()
    assert silent(published) == silent(full)
    everything = " ".join(published.split())
    assert [text for text in sorted(said(full)) if text not in everything] == []


def test_the_index_of_the_schema_names_everything_once_in_its_feature(
    schema: GraphQLSchema, printed: Callable[..., str]
) -> None:
    sections = re.findall(r"^(\w\S*)\n((?:  .*\n)+)", printed("--outline"), re.MULTILINE)
    told = {
        feature: dict(line.strip().partition(": ")[::2] for line in lines.splitlines()) for feature, lines in sections
    }
    assert {"buying/purchasing", "books/goods", "office/auth"} <= told.keys()
    assert "createPurchaseOrder" in told["buying/purchasing"]["Mutation"].split()
    assert "stockLevels" in told["books/goods"]["Query"].split()
    assert "quantityReceived" in told["buying/purchasing"]["PurchaseOrderLine"].split()
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root
        named = [name for parts in told.values() for name in parts.get(root.name, "").split()]
        assert sorted(named) == sorted(root.fields)


BLOCK = re.compile(r'(?:"""(?:(?!""").)*"""\n)?(?:type|input|enum) (\w+).*?(?=\n\n|\Z)', re.DOTALL)
LISTED = ("", "Connection", "Edge", "Where", "Order", "OrderField", "Aggregates", "Sums", "Numbers")


def test_the_published_schema_can_be_read(schema: GraphQLSchema, tell: Callable[[str], None]) -> None:
    text = PUBLISHED.read_text()
    size = {block[1]: block[0].count("\n") + 2 for block in BLOCK.finditer(text)}
    assert schema.mutation_type
    done = [name[0].upper() + name[1:] for name in schema.mutation_type.fields]
    listed = [name.removesuffix("Connection") for name in size if name.endswith("Connection")]
    mutations = sum(3 + size.get(f"{one}Input", 0) + size.get(f"{one}Payload", 0) for one in done) / len(done)
    entities = sum(size.get(f"{one}{what}", 0) for one in listed for what in LISTED) / len(listed)
    lines = text.count("\n")
    tell(f"published schema: {lines} lines, {mutations:.1f} a mutation, {entities:.1f} a listed entity")
    assert lines <= 68 * len(done)
    assert mutations <= 20
    assert entities <= 60
