/** Apollo Client as it is set up for jxc_graphql: the token, live data, what is hidden, and lists that grow. */
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, makeVar } from "@apollo/client";
import type { FieldReadFunction } from "@apollo/client/cache";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { tap } from "rxjs";
import possibleTypes from "./gql/possible-types.json";

const url = new URL("/graphql", location.href).href;

/** Where queries are read from replicas: up to where the answers told what happened, so that no later one shows less. */
let position = "";

/** The token of whoever is signed in; it outlives a reload, not the tab. */
export const session = makeVar(sessionStorage.getItem("token"));
session.onNextChange(function keep(token) {
  position = "";
  if (token) sessionStorage.setItem("token", token);
  else sessionStorage.removeItem("token");
  session.onNextChange(keep);
});

/** Which fields the user may not see, by operation: they are null in its answer, and nothing else is wrong with it. */
export const hidden = makeVar<Record<string, string[]>>({});

const noteWhatIsHidden = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap(({ extensions }) => {
      const paths = (extensions?.hidden ?? []) as { path: string[] }[];
      hidden({ ...hidden(), [operation.operationName ?? ""]: paths.map(({ path }) => path.join(".")) });
    }),
  ),
);

const showNothingOlder = new ApolloLink((operation, forward) => {
  if (position) operation.extensions.position = position;
  return forward(operation).pipe(
    tap(({ extensions }) => {
      const told = String(extensions?.position ?? "");
      if (told > position) position = told;
    }),
  );
});

/** A token that is not good any more: show the form. */
const signOut = new ErrorLink(({ error }) => {
  const codes = CombinedGraphQLErrors.is(error) ? error.errors.map((each) => String(each.extensions?.code)) : [];
  if (codes.some((code) => code.startsWith("TOKEN_"))) session(null);
});

const headers = new SetContextLink(() => ({
  headers: {
    ...(session() && { authorization: `Bearer ${session()}` }),
    "accept-language": document.documentElement.lang,
  },
}));

/** When the line was down something may have happened that no event told: what is shown is asked for again. */
const socket = createClient({
  url: url.replace("http", "ws"),
  connectionParams: () => ({ authorization: `Bearer ${session()}` }),
  retryAttempts: Infinity,
  shouldRetry: () => true, // by default it gives up when the server cannot be reached at all; 4401 is final all the same
  on: { connected: (_socket, _payload, again) => again && void client.refetchQueries({ include: "active" }) },
});

/** What a payload has brought already is not asked for again when its page opens. */
const byId =
  (typename: string): FieldReadFunction =>
  (known, { args, toReference }) =>
    known ?? toReference({ __typename: typename, id: args!.id });

const list = relayStylePagination(["search", "where", "orderBy"]);

export const client = new ApolloClient({
  cache: new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Query: {
        fields: {
          skus: list,
          stockLevels: list,
          purchaseOrder: byId("PurchaseOrder"),
          stocktake: byId("Stocktake"),
          supplier: byId("Supplier"),
        },
      },
    },
  }),
  link: ApolloLink.from([
    noteWhatIsHidden,
    showNothingOlder,
    signOut,
    ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      headers.concat(new HttpLink({ uri: url, includeExtensions: true })),
    ),
  ]),
});
