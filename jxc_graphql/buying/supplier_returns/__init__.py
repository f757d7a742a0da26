"""Supplier returns (采购退货): goods of receipts go back to who brought them, for credit or to be replaced.

Words
    supplier return 采购退货单   goods of lines of receipts of one supplier, that leave one warehouse
    credit 退款                 what they came to is owed to us
    replacement 换货            the order expects them again; nothing is owed, for they are paid for already
    authorization 退货授权号     the supplier's number for what he takes back
    carrier, tracking 承运、运单 with whom they are on their way

    reversal 冲销                what went back is here again, with a document of its own

Tables: `supplier_return`, `supplier_return_line`, `supplier_return_reversal`, `supplier_return_reversal_line`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──post──▸ POSTED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    APPROVED ──unapprove──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    POSTED ──reverse──▸ REVERSED

Nothing is kept for a return before it is posted: what was promised to others meanwhile does not go back. A line that
names no place takes what lies at damaged places first, then what waits for inspection, then what may be sold, of the
lot that its receipt line brought; of goods with serial numbers those pieces go that are named, and came with that line.
They may have been carried to another warehouse: a return leaves from there then.

A return that is taken back (`reversals`) has its goods here again at what they left with: of their lots, the same
pieces, where they had lain, or in stock where that place is no more. What was owed to us is not; an order does not
expect goods again that are not replaced after all. Once others came in their place that receipt is taken back first.

Always true, and compared by `queries.COMPARISONS`
    Of no line of a receipt more goes back than it brought, whatever came with other lines of its order.
    Goods leave at what their line costs by now: its own layer under FIFO, its part of that under the moving average.
    Parts of a line add up to what it comes to, to the fen, however many returns it takes: a reversal has the last part
    of what is back by then, which is that of its return unless more of the line went back since.
    A posted return for credit is owed at what it comes to; one to be replaced is owed nothing, and its order has as
    much to be replaced (`purchase_order_line.quantity_to_replace`) until receipts bring it, which owe nothing either.
"""
