"""`python -m tests.bench [NAME [sqlite|postgres]]` measures one thing, or everything, and prints it."""

import sys

from tests.bench import (
    bombs,
    books,
    chains,
    closing,
    cold,
    commits,
    crossing,
    doors,
    facts,
    fanout,
    faults,
    history,
    lists,
    matrix,
    posting,
    promises,
    races,
    reactions,
    reads,
    rebuild,
    receipts,
    retail,
    search,
    statements,
    stocktake,
    torn,
    weight,
)

FIGURES = {
    "reads": reads.reads,
    "history": history.history,
    "lists": lists.rows_read,
    "matrix": matrix.matrix,
    "buyers": races.buyers,
    "closing": closing.closing,
    "crossing": crossing.crossing,
    "posting": posting.posting,
    "reactions": reactions.reactions,
    "rebuild": rebuild.rebuild,
    "one_key": races.one_key,
    "follow": races.follow,
    "cancellations": faults.cancellations,
    "kills": faults.kills,
    "restarts": faults.restarts,
    "fanout": fanout.fanout,
    "bombs": bombs.bombs,
    "torn": torn.torn,
    "doors": doors.doors,
    "facts": facts.facts,
    "chains": chains.chains,
    "slow": chains.slow,
    "cold": cold.cold,
    "commits": commits.commits,
    "books": books.books,
    "planted": books.planted,
    "promises": promises.promises,
    "stocktake": stocktake.stocktake,
    "search": search.search,
    "receipts": receipts.receipts,
    "retail": retail.retail,
    "statements": statements.statements,
    "weight": weight.weight,
}


def main(name: str = "", only: str | None = None) -> None:
    """Runs one figure, or all of them one after the other; `KeyError` where there is none of that name."""
    for each in [name] if name else FIGURES:
        print(f"== {each}: {FIGURES[each].__doc__}", flush=True)
        FIGURES[each](only)


if __name__ == "__main__":
    main(*sys.argv[1:])
