/** The same lists with Relay: one request for the page, one more for each further part of a list. */
import { Suspense } from "react";
import { createRoot } from "react-dom/client";
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery } from "react-relay";
import { Environment, Network, RecordSource, Store, type FetchFunction } from "relay-runtime";
import type { mainListsQuery } from "./__generated__/mainListsQuery.graphql";
import { Products } from "./Products";
import { Stock } from "./Stock";

const ask: FetchFunction = async ({ name, text }, variables) => {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: {
      authorization: `Bearer ${sessionStorage.getItem("token")}`,
      "accept-language": document.documentElement.lang,
      "content-type": "application/json",
    },
    body: JSON.stringify({ operationName: name, query: text, variables }),
  });
  return answer.json();
};

const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });

function Lists() {
  const data = useLazyLoadQuery<mainListsQuery>(
    graphql`
      query mainListsQuery {
        ...Products_skus
        ...Stock_levels
      }
    `,
    {},
  );
  return (
    <main>
      <Products query={data} />
      <Stock query={data} />
    </main>
  );
}

createRoot(document.getElementById("root")!).render(
  <RelayEnvironmentProvider environment={environment}>
    <Suspense>
      <Lists />
    </Suspense>
  </RelayEnvironmentProvider>,
);
