"""What schemathesis must know of us: our scalars, ids that exist, and what counts as a failure.

Its own check takes every GraphQL error for a failure of the server. Ours are failures only when they are: a status of
500 and above, `INTERNAL`, an error without a code or a request id, or an answer that is not GraphQL.
"""

import json
import os
from typing import Any

import schemathesis
from graphql import StringValueNode
from hypothesis import strategies as st

_text = st.builds(lambda value: StringValueNode(value=value), st.from_regex(r"\A-?[0-9]{1,6}(\.[0-9]{1,3})?\Z"))
_date = st.builds(lambda value: StringValueNode(value=value.isoformat()), st.dates())
_moment = st.builds(lambda value: StringValueNode(value=value.isoformat() + "Z"), st.datetimes())

_id = st.sampled_from(os.environ["JXC_IDS"].split()).map(lambda value: StringValueNode(value=value))

schemathesis.graphql.scalar("ID", _id)
schemathesis.graphql.scalar("Decimal", _text)
schemathesis.graphql.scalar("Date", _date)
schemathesis.graphql.scalar("DateTime", _moment)


@schemathesis.check
def answered(_context: Any, response: Any, _case: Any) -> None:
    """An answer of a server that works, whatever it was asked."""
    assert response.status_code < 500, f"HTTP {response.status_code}"
    answer = json.loads(response.content)
    assert answer.keys() <= {"data", "errors", "extensions"}, "not a GraphQL answer"
    assert "data" in answer or answer.get("errors"), "neither data nor errors"
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] != "INTERNAL", "INTERNAL"
        assert error["extensions"]["requestId"], "no request id"
