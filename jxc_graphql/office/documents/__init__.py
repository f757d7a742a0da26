"""Documents (单据): what every order, receipt, shipment and opening balance shares.

| word | 中文 | here |
|---|---|---|
| document | 单据 | has a number, a status, a version, a business date, an author; never deleted |
| kind | 单据类型 | what sort of document it is: a table of its own, whose model says all that is said here of it |
| register | 单据总册 | a row per document with what all of them have; what belongs to any document points there |
| link | 单据关联 | which document was made out of which (上查, 下查) |
| number | 单号 | `PO-2026-00001`, or as the company's rule says (`numbers`); unique, with gaps: a process has blocks |
| status | 状态 | moved only by actions that the kind's states allow, and only to what they name |
| version | 版本 | rises with every change; a change made for another version is refused |
| business date | 业务日期 | the day the document counts for; the day of posting is in the journal |
| timeline | 时间线 | the document's facts from the journal |

Tables: `document` (the register), `document_link`, `document_number`, `idempotency_key`.

A kind of document is a model under `models.DocumentHeader`: what it is called (its docstring), how its numbers begin
(`series`), its life (`states`; none where it is posted when it is made), and where it has what the register says of it
(`registered`). No list names it: `DocumentKind` is made of the models, and tables are called as they are. It is
`made_out`, `opened` with its lines, `locked` and `moved_on` by `changing`, which writes the register with it; an update
of a draft changes what is given of it, and lines that stay keep their ids (`redrafting`). A page draws a life in lines,
one for each way, and a test holds the drawing to the states:

    DRAFT, SUBMITTED ──cancel──▸ CANCELLED

An operation is declared with `@posting(permission)`, or with the action of the kind that it is (`@posting(STATES[…])`):
permission, one transaction, the retry key, the fact. It returns its fact. The retry key (幂等键) belongs to one caller
and one operation: sent again with the same input it answers with the first fact, with another input it is refused, and
a request that was refused leaves it free. Keys are kept for seven days. Whatever is done to a document can be tried
first (试算, `dryRun`): it is done, shown, and taken back with all that it wrote, and a number that it would have been
given has a question mark. What does no more than move a document on is a
line, `step`, and what is told of it has no class of its own: `DocumentCancelled[Loan]`, stored as `LoanCancelled`. What
can be done with one is done with many (批量, `bulk`): all or nothing, or each for itself, and what is wrong with one is
told at its place in the list; a kind has that by its states, and by a line where it is made (`several`). The
mutation of an operation is one line, `document_action`:
the input is made of the operation's arguments and of the structs among them, the payload of what its fact tells.

`documentChanged` (`stream`) tells those who see a document what is new in its timeline; what a fact means for it is
said by its class (`tells`), and else it was moved on, or made where its kind has no life.

Who else must agree before a document is moved on is asked at a gate (`gates`) that a feature above fills; by which
facts of a document that is decided says `named`.

What a posted document put into the books is taken back by a document of its own (冲销, `reversing`).

One document is made as another is (复制, `copying`) by the operation that makes such, with what that other one says.

An order that is binding is changed by a document of its own (订单变更): which columns, life and facts such have say
`amendments`, what comes of one `amending`, and how it is kept and applied `applying`.

What is true of documents of all kinds is tested of all of them (`tests/contracts/`): how one is made and taken on
follows from its operations and its life, and what is made out of other documents says so in the `contract.py` of its
tests.

Read `states` first, then `changing`, then `posting`.

Doors: `actions`, `amending`, `amendments`, `amounts`, `applying`, `changing`, `comparisons`, `copying`, `corrections`,
`facts`, `gates`, `lines`, `models`, `named`, `needs`, `numbers`, `operations`, `posting`, `redrafting`, `references`,
`register`, `reversing`, `rows`, `rules`, `said`, `several`, `sight`, `states`, `steps`, `timeline`.
"""
