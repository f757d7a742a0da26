"""Fields that a model describes: what a column holds, or what it points to, in the words that stand under it."""

from types import ModuleType

import pytest

from jxc_graphql import schema
from jxc_graphql.gql.declare import DeclarationError, Node, entity
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.words import describe
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.states import IllegalTransition
from jxc_graphql.warehousing.loans import models as lent
from jxc_graphql.warehousing.relocations import models


@entity(models.PlaceMoveLine, described=True)
class PlaceMoveLine(Node):
    """A line, of which nothing says what it stands in."""


def test_they_have_the_type_of_the_column_and_its_words() -> None:
    told = describe.of_model(models.PlaceMoveLine)
    fields = schema.schema().types.objects["PlaceMoveLine"].fields
    assert list(fields) == ["id", "lineNo", "sku", "placeMove", "fromPlace", "toPlace", "lot", "quantity"]
    assert [fields[name].description for name in ("lineNo", "fromPlace")] == [
        told["line_no"],
        f"{told['from_place']} Null out of sight.",
    ]
    types = {name: fields[name].type for name in ("lineNo", "quantity", "lot")}
    assert [getattr(one.of, "name", None) or one.of.graphql for one in types.values()] == ["Int", "Decimal", "Lot"]  # type: ignore[union-attr]
    assert [one.nullable for one in types.values()] == [False, False, True]


def test_what_is_not_described_is_for_the_class_to_say() -> None:
    assert "cost" not in describe.of_model(lent.Loan)
    assert schema.schema().types.objects["Loan"].fields["cost"].requires == Permission.SEE_COST


def test_what_a_column_points_to_must_be_a_type() -> None:
    module = ModuleType(__name__)
    module.PlaceMoveLine = PlaceMoveLine  # type: ignore[attr-defined]
    with pytest.raises(DeclarationError, match=r"PlaceMoveLine\.sku: no type is called Sku\. Leave the string out"):
        Schema([module])


def test_an_error_tells_what_its_reason_describes() -> None:
    told = schema.schema().types.objects["IllegalTransitionError"]
    own = {name: field.description for name, field in told.fields.items() if name not in {"code", "message", "path"}}
    assert own == dict(describe.of_attributes(IllegalTransition))
    assert told.reasons == {IllegalTransition: {}}
