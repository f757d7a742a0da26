"""Which codes a mutation can answer: found in its code, and said in the schema."""

import re
from typing import Annotated, Any

import pytest

from jxc_graphql import features, schema
from jxc_graphql.gql.schema.answers import reasons_of
from jxc_graphql.gql.schema.build import codes_of
from jxc_graphql.kit.errors import Reason, Rejected
from jxc_graphql.office.documents import rules


def codes(name: str) -> list[str]:
    mutation = schema.schema().types.mutation
    assert mutation
    return codes_of(mutation.fields[name])


@pytest.mark.parametrize(
    ("name", "some", "never"),
    [
        (
            "login",
            {"INVALID_CREDENTIALS", "TOO_MANY_ATTEMPTS"},
            {"STALE_VERSION", "ILLEGAL_TRANSITION", "NOT_A_NUMBER"},
        ),
        ("submitPurchaseOrder", {"ILLEGAL_TRANSITION", "SUPPLIER_ON_HOLD"}, {"IDEMPOTENCY_MISMATCH", "OVER_RECEIPT"}),
        ("createPurchaseOrder", {"MUST_BE_POSITIVE", "NOT_A_DATE", "IDEMPOTENCY_MISMATCH"}, {"STALE_VERSION"}),
        ("receiveGoods", {"OVER_RECEIPT", "PERIOD_CLOSED", "LOT_REQUIRED", "UNKNOWN_ID"}, {"OVER_SHIPMENT"}),
    ],
)
def test_are_those_that_its_operation_leads_to(name: str, some: set[str], never: set[str]) -> None:
    assert some <= {*codes(name)}
    assert not never & {*codes(name)}


def test_stand_in_the_schema_on_one_line_for_every_mutation() -> None:
    mutation = schema.schema().types.mutation
    assert mutation
    printed = schema.sdl()
    told = re.findall(r"Payload @errors\(codes: \[([A-Z_, ]*)\]\)$", printed, re.MULTILINE)
    assert [one.split(", ") if one else [] for one in told] == [codes(name) for name in mutation.fields]


def test_all_announce_something_but_the_one_that_takes_no_input() -> None:
    mutation = schema.schema().types.mutation
    assert mutation
    assert [name for name in mutation.fields if not codes(name)] == ["logout"]


def test_what_is_wrong_has_one_of_a_few_shapes_which_some_mutation_answers() -> None:
    """Data on which a client acts; whatever else is wrong says all there is to say with its code."""
    types = schema.schema().types
    assert types.mutation
    shapes = {one.name: {*one.reasons} for one in types.objects["UserError"].possible}
    assert shapes.keys() <= SHAPES
    announced = {code for name in types.mutation.fields for code in codes(name)}
    for name, reasons in shapes.items():
        assert name == "InvalidInputError" or any(one.code in announced for one in reasons), f"{name} is empty"


SHAPES = {
    "ApprovalError", "IllegalTransitionError", "InUseError", "InvalidInputError", "KnownError", "LimitError",
    "NumberError", "PeriodError", "PriceError", "SalesPriceError", "StaleVersionError", "StockError", "UnknownIdError",
}  # fmt: skip


def test_every_reason_is_announced_by_something_or_belongs_to_queries() -> None:
    mutation = schema.schema().types.mutation
    assert mutation
    features.modules("*")  # whoever asks for the schema alone has not read how files come in
    announced = {code for name in mutation.fields for code in codes(name)}
    ours = {code for code, one in Reason.registry.items() if one.__module__.startswith("jxc_graphql.")}
    assert ours - announced == NEVER_IN_USER_ERRORS


NEVER_IN_USER_ERRORS = {
    "AMBIGUOUS_MOMENT", "INVALID_CURSOR", "LIMITS_NOT_RISING", "NUMBER_OUT_OF_RANGE", "PERIOD_BACKWARDS",
    "RESYNC_REQUIRED", "SPAN_BACKWARDS", "TOO_MANY_WATCHED",
    "CELL_IS_DAY", "CELL_IS_ERROR", "CELL_LOST_DIGITS", "CELL_MISSING", "CELL_NO_SUCH_DAY", "CELL_OTHERWISE",
    "CELL_STAYS", "CELL_TORN", "CELL_UNKNOWN_CODE", "CELL_UNREADABLE", "COLUMN_TWICE", "FILE_UNREADABLE",
    "HEADER_MISSING", "NO_FILE_THERE", "OWN_CELL_MISSING", "ROW_GOES_WITH", "TOO_MANY_ROWS", "FILE_EMPTY", "FILES_FULL",
}  # fmt: skip
"""What queries and subscriptions refuse, and jobs and uploads of files."""


class Hidden(Reason, frozen=True, kw_only=True):
    """Nothing."""


async def frank(call: Any) -> None:
    """Names its reasons, also through what it calls and what stands in a table."""
    CHECKS[0](call)
    [*rules.check_note("")]


CHECKS = [lambda _call: Hidden()]


def test_code_of_others_is_not_followed() -> None:
    assert reasons_of(frank, {}) == set()


async def test_a_code_that_is_not_announced_fails_a_test(
    every_code_is_announced: list[str], client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Annotated[Any, ""], **__: Any) -> None:
        raise Rejected(Hidden())

    monkeypatch.setattr("jxc_graphql.masters.categories.operations.create_category", refuse)
    monkeypatch.setattr("jxc_graphql.kit.messages.render", lambda *_: "hidden")
    text = 'mutation { createCategory(input: { code: "A", name: "B" }) { userErrors { message } } }'
    answer = (await client.post("/graphql", json={"query": text})).json()
    assert answer["data"]["createCategory"]["userErrors"] == [{"message": "hidden"}]
    assert every_code_is_announced == ["createCategory: HIDDEN"]
    every_code_is_announced.clear()
