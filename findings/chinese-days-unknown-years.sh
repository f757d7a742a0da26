#!/usr/bin/env bash
# chinese-days 1.5.7 and chinese-workday 1.16.1 (npm): for a year whose holidays they do not know yet, or no more, they answer
# as if it had none: New Year and the National Day are workdays where they fall on one. Neither raises, neither says that it
# does not know; chinesecalendar (PyPI) raises. Due dates that are counted in workdays move when the package is updated.
#
# Seen: 2030-01-01 (a Tuesday) and 2030-10-01 (a Tuesday): isWorkday true, isHoliday false in both packages
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund chinese-days@1.5.7 chinese-workday@1.16.1 >/dev/null
cat > show.mjs <<'JAVASCRIPT'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import days from "chinese-days";
import * as workday from "chinese-workday";
const packages = { "chinese-days": days, "chinese-workday": workday };
for (const [name, one] of Object.entries(packages)) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  for (const day of ["2030-01-01", "2030-10-01"]) {
    console.log(name, version, day, "isWorkday", one.isWorkday(day), "isHoliday", one.isHoliday(day));
    assert.equal(one.isWorkday(day), true);
    assert.equal(one.isHoliday(day), false);
  }
}
JAVASCRIPT
node show.mjs
