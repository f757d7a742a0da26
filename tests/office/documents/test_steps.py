"""Steps and what is told of them, where neither is written out."""

import inspect
from typing import get_type_hints

import pytest

from jxc_graphql.books.goods.facts import DocumentPosted, DocumentRevalued
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Fact
from jxc_graphql.office.documents.facts import DocumentCancelled, DocumentCreated, DocumentRejected
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.models import Loan
from jxc_graphql.warehousing.relocations.models import PlaceMove
from jxc_graphql.warehousing.revaluations.models import Revaluation
from jxc_graphql.warehousing.stocktakes.models import Stocktake
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers.models import Transfer


def test_a_fact_is_stored_as_if_it_were_written_out() -> None:
    fact = DocumentRejected.of(Transfer(id=7), note="为什么?")
    assert (fact.stored_as, fact.encode()) == ("TransferRejected", '{"note":"为什么?","transfer_id":7}')
    assert Fact.decode("TransferRejected", '{"transfer_id":7,"note":"为什么?"}') == fact


def test_what_is_told_of_a_document_that_is_posted_has_a_name_of_its_own_where_its_kind_says_so() -> None:
    fact = DocumentPosted.of(PlaceMove(id=7), stock_level_ids=(1, 2))
    assert type(fact) is DocumentPosted[PlaceMove]
    assert Fact.decode("PlacesMoved", '{"place_move_id":7,"stock_level_ids":[1,2]}') == fact
    assert (fact.stored_as, DocumentPosted[Stocktake].stored_as) == ("PlacesMoved", "StocktakePosted")
    assert DocumentRevalued[Revaluation].stored_as == "RevaluationPosted"


def test_a_kind_has_one_class_for_each_thing_that_happens() -> None:
    facts = (DocumentCreated.of(Loan(id=1)), DocumentCreated[Loan].of(Loan(id=1)))
    assert {type(fact) for fact in facts} == {DocumentCreated[Loan]}
    assert {DocumentCreated[Loan].__name__, DocumentCancelled[Loan].__name__} == {"LoanCreated", "LoanCancelled"}


def test_a_step_is_called_and_takes_what_it_would_if_it_were_written_out() -> None:
    assert transfers.reject_transfer.__name__ == "reject_transfer"
    assert list(inspect.signature(transfers.reject_transfer).parameters) == [
        "call", "transfer_id", "note", "expected_version",
    ]  # fmt: skip
    assert list(inspect.signature(loans.cancel_loan).parameters) == ["call", "loan_id", "expected_version"]
    assert get_type_hints(loans.cancel_loan)["return"] is DocumentCancelled[Loan]


async def test_a_step_refuses_what_it_does_not_take(call: Call) -> None:
    with pytest.raises(TypeError, match="note"):
        await loans.cancel_loan(call, loan_id=1, note="x")
