"""What a feature's `api.py` says of its types, as it was said; `gql.declare` is the one door to it.

`entity` has the decorators and `markers` what stands to the right of an annotation; `made` makes inputs of what a
function takes; `node` and `user_errors` have the
two interfaces of every schema. `describe` finds the strings under attributes, and the names that GraphQL gives things.
"""
