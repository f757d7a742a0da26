// graphql-sse: its client in both modes, then what is on the wire.
import assert from "node:assert/strict";
import { print } from "graphql";
import { createClient } from "graphql-sse";
import { authorization, check, documents, url, watched, withoutVariables } from "./check.mjs";

const headers = { authorization };
const headersOf = () => ({ ...headers }); // the client writes its stream's token into what it is given

async function hearsOfAnAlert(client) {
  const goods = await watched();
  await goods.resolve();
  const events = client.iterate({ query: print(documents.LowStockAlerts) });
  const first = events.next();
  await new Promise((done) => setTimeout(done, 300));
  await goods.raise();
  const { value } = await first;
  assert.equal(value.data.lowStockAlerts.change, "RAISED");
  await events.return();
  await goods.resolve();
}

async function runsEveryQuery(client) {
  for (const [name, document] of withoutVariables("query")) {
    const results = [];
    for await (const result of client.iterate({ query: print(document), operationName: name })) results.push(result);
    assert.equal(results.length, 1, name);
    assert.equal(results[0].errors, undefined, name);
  }
}

for (const [mode, client] of [
  ["distinct connections", createClient({ url, headers: headersOf, retryAttempts: 0 })],
  ["single connection", createClient({ url, headers: headersOf, retryAttempts: 0, singleConnection: true })],
]) {
  await check(`the graphql-sse client runs every query that needs no variables (${mode})`, () => runsEveryQuery(client));
  await check(`the graphql-sse client is told of an alert (${mode})`, () => hearsOfAnAlert(client));
  client.dispose();
}

function stream(query, more = {}) {
  return fetch(url, {
    method: "POST",
    headers: { ...headers, accept: "text/event-stream", "content-type": "application/json", ...more },
    body: JSON.stringify({ query }),
  });
}

await check("a stream has LF lines, next, and a complete with an empty data line", async () => {
  const response = await stream("{ __typename }");
  assert.match(response.headers.get("content-type"), /^text\/event-stream/);
  const text = await response.text();
  assert.ok(!text.includes("\r"));
  const events = text.split("\n\n").filter((event) => event && !event.startsWith(":"));
  assert.equal(events.length, 2);
  assert.match(events[0], /^event: next\ndata: \{"data":\{"__typename":"Query"\}/);
  assert.match(events[1], /^event: complete\ndata:/);
});

await check("a document with a mistake is one event with its error", async () => {
  const text = await (await stream("{ nonsense }")).text();
  assert.match(text, /GRAPHQL_VALIDATION_FAILED/);
  assert.match(text, /event: complete/);
});

async function readId(response) {
  let text = "";
  for await (const chunk of response.body) {
    text += Buffer.from(chunk);
    const [, id] = /^id: (.+)$/m.exec(text) ?? [];
    if (id && text.includes('"cursor"')) return { id, text };
  }
  throw new Error(`the stream ended: ${text}`);
}

await check("an event has an id, and Last-Event-ID goes on behind it", async () => {
  const subscription = "subscription ($after: String) { lowStockAlerts(after: $after) { cursor change alert { id } } }";
  const goods = await watched();
  await goods.resolve();
  const live = await stream(subscription);
  await goods.raise();
  const { id } = await readId(live);
  await goods.resolve(); // while nobody listens
  const { text } = await readId(await stream(subscription, { "last-event-id": id }));
  assert.match(text, /"change":"RESOLVED"/);
});

async function reserve() {
  const response = await fetch(url, { method: "PUT", headers });
  assert.equal(response.status, 201);
  assert.match(response.headers.get("content-type"), /^text\/plain/);
  return response.text();
}

const named = (token) => ({ ...headers, "x-graphql-event-stream-token": token });
const open = (token) => fetch(url, { headers: { ...named(token), accept: "text/event-stream" } });
const operate = (token, query, extensions) =>
  fetch(url, {
    method: "POST",
    headers: { ...named(token), "content-type": "application/json" },
    body: JSON.stringify({ query, extensions }),
  });

await check("a reserved stream carries the answers of its operations under their ids", async () => {
  const token = await reserve();
  const events = await open(token);
  assert.match(events.headers.get("content-type"), /^text\/event-stream/);
  assert.equal((await operate(token, "{ __typename }", { operationId: "first" })).status, 202);
  let text = "";
  for await (const chunk of events.body) {
    text += Buffer.from(chunk);
    if (text.includes("event: complete")) break;
  }
  assert.match(text, /event: next\ndata: \{"id":"first","payload":\{"data":\{"__typename":"Query"\}/);
  assert.match(text, /event: complete\ndata: \{"id":"first"\}/);
});

await check("a stream that nobody reserved is not there, and one is opened once", async () => {
  assert.equal((await open("nonsense")).status, 404);
  const token = await reserve();
  const events = await open(token);
  assert.equal((await open(token)).status, 409);
  await events.body.cancel();
});

await check("an operation of a stream needs an id of its own, and DELETE ends it", async () => {
  const token = await reserve();
  const events = await open(token);
  const alerts = "subscription { lowStockAlerts { cursor } }";
  assert.equal((await operate(token, alerts)).status, 400);
  assert.equal((await operate(token, alerts, { operationId: "a" })).status, 202);
  assert.equal((await operate(token, alerts, { operationId: "a" })).status, 409);
  const stop = await fetch(`${url}?operationId=a`, { method: "DELETE", headers: named(token) });
  assert.equal(stop.status, 200);
  assert.equal((await operate(token, alerts, { operationId: "a" })).status, 202);
  await events.body.cancel();
});

process.exit();
