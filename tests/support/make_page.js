/**
 * Make `scanner_web/built/` of the page's modules: what a phone loads.
 *
 * `npm run build` writes it, `npm run check-built` says whether it is what the sources
 * give. `page.js` is `app.js` and all that it imports at once; whatever is imported later
 * is a file of its own that finds the rest in `page.js`. `ed25519.js` and `sha2.js` are
 * what is loaded where a browser has no SHA-256 or Ed25519 of its own: of the two vendored
 * libraries the functions that the verifier calls, in their own words. esbuild bundles,
 * terser shortens what it leaves; the same sources and the same versions of both give the
 * same bytes.
 */

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const HOME = fileURLToPath(new URL("../../scanner_web/", import.meta.url));
const BUILT = `${HOME}built/`;
const VENDORED = /\/vendor\/(noble-hashes\/sha2|noble-ed25519\/index)\.js$/;
/** What stands in for WebCrypto, each in a file of its own: over https only one is needed. */
const CRYPTO = {
  "noble-hashes/sha2": ["sha2", 'export { sha256, sha512 } from "./vendor/noble-hashes/sha2.js";'],
  "noble-ed25519/index": ["ed25519", 'export { Point } from "./vendor/noble-ed25519/index.js";'],
};
/** What esbuild calls the file that others share. */
const SHARED = "chunk.js";
const HEADERS = {
  "page.js": "Caravan: checks this page. Made of /assets/app.js and what it imports",
  "early.js": "Caravan. Made of /assets/early.js",
  "sw.js": "Caravan. Made of /assets/sw.js",
  "ed25519.js": "@noble/ed25519 3.2.0 (MIT, Paul Miller), in part. Made of /assets/vendor/",
  "sha2.js": "@noble/hashes 2.4.0 (MIT, Paul Miller), in part. Made of /assets/vendor/",
};

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: HOME,
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  minify: true,
  outdir: BUILT,
  target: "es2020",
  write: false,
};

/** What stays readable to engines that know nothing newer. */
const CLASSIC = new Set(["early.js"]);

/**
 * @param {string} name
 * @returns {import("terser").MinifyOptions}
 */
function shorter(name) {
  const isClassic = CLASSIC.has(name);
  const ecma = isClassic ? 5 : 2020;
  return { compress: { ecma, passes: 3 }, ecma, format: { comments: false }, module: !isClassic };
}

/**
 * The libraries are files beside the page's; what else is imported later stands on
 * `app.js`, so that all that both need is in `page.js`, once.
 *
 * @type {import("esbuild").Plugin}
 */
const apart = {
  name: "apart",
  setup(builder) {
    builder.onResolve({ filter: /./ }, async ({ kind, path, resolveDir, pluginData }) => {
      if (kind !== "dynamic-import" || pluginData === "resolved") return undefined;
      const vendored = VENDORED.exec(path);
      if (vendored) return { path: `./${CRYPTO[vendored[1]][0]}.js`, external: true };
      const found = await builder.resolve(path, { kind, resolveDir, pluginData: "resolved" });
      return { path: found.path, namespace: "later" };
    });
    builder.onLoad({ filter: /./, namespace: "later" }, ({ path }) => ({
      contents: `import "./app.js";\nexport * from ${JSON.stringify(path)};\n`,
      resolveDir: HOME,
    }));
  },
};

/** @returns {Promise<Map<string, string>>} each built file by its name */
async function made() {
  const page = await build({
    ...COMMON,
    chunkNames: "[name]",
    entryNames: "[name]",
    entryPoints: ["app.js"],
    plugins: [apart],
    splitting: true,
  });
  const crypto = await Promise.all(
    Object.values(CRYPTO).map(([name, contents]) =>
      build({
        ...COMMON,
        entryNames: name,
        stdin: { contents, resolveDir: HOME },
      }),
    ),
  );
  const early = await build({
    ...COMMON,
    entryPoints: ["early.js"],
    format: "iife",
    target: "es5",
  });
  const worker = await build({ ...COMMON, entryPoints: ["sw.js"], format: "iife" });
  const found = new Map();
  const files = [...page.outputFiles, ...crypto.flatMap(({ outputFiles }) => outputFiles), ...early.outputFiles, ...worker.outputFiles];
  // With something that is imported later, app.js only names what it shares with that.
  const main = files.some(({ path }) => basename(path) === SHARED) ? SHARED : "app.js";
  for (const { path, text } of files) {
    const name = basename(path);
    if (name === main) found.set("page.js", text);
    else if (name !== "app.js") found.set(name, text.replaceAll(`"./${SHARED}"`, '"./page.js"'));
  }
  for (const [name, bundled] of found) {
    // Another pass over what esbuild has left: a phone pays for every byte.
    const { code: text } = await minify(bundled, shorter(name));
    const what = HEADERS[/** @type {keyof HEADERS} */ (name)] || `Caravan: part of page.js. Made of /assets/${name}`;
    found.set(name, `/* ${what} by \`npm run build\`: read those. */\n${text}`);
  }
  return found;
}

const found = await made();
mkdirSync(BUILT, { recursive: true });
const there = new Map(readdirSync(BUILT).map((name) => [name, readFileSync(BUILT + name, "utf8")]));
if (process.argv.includes("--check")) {
  for (const name of new Set([...there.keys(), ...found.keys()])) {
    if (there.get(name) === found.get(name)) continue;
    process.stderr.write(`make_page: error: scanner_web/built/${name} is not what the sources give: npm run build\n`);
    process.exitCode = 1;
  }
} else {
  for (const name of there.keys()) rmSync(BUILT + name);
  for (const [name, text] of found) writeFileSync(BUILT + name, text);
}
