// GraphiQL for this server: it signs in with a token and shows the example tabs that the page carries.
import { GraphiQL } from "graphiql";
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws/client";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./explorer.css";

const address = location.origin + location.pathname;
const tabs = JSON.parse(document.getElementById("tabs").textContent);

// GraphiQL shows the first tab's variables only where it thinks that somebody typed them.
if (!localStorage.getItem("graphiql:tabState")) {
  localStorage.setItem("graphiql:query", tabs[0].query);
  localStorage.setItem("graphiql:variables", tabs[0].variables);
}

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editorWorkerService, import.meta.url)),
};

// The token lives as long as the browser tab, and leaves the address bar at once. `jxc demo` prints …/graphql#token=…
function tokenGiven() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem("token");
}

// What the headers editor says wins.
const withToken = (token, headers = {}) =>
  Object.keys(headers).some((name) => name.toLowerCase() === "authorization") || !token
    ? headers
    : { ...headers, Authorization: `Bearer ${token}` };

// GraphiQL's own idea of the document is half a second late.
const isSubscription = ({ query, operationName }) =>
  getOperationAST(parse(query), operationName)?.operation === "subscription";

// The documentation is read like an index.
const byName = (one, other) => one.name.localeCompare(other.name, "en");
function sorted(answer) {
  const types = answer.data?.__schema?.types ?? [];
  types.sort(byName);
  for (const { fields, inputFields } of types) {
    fields?.sort(byName);
    inputFields?.sort(byName);
  }
  return answer;
}

function fetcherFor(token, onUnauthenticated) {
  let position = ""; // up to where the answers told what happened: none that comes later shows less
  const noted = (answer) => {
    if (answer.extensions?.position > position) position = answer.extensions.position;
    return answer;
  };
  const withPosition = (parameters) =>
    position ? { ...parameters, extensions: { ...parameters.extensions, position } } : parameters;
  async function* told(events) {
    for await (const event of events) yield noted(event);
  }
  const sockets = new Map(); // one for each set of headers
  const socketFor = (headers) => {
    const key = JSON.stringify(headers);
    if (!sockets.has(key)) {
      sockets.set(key, createClient({ url: address.replace(/^http/, "ws"), connectionParams: headers }));
    }
    return sockets.get(key);
  };
  return async (parameters, { headers } = {}) => {
    const sent = withToken(token, headers);
    if (isSubscription(parameters)) return told(socketFor(sent).iterate(parameters));
    const response = await fetch(address, {
      method: "POST",
      headers: {
        Accept: "application/graphql-response+json, application/json",
        "Content-Type": "application/json",
        ...sent,
      },
      body: JSON.stringify(withPosition(parameters)),
    });
    if (response.status === 401) onUnauthenticated();
    return sorted(noted(await response.json()));
  };
}

function SignIn({ onToken }) {
  const submit = (event) => {
    event.preventDefault();
    const token = new FormData(event.target).get("token").trim().replace(/^Bearer\s+/i, "");
    if (token) onToken(token);
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <label htmlFor="token">Who are you? Paste your token (请粘贴令牌):</label>
      <input id="token" name="token" type="password" autoComplete="off" autoFocus spellCheck={false} />
      <button type="submit">Sign in (登录)</button>
    </form>
  );
}

const fetchers = new Map(); // GraphiQL asks for the schema anew when it gets another one

function Explorer() {
  const [token, setToken] = useState(tokenGiven);
  const remember = (next) => {
    if (next) sessionStorage.setItem("token", next);
    else sessionStorage.removeItem("token");
    setToken(next);
  };
  if (!fetchers.has(token)) fetchers.set(token, fetcherFor(token, () => remember(null)));
  return (
    <>
      {token ? null : <SignIn onToken={remember} />}
      <GraphiQL
        key={token}
        fetcher={fetchers.get(token)}
        defaultTabs={tabs}
        defaultEditorToolsVisibility="variables"
      >
        <GraphiQL.Logo>
          <span className="logo">jxc_graphql 进销存</span>
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

createRoot(document.getElementById("explorer")).render(<Explorer />);
