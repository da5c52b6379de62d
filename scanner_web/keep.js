/**
 * Keep a page that was checked on this phone, with the evidence, so that it opens and is
 * checked again without a connection; `sw.js` gives it out. What is kept is what was
 * checked: the page as this browser read it, and the very bytes that were judged. Of other
 * pages than those the reader has seen nothing is kept, and of those the last thirty.
 */

/** @typedef {import("./load.js").Heard} Heard */

const PAGES = "caravan-pages";
const SCRIPTS = "caravan-scripts";
/** Of each page there are the page and its evidence. */
const MOST = 30 * 2;
const BUILT = /^\/assets\/built\/(?!keep\.js$)/;
/** All pages of a server have the same security policy; this one costs it least. */
const A_PAGE = "/search";

/**
 * Keep the page in the address bar; true if it is kept now.
 *
 * @param {string} html the page as it was checked
 * @param {string} passport the path of its evidence
 * @param {ReadonlyMap<string, Heard>} heard what it was checked with, by path
 * @returns {Promise<boolean>}
 */
export async function keepPage(html, passport, heard) {
  // A page on plain http has neither.
  if (!("serviceWorker" in navigator) || !("caches" in window)) return false;
  if (!heard.has(passport)) return false;
  await navigator.serviceWorker.register("/sw.js");
  const { headers } = await fetched(A_PAGE, { method: "HEAD", headers: { accept: "text/html" } });
  const [pages, scripts] = [await caches.open(PAGES), await caches.open(SCRIPTS)];
  for (const path of loadedScripts()) {
    const script = await fetched(path, { cache: "force-cache" });
    await put(scripts, path, await script.blob(), script.headers);
  }
  for (const [path, { bytes, mediaType }] of heard) {
    const type = new Headers({ "content-type": mediaType });
    await put(path === passport ? pages : scripts, path, bytes, type);
  }
  await put(pages, location.pathname + location.search, html, headers);
  const [...oldest] = await pages.keys();
  for (const request of oldest.slice(0, -MOST)) await pages.delete(request);
  return true;
}

/**
 * Keep the page in the address bar no more.
 *
 * @param {string} passport the path of its evidence
 */
export async function forgetPage(passport) {
  if (!("caches" in window)) return;
  const pages = await caches.open(PAGES);
  for (const path of [passport, location.pathname + location.search]) await pages.delete(path);
}

/** @returns {string[]} what this page has loaded to check it, in the place of WebCrypto too */
function loadedScripts() {
  const names = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  return [...new Set(names)].filter((path) => BUILT.test(path));
}

/**
 * @param {string} path
 * @param {RequestInit} how
 * @returns {Promise<Response>} what is not from what was kept before
 */
async function fetched(path, how) {
  const answer = await fetch(path, { redirect: "error", ...how });
  if (!answer.ok || answer.headers.has("x-kept")) throw new Error(`${path}: not kept`);
  return answer;
}

/**
 * @param {Cache} cache
 * @param {string} path
 * @param {BodyInit} body
 * @param {Headers} given
 */
async function put(cache, path, body, given) {
  const headers = new Headers(given);
  // What is kept is no longer compressed.
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("x-kept", new Date().toISOString());
  await cache.delete(path);
  await cache.put(path, new Response(body, { headers }));
}
