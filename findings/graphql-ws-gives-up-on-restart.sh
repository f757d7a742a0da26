#!/usr/bin/env bash
# graphql-ws 6.4.2: `retryAttempts` counts closed sockets only. When the server is restarted, the open socket closes and the
# client tries again; that try is refused while the server is still starting, which is an error event and no close event, and
# the subscription ends for good after that single try, however many attempts were allowed. A page that shows live data is
# dead after every deployment unless it says `shouldRetry: () => true`.
#
# Seen: by default 1 try of 50, then ECONNREFUSED; with shouldRetry the client is back after the restart
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund graphql-ws@6.4.2 graphql@16.15.0 ws@8.23.0
cat >look.mjs <<'JS'
import { createClient } from "graphql-ws";
import WebSocket, { WebSocketServer } from "ws";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function serve(port = 0) {
  const server = new WebSocketServer({ port, host: "127.0.0.1", handleProtocols: () => "graphql-transport-ws" });
  server.on("connection", (socket) =>
    socket.on("message", (text) => {
      if (JSON.parse(text).type === "connection_init") socket.send('{"type":"connection_ack"}');
    }),
  );
  await new Promise((done) => server.on("listening", done));
  return server;
}

async function restarted(options) {
  let tries = 0, back = false, ended;
  let server = await serve();
  const { port } = server.address();
  const client = createClient({
    url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket, retryAttempts: 50, retryWait: () => pause(100), ...options,
  });
  const first = new Promise((done) => client.on("connected", done));
  client.subscribe({ query: "subscription { a }" }, { next() {}, complete() {}, error: (event) => (ended = event) });
  await first;
  client.on("connecting", () => (tries += 1));
  client.on("connected", () => (back = true));
  for (const socket of server.clients) socket.close(1012, "restarting");
  await new Promise((done) => server.close(done));
  await pause(1000);
  server = await serve(port);
  await pause(1000);
  for (const socket of server.clients) socket.terminate();
  server.close();
  return { tries, back, ended: ended?.error?.code ?? ended?.message };
}

const usual = await restarted({});
const told = await restarted({ shouldRetry: () => true });
console.log("by default", usual, "with shouldRetry", told);
process.exit(usual.tries === 1 && !usual.back && told.back ? 0 : 1);
JS
node look.mjs
