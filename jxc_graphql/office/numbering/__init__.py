"""Numbering (编号规则): how the numbers of documents look, said by the company.

| word | 中文 | here |
|---|---|---|
| numbering rule | 编号规则 | of a kind of document, in all branches or in one: what its numbers are made of |
| prefix | 前缀 | what a number begins with |
| count | 流水号 | what it ends with; begins anew never, yearly, monthly or daily |
| series | 编号序列 | what is counted together: how the part before the count looks, and the time for which it counts |

    prefix [separator branch] [separator date] separator count        SO-BJ-202611-0001, CG20261130-001, 入库00001

Table: `numbering_rule`; what was counted is `document_number`. Without a rule a kind is numbered as its model says,
`PO-2026-00001`; the rule of a branch goes before that of all. What a rule is as a value, and how numbers are taken, is
in `documents` (`numbers`, `operations`): a process has blocks of a series, whatever rule asks for it.

Always true:
- no number is given twice: a rule is refused where what it gives may look like what is, or was, counted otherwise, by
  any kind; what looks the same and is counted the same shares its count. The register has unique numbers besides;
- numbers have gaps, which are those of blocks; a dry run takes none;
- a change holds the settings of the company (`company.operations.hold_settings`) and makes their next version, which
  says that there are other rules: what is being made has the old rule and is done first, what comes after the new one;
- the day of a number is the business date, which is of the company's time zone.

A document that is made in a kind or branch with a rule that asks for the branch costs a look at its warehouse; all
others cost nothing more, since the rules are remembered with the settings.

Facts: `NumberingRuleSet`, `NumberingRuleDeleted`.
"""
