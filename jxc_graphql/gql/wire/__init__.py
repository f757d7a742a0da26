"""GraphQL over HTTP, event streams and WebSocket: protocols and limits, and nothing of how an answer comes about.

    http ─┬─ sse ── single        what a client sends becomes a `request`: document or trusted id, variables, token
    ws ───┘
            │ gate                the one way in: `trusted` documents, the `budget` of the caller, the deadline
            ▼
    gql.execute.Executor          answers, or follows a subscription (`gql.broadcast` runs equal ones once)

`peers` knows who is connected, and hangs up on those whose token died; `resume` lets an event stream go on from the
last event that its reader saw.
"""
