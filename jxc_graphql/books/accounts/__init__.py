"""Accounts (账簿), the book of money: what the company has, owes, earns and spends, entry by entry.

Words
    account 科目             by the chart, or below it; with a role 科目角色 entries find it by that
    chart 科目表             the accounts that come with a standard: 小企业会计准则, or by choice before there is any
                             entry 企业会计准则; codes below the first level an accountant has to confirm
    entry 分录               so much debited (above zero) or credited (below zero), and of what and whom that tells:
                             customer, supplier, seller, category of goods, warehouse and its branch
    debit, credit 借方 贷方
    source 来源              what an entry follows from: goods, trade, a due, an allocation
    estimated 暂估           what goods come to that no invoice told of yet, without tax

Tables
    account_chart, account
    account_entry            the book itself, append-only
    account_day              what it says by account, dimension and day: folded by a reaction, never by a posting

Nobody says debit or credit: every movement of goods is an entry by one table from place to place
(`roles.ROLE_OF_PLACE`), written in the same transaction from what the movements and revaluations of the document say,
by one statement however many they are.

    from a supplier       stock                      / estimated payable
    to a customer         cost of sales              / stock; receivable / revenue, tax not due yet 待转销项税额
    counted, scrapped     losses to be decided on    / stock
    opening               stock                      / opening
    on the road, lent     stock there                / stock here
    into assembly, out    production                 / stock; work: production / its fee, or accrued
    revalued              stock, cost of what is gone / revaluation, or accrued where it is charged
    charged on goods      accrued, input tax not certified yet / payable
    back to a supplier    estimated payable at what it was bought for / stock at what it cost; the rest is cost
    a supplier's, sold    cost of sales              / estimated payable

What is owed besides goods, waived, or set off at two rates or between two accounts says so (`dues.entries`). What was
paid ahead stands in the accounts of receivables and payables, below zero, as dues have it.

Always true, and compared by `jxc verify`
    The entries of one source add up to zero.
    Stock accounts are worth, by warehouse, what stock levels are: on the shelves, on the road, and lent. Each document
    changed them by what it moved and revalued.
    Receivables of a customer are what is open of his dues; payables of a supplier too, but for goods not invoiced.
    Balances are what the entries say that are folded; trial balance 科目余额表 and ledger 总账 add those that are not
    yet, so they are exact at every moment.
    Revenue of a document is what its lines were sold for, what is owed for its goods what they were bought for.

Doors: `balances`, `ledger`, `models`, `queries`, `roles`.
"""
