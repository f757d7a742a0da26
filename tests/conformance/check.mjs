// What every script here has in common: the server, the client documents, and how a case is counted.
// The driver (__main__.py) sets the variables and counts the lines "ok - …" and "not ok - …".
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { parse, separateOperations, Kind } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

export const url = process.env.JXC_URL;
export const socketUrl = url.replace(/^http/, "ws");
export const authorization = `Bearer ${process.env.JXC_TOKEN}`;
const SECONDS = 20;

const folder = new URL("../../schema/operations/", import.meta.url);
const definitions = readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .flatMap((name) => parse(readFileSync(new URL(name, folder), "utf8"), { noLocation: true }).definitions);

/** Every client operation by name, with the fragments it needs. */
export const documents = separateOperations({ kind: Kind.DOCUMENT, definitions });

/** The operations of a kind that can be sent without variables. */
export function withoutVariables(kind) {
  return Object.entries(documents).filter(([, document]) =>
    document.definitions.some(
      (each) =>
        each.kind === Kind.OPERATION_DEFINITION &&
        each.operation === kind &&
        each.variableDefinitions.every((variable) => variable.type.kind !== Kind.NON_NULL_TYPE),
    ),
  );
}

export async function check(name, run) {
  try {
    await within(run());
    console.log(`ok - ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok - ${name}: ${String(error?.message ?? JSON.stringify(error)).replaceAll("\n", " ").slice(0, 600)}`);
  }
}

/** Fails after some seconds instead of waiting for ever. */
export function within(promise, seconds = SECONDS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Sends an operation by plain HTTP; for preparing what a client under test is to see. */
export async function ask(query, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization, "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}

/** A supplier that nobody has made yet, as input. */
export const newSupplier = () => ({ input: { code: `NEW-${Math.random().toString(36).slice(2)}`, name: "New" } });

/** A SKU with stock, its warehouse, and a way to give it a low-stock limit. */
export async function watched() {
  const { stockLevels } = await ask(`{
    stockLevels(first: 1, where: { available: { gt: "0" } }) { nodes { sku { id } warehouse { id } available } }
  }`);
  const [level] = stockLevels.nodes;
  const setLimit = async (limit) => {
    const { setStockLimits } = await ask(
      `mutation ($input: SetStockLimitsInput!) { setStockLimits(input: $input) { userErrors { code message } } }`,
      { input: { limits: [{ skuId: level.sku.id, warehouseId: level.warehouse.id, limit }] } },
    );
    assert.deepEqual(setStockLimits.userErrors, []);
  };
  return { ...level, raise: () => setLimit(level.available), resolve: () => setLimit("0") };
}

export function socketClient() {
  return createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
}
