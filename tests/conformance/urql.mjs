// urql: fetch, WebSocket through graphql-ws, and SSE by its own Accept header, which lists text/event-stream late.
import assert from "node:assert/strict";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { authorization, check, documents, newSupplier, socketClient, url, watched, withoutVariables } from "./check.mjs";

const fetchOptions = { headers: { authorization } };
const socket = socketClient();
const overSocket = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  }),
});
const byFetch = new Client({ url, fetchOptions, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange, overSocket] });
const byGet = new Client({ url, fetchOptions, preferGetMethod: "force", exchanges: [fetchExchange] });
const byEvents = new Client({ url, fetchOptions, exchanges: [fetchExchange], fetchSubscriptions: true });

for (const [name, document] of withoutVariables("query")) {
  for (const [how, client] of [["POST", byFetch], ["GET", byGet]]) {
    await check(`urql sends ${name} by ${how}`, async () => {
      const { data, error } = await client.query(document, {}).toPromise();
      assert.equal(error, undefined);
      assert.ok(data);
    });
  }
}

await check("urql's document cache asks again after a mutation of the same type", async () => {
  const first = await byFetch.query(documents.Suppliers, { first: 1 }).toPromise();
  const { id } = first.data.suppliers.nodes[0];
  let shown;
  const watching = byFetch.query(documents.SupplierDetail, { id }).subscribe(({ data }) => (shown = data?.supplier.onHold));
  for (const [document, onHold] of [[documents.HoldSupplier, true], [documents.ReleaseSupplier, false]]) {
    const { error } = await byFetch.mutation(document, { input: { id } }).toPromise();
    assert.equal(error, undefined);
    const deadline = Date.now() + 10_000;
    while (shown !== onHold && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
    assert.equal(shown, onHold);
  }
  watching.unsubscribe();
});

await check("urql asks a list again after a create, an empty one only if it names what it lists", async () => {
  const seen = { full: 0, empty: 0, named: 0 };
  const variables = newSupplier();
  const { code } = variables.input;
  const lists = [
    ["full", { first: 100 }, {}],
    ["empty", { first: 100, search: code }, {}],
    ["named", { first: 99, search: code }, { additionalTypenames: ["Supplier"] }],
  ].map(([name, wanted, context]) =>
    byFetch.query(documents.Suppliers, wanted, context).subscribe(({ data }) => (seen[name] = data?.suppliers.totalCount ?? 0)),
  );
  await new Promise((done) => setTimeout(done, 500));
  const before = { ...seen };
  assert.ok(before.full > 0 && before.empty === 0 && before.named === 0);
  const { data } = await byFetch.mutation(documents.CreateSupplier, variables).toPromise();
  assert.deepEqual(data.createSupplier.userErrors, []);
  const deadline = Date.now() + 10_000;
  while ((seen.full === before.full || !seen.named) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
  assert.deepEqual(seen, { full: before.full + 1, empty: 0, named: 1 });
  for (const list of lists) list.unsubscribe();
});

// urql lets the abort of the stream that it unsubscribes from escape as a rejection that nobody can catch.
process.on("unhandledRejection", (reason) => {
  if (reason?.name !== "AbortError") throw reason;
});

for (const [how, client] of [["WebSocket", byFetch], ["SSE", byEvents]]) {
  await check(`urql is told of an alert by ${how}`, async () => {
    const goods = await watched();
    await goods.resolve();
    const event = new Promise((done, fail) => {
      const watching = client.subscription(documents.LowStockAlerts, {}).subscribe(({ data, error }) => {
        watching?.unsubscribe();
        if (error) fail(error);
        else done(data);
      });
    });
    await new Promise((done) => setTimeout(done, 300));
    await goods.raise();
    assert.equal((await event).lowStockAlerts.change, "RAISED");
    await goods.resolve();
  });
}

await check("urql gets a mistake as an error with its code", async () => {
  const { error } = await byFetch.query("{ nonsense }", {}).toPromise();
  assert.equal(error.graphQLErrors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
});

process.exit();
