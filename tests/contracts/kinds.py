"""Tests of all kinds of documents, one after another."""

from collections.abc import Callable, Iterable

from tests.each import Test, each
from tests.make.contract import Contract, contracts


def each_kind(some: Iterable[Contract]) -> Callable[[Test], Test]:
    """A test of some kinds, by their names."""
    return each("contract", some, lambda one: one.kind.__name__)


every_kind = each_kind(contracts())
