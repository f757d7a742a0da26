#!/usr/bin/env bash
# python-stdnum 2.2 and biip 5.2.0 read the year of one expiry date a century apart. GS1 writes two digits and says that the
# century follows from the present year (51 to 99 years ahead means the last century): in 2026, 70 is 2070, as biip has it.
# stdnum reads it as C does, 69 to 99 as 19xx: something with a long life is over before it was made.
#
# Seen: (17)700101 is 1970-01-01 to stdnum and 2070-01-01 to biip
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 biip==5.2.0 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
import datetime
from importlib.metadata import version

from biip.gs1_messages import GS1Message
from stdnum import gs1_128

element = "17700101"
ours = gs1_128.info(element)["17"]
theirs = GS1Message.parse(element).element_strings[0].date
print(f"{element}: python-stdnum {version('python-stdnum')} {ours}, biip {version('biip')} {theirs}")
assert ours == datetime.date(1970, 1, 1)
assert theirs == datetime.date(2070, 1, 1)
PYTHON
