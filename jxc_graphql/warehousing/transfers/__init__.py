"""Transfers (调拨): goods go from one of our warehouses to another.

Words: transfer 调拨单, source 调出仓 and destination 调入仓, dispatch 调出, in transit 在途, transfer receipt 调拨入库,
discrepancy 差异 = what was sent and did not arrive, consignment 一批在途货 = what is on its way of one line, by lot.

Tables: `transfer`, `transfer_line`, `transfer_receipt`, `transfer_receipt_line`, `transfer_discrepancy`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──dispatch──▸ IN_TRANSIT
    IN_TRANSIT ──receive──▸ PARTIALLY_RECEIVED ──receive──▸ RECEIVED
    IN_TRANSIT ──receive──▸ RECEIVED
    IN_TRANSIT, PARTIALLY_RECEIVED ──close──▸ CLOSED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    APPROVED ──unapprove──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED

A transfer carries goods that may be sold, that wait for inspection, or that are damaged (`goods`): they leave places of
that kind and arrive at such; what arrives of damaged goods is damaged.

Approving reserves goods that may be sold at the source, all of what is approved or nothing. Dispatching sends at most
what is approved and frees the rest; what lot, bin or piece is not named leaves by first expired, first out. Goods in
transit belong to the destination's level and keep their cost and age. What is received came with its lots and serial
numbers. Closing says why the rest did not arrive: lost or for another reason (count difference), damaged (scrap), or
never left (back at the source).

A transfer has two warehouses: who may work in either sees it. Drafting, approving and dispatching take the source,
receiving and closing the destination.

Read `rules` first, then `operations` (up to the approval), then `transit` (from the dispatch on).

Always true:
- received + missing ≤ dispatched ≤ approved ≤ asked; received counts damaged goods as well;
- an approved transfer of goods that may be sold claims what was approved of each line, any other one nothing;
- `in_transit` of a stock level is what the lines of transfers to its warehouse have neither brought nor missed.

Doors: `operations`, `queries`, `transit`.
"""
