// Apollo Client: what a mutation or a subscription brings updates every query that shows it, by typename and id alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { authorization, check, documents, newSupplier, socketClient, url, watched, within, withoutVariables } from "./check.mjs";

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
    await client.mutate({ mutation: document, variables: { input: { id } } });
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

await check("a create leaves lists as they were, until they are asked again", async () => {
  const count = () => client.readQuery({ query: documents.Suppliers, variables: {} }).suppliers.totalCount;
  const watching = client.watchQuery({ query: documents.Suppliers, variables: {} }).subscribe(() => {});
  await client.query({ query: documents.Suppliers, variables: {}, fetchPolicy: "network-only" });
  const before = count();
  await client.mutate({ mutation: documents.CreateSupplier, variables: newSupplier() });
  assert.equal(count(), before);
  await client.mutate({
    mutation: documents.CreateSupplier,
    variables: newSupplier(),
    refetchQueries: ["Suppliers"],
    awaitRefetchQueries: true,
  });
  assert.equal(count(), before + 2);
  watching.unsubscribe();
});

await check("pages of a list grow together, one list for each search", async () => {
  const paged = new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: { Query: { fields: { skus: relayStylePagination(["search", "where", "orderBy"]) } } },
    }),
    link: new HttpLink({ uri: url, headers: { authorization } }),
  });
  const query = gql`
    query Pages($after: String, $search: String) {
      skus(first: 5, after: $after, search: $search) { edges { cursor node { id code } } pageInfo { endCursor hasNextPage } }
    }
  `;
  const list = paged.watchQuery({ query });
  const watching = list.subscribe(() => {});
  const { data } = await list.refetch();
  await list.fetchMore({ variables: { after: data.skus.pageInfo.endCursor } });
  const { edges } = paged.readQuery({ query }).skus;
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, 10);
  const { data: found } = await paged.query({ query, variables: { search: "walnuts" } });
  assert.equal(found.skus.edges.length, 1);
  watching.unsubscribe();
});

await check("a token that is not good is an error with its code, and signing in again needs no other client", async () => {
  let token = "stale";
  const person = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: new SetContextLink(() => ({ headers: { authorization: `Bearer ${token}` } })).concat(new HttpLink({ uri: url })),
  });
  const refused = await person.query({ query: documents.Viewer }).catch((error) => error);
  assert.ok(CombinedGraphQLErrors.is(refused), String(refused));
  assert.equal(refused.errors[0].extensions.code, "TOKEN_UNKNOWN");
  const input = { username: `ann${Math.random().toString(36).slice(2)}`, name: "Ann", password: "correct horse", roles: ["VIEWER"] };
  await client.mutate({ mutation: documents.CreateUser, variables: { input } });
  const { username, password } = input;
  const { data } = await person.mutate({ mutation: documents.Login, variables: { input: { username, password } } });
  assert.ok(new Date(data.login.expiresAt) > new Date());
  token = data.login.token;
  const { data: known } = await person.query({ query: documents.Viewer, fetchPolicy: "network-only" });
  assert.equal(known.viewer.user.id, data.login.user.id);
});

await check("fragments on interfaces match with the published possible types", async () => {
  const { data } = await client.query({ query: documents.PurchaseOrders });
  const cached = client.cache.identify(data.purchaseOrders.nodes[0]);
  assert.ok(possibleTypes.Document.includes(cached.split(":")[0]));
  assert.ok(possibleTypes.UserError.includes("LimitError"));
});

process.exit();
