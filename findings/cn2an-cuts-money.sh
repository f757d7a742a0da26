#!/usr/bin/env bash
# cn2an 0.5.24: `an2cn(…, "rmb")`, which writes amounts in Chinese capitals as invoices need them (人民币大写), cuts what is
# smaller than a 分 instead of rounding it: 1.999 is written 1.99 in words, beside 2.00 in figures.
#
# Seen: 1.999 -> 壹元玖角玖分, 0.999 -> 玖角玖分, format(1.999, ".2f") -> 2.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cn2an==0.5.24 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

import cn2an

found = [cn2an.an2cn(amount, "rmb") for amount in (1.999, 0.999)]
print("cn2an", version("cn2an"), found, format(1.999, ".2f"))
assert found == ["壹元玖角玖分", "玖角玖分"]
PYTHON
