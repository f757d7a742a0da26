#!/usr/bin/env bash
# dinero.js 2.0.2 (npm): `transformScale` rounds down by default, and down is towards minus infinity: what is left of a sale and
# of its credit note differ by a cent, so the two do not cancel each other.
#
# Seen: 1.0055 -> 1.00, -1.0055 -> -1.01
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund dinero.js@2.0.2 >/dev/null
cat > show.mjs <<'JAVASCRIPT'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dinero, toSnapshot, transformScale } from "dinero.js";
import { CNY } from "dinero.js/currencies";
const { version } = JSON.parse(readFileSync("node_modules/dinero.js/package.json"));
const cents = (amount) => toSnapshot(transformScale(dinero({ amount, currency: CNY, scale: 4 }), 2)).amount;
const found = [cents(10055), cents(-10055)];
console.log("dinero.js", version, "1.0055 and -1.0055 in cents:", found);
assert.deepEqual(found, [100, -101]);
JAVASCRIPT
node show.mjs
