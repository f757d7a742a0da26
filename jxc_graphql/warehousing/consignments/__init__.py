"""Goods with us that are a supplier's (代销, 借入), which we owe for when they are sold, used or taken over.

Words
    owner 货主               the supplier whose goods they are
    purpose 来货用途
        CONSIGNMENT          代销: to be sold for him
        BORROWING            借入: lent to us until a day (应还日期); `alerts` tells when it is over, until all is gone
    consignment receipt      代销入库单: what he brought, and what a unit will cost
    consignment issue        代销处理单: what becomes of some of it otherwise than by a sale
        RETURN               退还货主
        TAKE_OVER            转为自有: ours from then on, at its price
        LOST                 丢失损坏: lost with us, so we owe for it as if it had been sold
    settlement 代销结算       of whose goods what became ours, when, by which document, and for how much

Tables: `consignment_receipt`, `consignment_receipt_line`, `consignment_issue`, `consignment_issue_line`. What is left
of a line stands in `consigned_stock` of the book.

    supplier ──receipt──▸ (consigned place)          at no value
    (consigned place) ──shipment, assembly──▸ …      at its price: it became ours, and went
    (consigned place) ──issue──▸ supplier            at no value
    (consigned place) ──issue──▸ stock, differences  at its price

They lie apart from ours, in the name of the line that brought them: a SKU may be ours and several suppliers' at once.
Whoever ships or assembles takes of both, ours first or theirs as the company has it (`Company.consignedTurn`), of each
first expired, first. Nothing of theirs is promised: orders wait for ours, and are shipped with theirs all the same.

Both documents are posted at once.

Doors: `queries`.

Always true:
- what is a supplier's has no value; what became ours cost its price, to the fen, and all parts of a line what the line
  comes to whole;
- of every line, what came is what became ours, what went back and what is left.

"""
