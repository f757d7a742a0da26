// graphql-ws: its client, then the protocol frame by frame.
import assert from "node:assert/strict";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { authorization, check, documents, socketClient, socketUrl, watched, within, withoutVariables } from "./check.mjs";

const INIT = { type: "connection_init", payload: { authorization } };
const TYPENAME = "{ __typename }";

await check("the graphql-ws client runs every query that needs no variables", async () => {
  const client = socketClient();
  for (const [name, document] of withoutVariables("query")) {
    const results = [];
    for await (const result of client.iterate({ query: print(document), operationName: name })) results.push(result);
    assert.equal(results.length, 1, name);
    assert.equal(results[0].errors, undefined, name);
  }
  await client.dispose();
});

await check("the graphql-ws client is told of an alert and can stop listening", async () => {
  const client = socketClient();
  const goods = await watched();
  await goods.resolve();
  const events = client.iterate({ query: print(documents.LowStockAlerts) });
  const first = events.next();
  await new Promise((done) => setTimeout(done, 300));
  await goods.raise();
  const { value } = await first;
  assert.equal(value.data.lowStockAlerts.change, "RAISED");
  assert.equal(value.data.lowStockAlerts.alert.sku.id, goods.sku.id);
  await events.return();
  await goods.resolve();
  await client.dispose();
});

await check("the graphql-ws client gets a syntax error as an error, and its socket lives on", async () => {
  const client = socketClient();
  const run = (query) => client.iterate({ query }).next();
  await assert.rejects(run("{ nonsense("), (errors) => errors[0].extensions.code === "GRAPHQL_PARSE_FAILED");
  await assert.rejects(run("{ nonsense }"), (errors) => errors[0].extensions.code === "GRAPHQL_VALIDATION_FAILED");
  assert.equal((await run(TYPENAME)).value.data.__typename, "Query");
  await client.dispose();
});

await check("the graphql-ws client does not try again with a token that is not good", async () => {
  let connections = 0;
  const client = createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: "Bearer stale" },
    retryAttempts: 5,
    on: { connecting: () => (connections += 1) },
  });
  const closed = await client.iterate({ query: TYPENAME }).next().catch((event) => event);
  assert.deepEqual([closed.code, closed.reason, connections], [4401, "TOKEN_UNKNOWN", 1]);
});

/** Sends frames and gives what came back, and the code with which the server closed, if it did. */
async function talk(frames, { protocol = "graphql-transport-ws", until = () => false, seconds = 8 } = {}) {
  const socket = new WebSocket(socketUrl, protocol);
  const messages = [];
  const over = new Promise((done, fail) => {
    socket.on("error", fail);
    socket.on("close", (code) => done({ code, messages }));
    socket.on("message", (data) => {
      messages.push(JSON.parse(data));
      if (until(messages)) done({ code: null, messages });
    });
  });
  socket.on("open", () => {
    for (const frame of frames) {
      socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
    }
  });
  try {
    return await within(over, seconds);
  } finally {
    socket.terminate();
  }
}

const subscribe = (query, id = "1", more = {}) => ({ id, type: "subscribe", payload: { query, ...more } });

const CLOSED = [
  [4406, "a socket without a protocol", [], { protocol: [] }],
  [4408, "silence instead of connection_init", []],
  [4401, "a subscribe before connection_init", [subscribe(TYPENAME)]],
  [4401, "a wrong token", [{ type: "connection_init", payload: { authorization: "Bearer no" } }]],
  [4429, "a second connection_init", [INIT, INIT]],
  [4409, "a second operation with the same id", [INIT, subscribe(print(documents.LowStock)), subscribe(TYPENAME)]],
  [4400, "a frame that is not JSON", ["{"]],
  [4400, "a frame that is an array", ["[]"]],
  [4400, "a frame that is null", ["null"]],
  [4400, "a message without a type", ["{}"]],
  [4400, "a message of an unknown type", [{ type: "start" }]],
  [4400, "a binary frame", [Buffer.from(JSON.stringify(INIT))]],
  [4400, "an id that is a number", [INIT, subscribe(TYPENAME, 1)]],
  [4400, "an id that is empty", [INIT, subscribe(TYPENAME, "")]],
  [4400, "a subscribe without a payload", [INIT, { id: "1", type: "subscribe" }]],
  [4400, "a subscribe without a query", [INIT, { id: "1", type: "subscribe", payload: {} }]],
  [4400, "variables that are a list", [INIT, subscribe(TYPENAME, "1", { variables: [] })]],
  [4400, "a payload of connection_init that is a string", [{ type: "connection_init", payload: "x" }]],
  [1009, "a message of more than 64 KiB", [INIT, subscribe(`# ${"x".repeat(70_000)}\n${TYPENAME}`)]],
];
for (const [code, what, frames, options] of CLOSED) {
  await check(`${what} closes with ${code}`, async () => {
    assert.equal((await talk(frames, options)).code, code);
  });
}

await check("a socket that speaks only the legacy protocol is not accepted with it", async () => {
  await assert.rejects(talk([INIT], { protocol: "graphql-ws" }), /no subprotocol/);
});

const types = (messages) => messages.map((message) => message.type);
const ended = (messages) => ["complete", "error"].includes(messages.at(-1).type);

await check("connection_init with a null payload is understood", async () => {
  const { code } = await talk([{ type: "connection_init", payload: null }], { until: () => true });
  assert.ok(code === null || code === 4401, `closed with ${code}`); // without a token it is refused, not broken
});

await check("a ping is answered, before and after connection_init", async () => {
  const { messages } = await talk([{ type: "ping" }, INIT, { type: "ping", payload: { at: 1 } }], {
    until: (got) => types(got).filter((type) => type === "pong").length === 2,
  });
  assert.ok(types(messages).includes("connection_ack"));
});

await check("a pong that nobody asked for, and a complete of nothing, are ignored", async () => {
  const { messages } = await talk([INIT, { type: "pong" }, { id: "9", type: "complete" }, subscribe(TYPENAME)], { until: ended });
  assert.deepEqual(types(messages), ["connection_ack", "next", "complete"]);
});

await check("an id can be used again after its operation ended", async () => {
  let sent = 0;
  const socket = new WebSocket(socketUrl, "graphql-transport-ws");
  socket.on("open", () => socket.send(JSON.stringify(INIT)));
  await new Promise((done, fail) => {
    socket.on("close", (code) => fail(new Error(`closed with ${code}`)));
    socket.on("message", (data) => {
      const { type } = JSON.parse(data);
      if (type === "connection_ack" || type === "complete") {
        if ((sent += 1) > 3) return done();
        socket.send(JSON.stringify(subscribe(TYPENAME)));
      }
    });
  });
  socket.removeAllListeners("close");
  socket.terminate();
});

await check("a mutation is refused", async () => {
  const { messages } = await talk([INIT, subscribe("mutation { logout { user { id } } }")], { until: ended });
  assert.equal(messages.at(-1).type, "error");
  assert.equal(messages.at(-1).payload[0].extensions.code, "METHOD_NOT_ALLOWED");
});

await check("several operations without an operationName are refused, and run with one", async () => {
  const both = "query A { __typename } query B { viewer { locale } }";
  const refused = await talk([INIT, subscribe(both)], { until: ended });
  assert.equal(refused.messages.at(-1).type, "error");
  const run = await talk([INIT, subscribe(both, "1", { operationName: "B" })], { until: ended });
  assert.ok(run.messages.at(-2).payload.data.viewer);
});

process.exit();
