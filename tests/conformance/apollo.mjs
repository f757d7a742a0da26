// Apollo Client: what a mutation or a subscription brings updates every query that shows it, by typename and id alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { authorization, check, documents, socketClient, url, watched, within, withoutVariables } from "./check.mjs";

const possibleTypes = JSON.parse(readFileSync(process.env.JXC_POSSIBLE_TYPES, "utf8"));
const client = new ApolloClient({
  cache: new InMemoryCache({ possibleTypes }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socketClient()),
    new HttpLink({ uri: url, headers: { authorization } }),
  ),
});

/** The value of a watched query once it is as wanted. */
function shows(query, variables, wanted) {
  return within(
    new Promise((done, fail) => {
      const watching = client.watchQuery({ query, variables, fetchPolicy: "cache-only" }).subscribe({
        next: ({ data }) => {
          if (data && wanted(data)) {
            setTimeout(() => watching.unsubscribe());
            done(data);
          }
        },
        error: fail,
      });
    }),
  );
}

for (const [name, document] of withoutVariables("query")) {
  await check(`Apollo sends ${name} and reads it back from its cache`, async () => {
    const { data } = await client.query({ query: document });
    assert.deepEqual(client.readQuery({ query: document }), data);
  });
}

await check("a mutation's payload updates a query that was asked before", async () => {
  const { data } = await client.query({ query: documents.Suppliers });
  const { id } = data.suppliers.nodes[0];
  await client.query({ query: documents.SupplierDetail, variables: { id } });
  for (const [document, onHold] of [[documents.HoldSupplier, true], [documents.ReleaseSupplier, false]]) {
    const seen = shows(documents.SupplierDetail, { id }, ({ supplier }) => supplier.onHold === onHold);
    await client.mutate({ mutation: document, variables: { input: { supplierId: id } } });
    await seen;
  }
});

await check("a subscription's event updates a query that was asked before", async () => {
  const goods = await watched();
  await goods.resolve();
  const events = [];
  const subscription = client.subscribe({ query: documents.LowStockAlerts }).subscribe((event) => events.push(event));
  await new Promise((done) => setTimeout(done, 300));
  await goods.raise();
  const deadline = Date.now() + 10_000;
  while (!events.length && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
  const { alert } = events[0].data.lowStockAlerts;
  await client.query({ query: documents.StockAlert, variables: { id: alert.id } });
  const seen = shows(documents.StockAlert, { id: alert.id }, ({ stockAlert }) => stockAlert.status === "RESOLVED");
  await goods.resolve();
  await seen;
  subscription.unsubscribe();
});

await check("fragments on interfaces match with the published possible types", async () => {
  const { data } = await client.query({ query: documents.PurchaseOrders });
  const cached = client.cache.identify(data.purchaseOrders.nodes[0]);
  assert.ok(possibleTypes.Document.includes(cached.split(":")[0]));
  assert.ok(possibleTypes.UserError.includes("InvalidInputError"));
});

process.exit();
