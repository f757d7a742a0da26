// Relay's runtime with what relay-compiler made of relay/Stock.js: pages, fragments on interfaces, writes, live data.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ask, authorization, check, newSupplier, socketClient, url, watched, within } from "./check.mjs";

const require = createRequire(import.meta.url);
const relay = require("relay-runtime");
const made = (name) => require(`./build/relay/${name}.graphql.js`);
const texts = JSON.parse(readFileSync(new URL("build/persisted.json", import.meta.url), "utf8"));
const socket = socketClient();

const environment = new relay.Environment({
  store: new relay.Store(new relay.RecordSource()),
  network: relay.Network.create(
    async ({ id }, variables) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", accept: "application/graphql-response+json" },
        body: JSON.stringify({ query: texts[id], variables }),
      });
      return response.json();
    },
    ({ id }, variables) =>
      relay.Observable.create((sink) => socket.subscribe({ query: texts[id], variables }, sink)),
  ),
});

/** What the store has for an operation, kept there for as long as the script runs. */
function shown(name, variables) {
  const operation = relay.createOperationDescriptor(made(name), variables);
  environment.retain(operation);
  return environment.lookup(operation.fragment).data;
}

/** What a fragment shows of an object that has it. */
const inside = (name, object) =>
  environment.lookup(relay.getSingularSelector(relay.getFragment(made(name)), object)).data;

const fetched = (name, variables) => relay.fetchQuery(environment, made(name), variables).toPromise();
const commit = (name, variables) =>
  within(
    new Promise((onCompleted, onError) => {
      relay.commitMutation(environment, { mutation: made(name), variables, onCompleted, onError });
    }),
  );

const { purchaseOrders, suppliers } = await ask(
  "{ purchaseOrders(first: 1) { nodes { id number } } suppliers(first: 1) { nodes { id } } }",
);
const [order] = purchaseOrders.nodes;

await check("Relay reads fragments, on interfaces as well", async () => {
  const { node } = await fetched("StockPageQuery", { order: order.id });
  assert.equal(inside("Stock_document", node.document).number, order.number);
  assert.ok(inside("Stock_order", node.order).lines.length);
});

await check("Relay's pages of a list grow together", async () => {
  const seen = () => inside("Stock_skus", shown("StockPageQuery", { order: order.id })).skus;
  const { edges, pageInfo } = seen();
  await fetched("StockSkusPaginationQuery", { count: 20, cursor: pageInfo.endCursor });
  assert.equal(new Set(seen().edges.map(({ node }) => node.id)).size, edges.length + 20);
});

await check("Relay shows what a mutation changes, and what it makes in a list", async () => {
  await fetched("StockSuppliersQuery", {});
  const before = shown("StockSuppliersQuery", {}).suppliers.edges.length;
  const connections = [relay.ConnectionHandler.getConnectionID(relay.ROOT_ID, "Stock_suppliers")];
  await commit("StockCreateSupplierMutation", { ...newSupplier(), connections });
  assert.equal(shown("StockSuppliersQuery", {}).suppliers.edges.length, before + 1);
  const { holdSupplier } = await commit("StockHoldSupplierMutation", { input: { id: suppliers.nodes[0].id } });
  assert.equal(environment.getStore().getSource().get(holdSupplier.supplier.id).onHold, true);
});

await check("Relay is told of an alert", async () => {
  const goods = await watched();
  await goods.resolve();
  const event = new Promise((onNext, onError) => {
    const subscription = made("StockAlertsSubscription");
    relay.requestSubscription(environment, { subscription, variables: {}, onNext, onError });
  });
  await new Promise((done) => setTimeout(done, 300));
  await goods.raise();
  assert.equal((await event).lowStockAlerts.alert.status, "OPEN");
  await goods.resolve();
});

process.exit();
