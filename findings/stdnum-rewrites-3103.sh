#!/usr/bin/env bash
# python-stdnum 2.2: `gs1_128.encode` writes a net weight under another application identifier than it was given. The last
# digit of 310n is the number of decimal places; it is taken from the Decimal: 1.25 given as 3103 (grams) is encoded as 3102.
# A scanner set up for 3103, as on most scales, does not know the label. The same weight as Decimal("1.250") keeps 3103.
#
# Seen: {"3103": Decimal("1.25")}  -> 3102000125
#       {"3103": Decimal("1.250")} -> 3103001250
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
from decimal import Decimal

import stdnum
from stdnum import gs1_128

print("python-stdnum", stdnum.__version__)
found = {text: gs1_128.encode({"3103": Decimal(text)}) for text in ("1.25", "1.250")}
for text, encoded in found.items():
    print(f'{{"3103": Decimal("{text}")}} -> {encoded}')
assert found == {"1.25": "3102000125", "1.250": "3103001250"}
PYTHON
