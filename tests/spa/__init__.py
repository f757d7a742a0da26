"""A small real application on the published schema, driven in a real browser: `make spa` (needs Node and Chromium).

`src/` is what a front-end developer writes: React with Apollo Client 4, types by graphql-codegen, live data by
graphql-ws; `src/relay/` has the same lists with Relay. Every screen is one request, and `__main__.py` counts them.
"""
