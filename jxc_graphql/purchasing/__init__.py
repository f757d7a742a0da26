"""Purchasing (采购): what we order from suppliers, and what arrives.

Words: purchase order 采购订单, goods receipt 采购入库, accepted 合格, rejected 不合格 (goes to the damaged place),
outstanding 未到 = ordered − received − cancelled, free goods 赠品 = a line at price 0.

Tables: `purchase_order`, `purchase_order_line`, `goods_receipt`, `goods_receipt_line`.

    DRAFT ──submit──▸ SUBMITTED ──approve──▸ APPROVED ──receive──▸ PARTIALLY_RECEIVED ──receive──▸ RECEIVED
      ▴                   │                      │                        │
      └──────reject───────┘                      └─cancel─▸ CANCELLED     └─cancel─▸ CLOSED
    (cancel of a draft or a submitted order: CANCELLED)

Always true:
- received + cancelled never exceeds ordered; received counts accepted and rejected goods alike;
- the values of a line's receipts add up to what was received × unit price, rounded once: to the line's amount, to the
  last step, when all is there;
- `incoming` of a stock level is what the open lines of approved orders still bring.
"""
