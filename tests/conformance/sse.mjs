// graphql-sse: its client in both modes, then what is on the wire.
import assert from "node:assert/strict";
import { print } from "graphql";
import { createClient } from "graphql-sse";
import { authorization, check, documents, url, watched, withoutVariables } from "./check.mjs";

const headers = { authorization };

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
  ["distinct connections", createClient({ url, headers, retryAttempts: 0 })],
  ["single connection", createClient({ url, headers, retryAttempts: 0, singleConnection: true })],
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

process.exit();
