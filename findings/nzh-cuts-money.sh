#!/usr/bin/env bash
# nzh 1.0.14 (npm): `toMoney`, which writes amounts in Chinese capitals as invoices need them (人民币大写), cuts what is smaller
# than a 分 instead of rounding it. An amount that a computation left at 1.999 is written 1.99 in words beside 2.00 in figures.
#
# Seen: 1.999 -> 人民币壹元玖角玖分, 0.999 -> 人民币玖角玖分, (1.999).toFixed(2) -> 2.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund nzh@1.0.14 >/dev/null
cat > show.mjs <<'JAVASCRIPT'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Nzh from "nzh";
const { version } = JSON.parse(readFileSync("node_modules/nzh/package.json"));
const found = [1.999, 0.999].map((amount) => Nzh.cn.toMoney(amount));
console.log("nzh", version, found, (1.999).toFixed(2));
assert.deepEqual(found, ["人民币壹元玖角玖分", "人民币玖角玖分"]);
JAVASCRIPT
node show.mjs
