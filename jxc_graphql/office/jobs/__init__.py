"""Jobs and schedules (任务与计划): what the company has done by itself, as rows to watch, stop and retry.

| word | 中文 | here |
|---|---|---|
| job | 任务 | one run of a kind of work: who asked for it, how far it is, how it ended |
| kind | 任务类型 | what is done; a feature declares it in its `chores` (`declared.kind`) |
| step | 步骤 | a part of a job that is done in one transaction, together with how far the job is then |
| schedule | 计划 | when a kind of job begins, as a cron expression in the company's time zone |
| workday | 工作日 | a day on which people work in mainland China (调休 included), by its calendar or as entered |

```
               claimed                     last step
    QUEUED ─────────────▶ RUNNING ───────────────────────▶ DONE
      ▲ ▲                  │ │  │ failed for the fifth time
      │ └──────────────────┘ │  └──────────────────────────▶ FAILED ─┐
      │   failed, later again│ cancel_job (also while QUEUED)        │
      │                      └────────────────────────▶ CANCELLED ─┐ │
      └────────────────────────────────────────────────────────────┴─┘ retry_job
```

A job is done once over all processes. Whoever claims it raises its `fence` and has it until `due_at`; each step locks
the row, finds its own fence there or ends, does its part and writes down how far the job is, in one transaction. So a
process that dies leaves a job that another takes over from its last saved step, a minute later at the latest, and one
that was only slow cannot write any more once another has taken over. A cancelled job ends between two steps. What fails
is tried again, ever later; five times without getting on, and it has failed for good. So has what was begun five times
by processes that died of it.

Steps are short (a lease is a minute) and do their work in the database only. A process does one job at a time.

A schedule has the moment at which it is due next. Whoever comes first then makes a job and moves it on, in one
transaction. What was missed while no process ran is made up for by one job. While the last job of a schedule has not
ended, a further one is not made. At midnights that daylight saving time skips or repeats a job begins once.

Of which years the work days are known says the calendar (`rules.known`); others are entered (`set_workdays`): a year
counts as known from the first entry on, its other days go from Monday to Friday. A schedule that waits for work days of
a year that nobody knows is not due, and names the year.

Always true: exactly the jobs that are QUEUED or RUNNING have `due_at`; a schedule of the program's own can be neither
changed nor deleted; jobs that ended are kept for a month, what happened to them stays in the journal.

Idle processes look once a minute, or when something is due: whoever asks for a job wakes them.

What a kind must be told (`declared.ALLOWED`) is done with all that its owner may by then: whoever said last what a
schedule does, and never with a token that is limited, which would get more by it.

Whoever asked for a job sees, follows and cancels it without a permission; all others take MANAGE_JOBS.

Facts: `JobQueued`, `JobStarted`, `JobProgressed`, `JobDone`, `JobFailed`, `JobCancelled`, `JobRetried` are the stream
of `jobChanged`; `ScheduleCreated`, `ScheduleUpdated`, `ScheduleDeleted`, `WorkdaysSet`.

Doors: `declared`, `facts`, `models`, `operations`, `owners`, `rules`, `running`.
"""
