"""The company (公司): the settings that give stored rows their meaning. They live in the database, not in a process.

| word | 中文 | here |
|---|---|---|
| company | 公司 | the one whose books these are: a row of settings, with a version |
| time zone | 时区 | where midnight is: by it a moment is of a day; from a day to come on another one may hold |
| base currency | 本位币 | what all amounts of the books are in; stays from the first document on |
| valuation | 计价方法 | that of products for which none is named |
| threshold | 免审额度 | money up to which a correction is posted without approval |
| opening of the books | 启用日期 | the first day that a document may be of |

Tables: `company`, a row that cannot be deleted; `company_time_zone`, a row for each zone and the day it counts from.

The company is set up once: by `jxc init`, else by the first process that opens the database, with what that one was
told (`JXC_TIME_ZONE` and the like, or `jxc.toml`) and for the rest with the defaults of `settings`. As long as nothing
was recorded in the books since, `jxc init` may say it again. From then on a process takes what the database says: one
that was told something else does not start (`rules.check_told`), one that was told nothing starts.

The books open on 1 January 2000 unless somebody says otherwise: who moves here brings a few years along, a quarter of a
century at most, and a day that comes earlier is a slip of the hand, such as the year 26, 206 or 1026. In a database
whose documents begin earlier they open with the first of them.

Always true:
- no document is of a day before the opening of the books; it moves later only while none would be before it;
- a time zone holds from a day after tomorrow on that begins more than a day from now, so every day that has begun, and
  every row that was posted, keeps its meaning; what was planned for a day as far ahead can be planned anew. A day that
  somebody names, such as that of an order for next month, is the day it is in any zone;
- every moment is on one day, and later moments never on earlier days, whatever zones follow one another;
- a change raises the version and is in the journal, with what each setting was and is. It waits for whatever is written
  for a day just now (`queries.LOCK`), and what comes after goes by it: whoever posts reads the version in the statement
  that reads the periods, and the settings only when it is new. Each process looks once a second besides;
- the decimal places of numbers are written down for comparison only: a program with others does not start.

A database that was restored from a backup begins anew (`copies`): nobody is signed in, cursors of subscriptions from
before have to resynchronise, and ids are others than those of its original. Keys of retries (idempotency) are kept:
what is repeated was done before the backup, or is done.

Facts: `CompanySetUp`, `CompanyUpdated` and `CopyBegan`.

Doors: `copies`, `facts`, `operations`, `queries`, `rules`, `settings`.
"""
