"""On behalf of whom a job does its work: whoever asked for it, with the rights that are left of those he had then."""

from collections.abc import Mapping
from typing import Any

import msgspec

from jxc_graphql.kit import rights
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.queries import call_of_user
from jxc_graphql.office.jobs.declared import Stage


def rights_of(call: Call) -> dict[str, Any]:
    """What a caller may do, and where, as it is kept with what was made for him."""
    scopes = {str(name): sorted(ids) for name, ids in sorted(call.reach.items())}
    return {"permissions": sorted(map(str, call.permissions)), "scopes": scopes}


def narrowed(call: Call, kept: Mapping[str, Any]) -> Call:
    """A caller with no more rights than are kept, such as those of the token that asked."""
    then = {name: frozenset(ids) for name, ids in kept.get("scopes", {}).items()}
    both = {name: then.get(name, call.scopes.get(name, frozenset())) for name in {*then, *call.scopes}}
    scopes = {name: ids & call.scopes.get(name, ids) for name, ids in both.items()}
    permissions = call.permissions & frozenset(kept.get("permissions", ()))
    divided = {part.dimension: scopes[part.of] for part in rights.parts() if part.dimension in then}
    return msgspec.structs.replace(call, permissions=permissions, scopes=scopes, parts={**divided, **call.parts})


async def owner_of(stage: Stage) -> Call:
    """Whoever asked for a job, with the rights that he has by now, and no more than when he asked."""
    assert stage.asked_by_id is not None
    call = await call_of_user(stage.asked_by_id, request_id=f"job {stage.job_id}")
    return narrowed(call, stage.saved["rights"]) if "rights" in stage.saved else call
