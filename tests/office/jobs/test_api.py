"""What a page sees of jobs: the very documents of schema/operations/jobs.graphql."""

from typing import Any

import httpx

from jxc_graphql.office.jobs import running
from tests.operations import send


async def ask(client: httpx.AsyncClient, operation: str, **variables: Any) -> Any:
    answer = await send(client, "jobs", operation, variables)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def test_a_job_is_started_done_and_found(client: httpx.AsyncClient) -> None:
    wanted = {"jobKind": "SWEEP_RETRY_KEYS", "idempotencyKey": "once"}
    job = (await ask(client, "StartJob", input=wanted))["job"]
    assert (await ask(client, "StartJob", input=wanted))["job"]["id"] == job["id"]
    assert (job["state"], job["askedBy"]["name"], job["schedule"]) == ("QUEUED", "Administrator", None)
    await running.settle()
    found = await ask(client, "Job", id=job["id"])
    assert (found["state"], found["errorCode"], found["dueAt"]) == ("DONE", "", None)
    where = {"state": {"eq": "DONE"}, "jobKind": {"eq": "SWEEP_RETRY_KEYS"}}
    listed = await ask(client, "Jobs", where=where, orderBy=[{"field": "ENDED_AT", "direction": "DESC"}])
    assert [one["id"] for one in listed["nodes"]] == [job["id"]]
    refused = await ask(client, "CancelJob", input={"id": job["id"]})
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("JOB_NOT_LIVE", ["input", "id"])]
    refused = await ask(client, "RetryJob", input={"id": job["id"]})
    assert [one["code"] for one in refused["userErrors"]] == ["JOB_NOT_RETRIABLE"]


async def test_a_job_is_cancelled_and_retried(client: httpx.AsyncClient) -> None:
    job = (await ask(client, "StartJob", input={"jobKind": "SWEEP_JOBS"}))["job"]
    assert (await ask(client, "CancelJob", input={"id": job["id"]}))["job"]["state"] == "CANCELLED"
    assert (await ask(client, "RetryJob", input={"id": job["id"]}))["job"]["state"] == "QUEUED"


async def test_a_schedule_is_made_changed_and_deleted(client: httpx.AsyncClient) -> None:
    wanted = {"name": "Early", "jobKind": "SWEEP_JOBS", "cron": "0 8 * * 1-5"}
    made = (await ask(client, "CreateSchedule", input=wanted))["schedule"]
    assert (made["workdaysOnly"], made["unknownYear"], made["isBuiltIn"]) == (False, None, False)
    change = {"id": made["id"], "isActive": False, "expectedVersion": 1}
    changed = (await ask(client, "UpdateSchedule", input=change))["schedule"]
    assert (changed["nextAt"], changed["version"]) == (None, 2)
    assert [one["id"] for one in (await ask(client, "Schedules"))["nodes"]] == [made["id"]]
    assert (await ask(client, "Schedule", id=made["id"]))["name"] == "Early"
    gone = await ask(client, "DeleteSchedule", input={"id": made["id"]})
    assert gone["deletedId"] == made["id"]


async def test_a_schedule_is_told_at_its_input_what_its_kind_cannot_be_asked_for(client: httpx.AsyncClient) -> None:
    wanted = {"name": "Lists", "jobKind": "EXPORT", "cron": "0 8 * * *", "jobInput": '{"list_name": "nothing"}'}
    refused = (await ask(client, "CreateSchedule", input=wanted))["userErrors"]
    assert [(one["code"], one["path"]) for one in refused] == [("UNKNOWN_LIST", ["input", "jobInput"])]
    wanted |= {"jobInput": '{"list_name": "suppliers", "file_format": "CSV"}'}
    made = (await ask(client, "CreateSchedule", input=wanted))["schedule"]
    change = {"id": made["id"], "jobInput": '{"list_name": "customers", "columns": ["nothing"]}'}
    refused = (await ask(client, "UpdateSchedule", input=change))["userErrors"]
    assert [(one["code"], one["path"]) for one in refused] == [("UNKNOWN_COLUMN", ["input", "jobInput"])]
    change |= {"jobInput": '{"list_name": "customers"}'}
    changed = (await ask(client, "UpdateSchedule", input=change))["schedule"]
    assert (changed["input"], changed["version"]) == ('{"list_name":"customers"}', 2)


async def test_work_days_are_shown_and_entered(client: httpx.AsyncClient) -> None:
    days = await ask(client, "Workdays", **{"from": "2026-10-01", "to": "2026-10-10"})
    assert [one["isWorkday"] for one in days] == [False] * 7 + [True, True, True]
    await ask(client, "SetWorkdays", input={"days": [{"day": "2026-10-08", "isWorkday": False}]})
    for said, shown in (({}, (False, True)), ({"isWorkday": None}, (True, False))):
        (day,) = await ask(client, "Workdays", **{"from": "2026-10-08", "to": "2026-10-08"})
        assert (day["isWorkday"], day["isEntered"]) == (False, True)
        assert (await ask(client, "SetWorkdays", input={"days": [{"day": "2026-10-08"} | said]}))["userErrors"] == []
        (day,) = await ask(client, "Workdays", **{"from": "2026-10-08", "to": "2026-10-08"})
        assert (day["isWorkday"], day["isEntered"]) == shown
