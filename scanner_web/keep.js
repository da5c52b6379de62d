/**
 * Keep a page that was checked on this phone, with the evidence, so that it opens and is
 * checked again without a connection; `sw.js` gives it out. Of other pages than those the
 * reader has seen nothing is kept, and of those the last thirty.
 */

const PAGES = "caravan-pages";
const SCRIPTS = "caravan-scripts";
/** Of each page there are the page and its evidence. */
const MOST = 30 * 2;
const WITH_EVERY_PAGE = [
  "/policy", "/assets/built/early.js", "/assets/built/page.js", "/assets/built/rest.js", "/assets/built/sums.js",
];

/**
 * Keep the page in the address bar; true if it is kept now.
 *
 * @param {string} passport the path of its evidence
 * @param {string} lang
 * @returns {Promise<boolean>}
 */
export async function keepPage(passport, lang) {
  // A page on plain http has neither.
  if (!("serviceWorker" in navigator) || !("caches" in window)) return false;
  await navigator.serviceWorker.register("/sw.js");
  const words = [`/assets/words/${lang}.json`, `/assets/words/${lang}.later.json`];
  const scripts = await caches.open(SCRIPTS);
  for (const path of [...WITH_EVERY_PAGE, ...words, ...fallbacks()]) await put(scripts, path, "");
  const pages = await caches.open(PAGES);
  await put(pages, passport, "application/json");
  await put(pages, location.pathname + location.search, "text/html");
  const [...oldest] = await pages.keys();
  for (const request of oldest.slice(0, -MOST)) await pages.delete(request);
  return true;
}

/** @returns {string[]} what this page has loaded in the place of WebCrypto */
function fallbacks() {
  return performance
    .getEntriesByType("resource")
    .map(({ name }) => new URL(name).pathname)
    .filter((path) => /^\/assets\/built\/(ed25519|sha2)\.js$/.test(path));
}

/**
 * @param {Cache} cache
 * @param {string} path
 * @param {string} accept
 */
async function put(cache, path, accept) {
  const answer = await fetch(path, { redirect: "error", headers: accept ? { accept } : {} });
  if (!answer.ok || answer.headers.has("x-kept")) throw new Error(`${path}: not kept`);
  const headers = new Headers(answer.headers);
  // What is kept is no longer compressed.
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("x-kept", new Date().toISOString());
  await cache.delete(path);
  await cache.put(path, new Response(await answer.blob(), { headers }));
}
