/** What early.js leaves for the page's script. */
interface Window {
  /** The engine is too old to check anything. */
  cannotCheck?: boolean;
  /** The evidence, asked for before that script was there. */
  early?: { path: string; abort: AbortController; answer: Promise<Response> };
}

/** What sw.js uses of a service worker, which is no page. */
interface WorkerScope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", then: (event: { waitUntil(done: Promise<unknown>): void }) => void): void;
  addEventListener(type: "fetch", then: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
}
