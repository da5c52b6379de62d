/**
 * Gives pages that this phone has kept when there is no connection, and only then: what
 * the network answers always comes first, whatever it is. `keep.js` puts into the store
 * what was verified, and nothing else does.
 */

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(fetch(request).catch((error) => keptFor(request, error)));
});

/**
 * @param {Request} request
 * @param {unknown} error why the network did not answer
 * @returns {Promise<Response>}
 */
async function keptFor(request, error) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (!kept) throw error;
  return kept;
}
