// Builds the explorer into dist/: one page, and files whose names carry the hash of what is in them.
import { rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

const shared = {
  outdir: "dist/files",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  target: "es2022",
  legalComments: "linked",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};
const fileOf = ({ metafile }, entry) =>
  basename(Object.entries(metafile.outputs).find(([, output]) => output.entryPoint?.endsWith(entry))[0]);

// GraphiQL's style sheet has Monaco's in it already, and a chunk's style sheet would never be loaded.
const withoutStyles = {
  name: "without-styles",
  setup: ({ onLoad }) => onLoad({ filter: /monaco-editor.*\.css$/ }, () => ({ contents: "", loader: "empty" })),
};

await rm("dist", { recursive: true, force: true });

const workers = await build({
  ...shared,
  format: "iife",
  entryPoints: [
    "monaco-editor/esm/vs/editor/editor.worker.js",
    "monaco-editor/esm/vs/language/json/json.worker.js",
    "monaco-graphql/esm/graphql.worker.js",
  ],
});
const page = await build({
  ...shared,
  format: "esm",
  splitting: true,
  jsx: "automatic",
  plugins: [withoutStyles],
  entryPoints: ["explorer.jsx"],
  define: {
    ...shared.define,
    WORKERS: JSON.stringify({
      json: fileOf(workers, "json.worker.js"),
      graphql: fileOf(workers, "graphql.worker.js"),
      editorWorkerService: fileOf(workers, "editor.worker.js"),
    }),
  },
});
const script = fileOf(page, "explorer.jsx");
const style = basename(page.metafile.outputs[`dist/files/${script}`].cssBundle);

await writeFile("dist/index.html", `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>jxc_graphql – GraphiQL</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="graphql/ide/${style}">
</head>
<body>
<div id="explorer"></div>
<script type="application/json" id="tabs">[]</script>
<script type="module" src="graphql/ide/${script}"></script>
</body>
</html>
`);
