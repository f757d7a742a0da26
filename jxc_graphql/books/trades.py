"""What documents say of the goods that they buy and sell, beside where these go."""

from collections.abc import Mapping
from datetime import date

import msgspec

from jxc_graphql.kit.fen import Amounts


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """With whom goods are traded that a document moves, and what they come to.

    `partner_id`: the supplier of what is bought, the customer of what is sold; None where nobody is known (散客).
    `seller_id`: the user whose sale it is; None for what is bought.
    `amounts`: what each line of the document comes to that has moves, by its id, in the currency of the books and in
    whole fen; below zero for what goes back.
    `in_currency`: the currency of the document, and what all of it comes to in that; None: in that of the books.
    `due_on`: by which day that has to be paid; None: on its own.
    """

    partner_id: int | None = None
    seller_id: int | None = None
    amounts: Mapping[int, Amounts]
    in_currency: tuple[str, Amounts] | None = None
    due_on: date | None = None
