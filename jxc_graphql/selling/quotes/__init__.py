"""Quotes (报价): what goods would cost a customer, valid through a day, until which they are kept for him.

Words: quote 报价单, valid through 有效期至, revision 版本 = how often it was put anew, lost 丢单, ordered 已下单.

Tables: `quote`, `quote_line`, priced as sales orders are; `quote_order`, how much of a line is on which order.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──order──▸ PARTIALLY_ORDERED ──order──▸ ORDERED
    DRAFT ──approve──▸ APPROVED ──order──▸ ORDERED
    SUBMITTED ──reject──▸ DRAFT
    SUBMITTED ──withdraw──▸ DRAFT
    DRAFT, SUBMITTED, APPROVED ──cancel──▸ CANCELLED
    PARTIALLY_ORDERED ──cancel──▸ CLOSED
    APPROVED ──lose──▸ LOST
    PARTIALLY_ORDERED ──lose──▸ CLOSED
    APPROVED ──expire──▸ EXPIRED
    PARTIALLY_ORDERED ──expire──▸ CLOSED
    APPROVED, EXPIRED ──revise──▸ SUPERSEDED

Approving it binds us: from then on what is not on orders yet is claimed in the book of goods like what orders ask for,
in the same order, through its last day. The day of the books that follows gives that up, with whatever is written first
on it or by a program that starts, so it is free whether anything ran at midnight or not; that the quote has expired is
written down by a job (EXPIRE_QUOTES), and nothing is ordered of one whose day is over, whatever its status says.

What is ordered of it (`orderQuote`) becomes an approved sales order at the prices of the quote, whose approval was the
one for it. Its claims are those of the quote, handed over: nobody gets in between, and nothing is kept twice. The
customer's credit is asked as for any order; an excess to which others would have to agree is refused here. What an
order gives up later does not come back to its quote.

Always true:
- of no line more is ordered than was quoted, and what is says `quote_order`;
- a line of a quote that is valid on the day of the books claims what of it is not ordered, and no other line claims;
- a quote is superseded by one newer version at most, which says which it is.
"""
