"""Approvals (审批): who must agree to a document before it goes on.

| word | 中文 | here |
|---|---|---|
| policy | 审批规则 | of a kind of document, when it holds and its steps; the first that holds counts |
| fact | 要素 | what is known of a document by a name (`documents.named`): amount, warehouse, category, … |
| step | 审批步骤 | whose agreement is needed; steps of the same position are side by side, others one after the other |
| approver | 审批人 | a user, or whoever holds a role; up to an amount (金额分级), or only once a step was escalated |
| request | 审批单 | that a document waits for people, by the version of a policy with which it began |
| task | 审批任务 | a step of a request |
| decision | 审批意见 | that somebody agreed, or did not |
| deputy | 代理人 | who decides in somebody's place, from a day through another |
| escalation | 升级 | others may decide as well, since nobody did for so many hours |

Tables: `approval_policy`, `approval_step`, `approval_approver`, `approval_request`, `approval_task`,
`approval_decision`, `approval_deputy`. Steps, approvers and decisions are only added to: a policy that is changed has
another version with steps of its own, and requests that run go on by theirs.

    (handed in, or approved from a draft) ──▸ PENDING ──the last step agrees──▸ APPROVED, and so is the document
    PENDING ──somebody disagrees──▸ REJECTED, and the document goes back
    PENDING ──changed, given up, taken back──▸ WITHDRAWN

It is the gate of `documents.gates`, so every kind whose states have APPROVE goes through it: by its declaration, with
no code of its own. `approve…` of a kind decides the step that waits for the caller, and so does `decideApproval`; the
decision that is the last carries the approval out, in the same transaction, under the rights of who made it. An earlier
one leaves the document where it was, and the mutation shows it so. Corrections that are posted at once otherwise wait
where a policy holds. What needs no step is approved as it is handed in, if its policy says so.

A policy gives nobody a right: who decides needs the permission to approve such documents and must see the document.
A policy of which a step could be fulfilled by nobody is refused with the step named, and so is a document that is
handed in. An amended amount asks everybody again, unless the policy keeps those who agreed to no less of the same.
An amendment of an order (`documents.amendments`) is judged by the policies of amendments, and where none of them holds
by those of its orders, with what the order would come to.

Always true:
- one request of a document is PENDING at most, and its document says for whom it waits (`document.waits_for`);
- a request that is APPROVED has all its steps done, each by as many different people as it needs;
- a person counts once for a request, and so does whoever he stands in for; who made or handed in a document does not
  decide on it, unless the policy says so;
- without a policy of a kind, and without a request of a document, nothing is read or written for this.

Facts: `ApprovalRequested`, `ApprovalDecided`, `ApprovalClosed`, `ApprovalReminded` and `ApprovalEscalated` belong to
the timeline of the document; `ApprovalPolicySet`, `ApprovalDeputySet`, `ApprovalDeputyDeleted`.

Doors: `chores`, `facts`, `gate`.
"""
