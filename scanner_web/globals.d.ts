/** What early.js leaves for the page's script. */
interface Window {
  /** The engine is too old to check anything. */
  cannotCheck?: boolean;
  /** The evidence, asked for before that script was there. */
  early?: { path: string; abort: AbortController; answer: Promise<Response> };
}
