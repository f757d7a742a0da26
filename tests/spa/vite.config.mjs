import { defineConfig } from "vite";

/** The server is asked through ours, so that page and API have one origin (without: JXC_CORS_ORIGINS). */
const proxy = { "/graphql": { target: process.env.JXC_URL ?? "http://127.0.0.1:8000", ws: true } };

/** For Relay: what stands in graphql`…` becomes an import of what relay-compiler made of it. */
const relay = {
  name: "relay",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("/src/relay/")) return;
    const imports = [];
    const text = code.replace(/graphql`\s*(?:query|mutation|subscription|fragment)\s+(\w+)[^`]*`/g, (_, name) => {
      imports.push(`import ${name} from "/src/relay/__generated__/${name}.graphql";`);
      return name;
    });
    return imports.join("\n") + text;
  },
};

export default defineConfig({
  plugins: [relay],
  server: { proxy },
  preview: { proxy },
  build: { rolldownOptions: { input: ["index.html", "relay.html"] } },
});
