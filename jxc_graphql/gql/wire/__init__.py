"""GraphQL over HTTP, event streams and WebSocket: protocols and limits, and nothing of how an answer comes about.

    http ─┬─ sse ── single        what a client sends becomes a `request`: document or trusted id, variables, token
    ws ───┘                       (over HTTP out of a `body`)
            │ gate                the one way in: `trusted` documents, the `budget` of the caller, the deadline;
            │                     `shares` keep the loop free for others, whatever one asks for
            ▼
    run.execute.Executor          answers, or follows a subscription (`broadcast` runs equal ones once)

`single` is a stream of many operations, each posted to whichever process: `streams` has them in the database, the
`carrier` of the process in which a stream is open takes and runs them, and `answers` makes frames of that as for any
other stream.

Before any of that, `connections` is what uvicorn serves, `places` counts them and what proxies pass on, `forwarded`
tells whom a proxy speaks for, `hosts` which names are ours, and `origins` which pages may ask: nothing that a stranger
sends or leaves undone is kept, or waited for, without an end.

`peers` knows who is connected, and hangs up on those whose token died; `resume` lets an event stream go on from the
last event that its reader saw.
"""
