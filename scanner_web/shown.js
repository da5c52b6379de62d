/**
 * Step 14: what the page shows is what was verified.
 *
 * The server has written every fact into the page before anything was checked. Each is
 * compared with the one computed from the verified statement; the first that differs
 * turns the verdict, with its place named. Pure: no document.
 */

import { Refusal } from "./verify/errors.js";

/** @typedef {import("./verify/identifier.js").Identifier} Identifier */
/** @typedef {import("./view.js").Messages} Messages */
/** @typedef {readonly (readonly [string, string])[]} Facts names and texts */
/** @typedef {{index: number, facts: Facts}} ShownArticle what stands in the page */
/** @typedef {"fact" | "fact-missing" | "fact-extra" | "article-missing" | "article-extra"} DifferenceKind */

/** Say where the page and the statements part. */
export class Difference extends Refusal {
  /**
   * @param {DifferenceKind} kind
   * @param {number | null} index
   * @param {{fact?: string, shown?: string, signed?: string}} [what]
   */
  constructor(kind, index, { fact = "", shown = "", signed = "" } = {}) {
    super("fact-mismatch", `${kind} ${fact}: got ${shown}, want ${signed}`);
    this.kind = kind;
    this.index = index;
    this.step = 14;
    this.fact = fact;
    this.shown = shown;
    this.signed = signed;
  }
}

/**
 * Check that the articles show the verified facts, all of them and nothing else; throws
 * `fact-mismatch`, or `stale` when the ledger has a newer statement than the page.
 *
 * @param {readonly ShownArticle[]} articles
 * @param {ReadonlyMap<number, Facts>} verified facts by index
 * @param {number} pageSize of the ledger when the page was made
 */
export function verifyShown(articles, verified, pageSize) {
  const shown = new Map(articles.map((article) => [article.index, article.facts]));
  for (const index of verified.keys()) {
    if (!shown.has(index) && index >= pageSize) {
      throw Object.assign(new Refusal("stale", `page: without entry ${index}`), { step: 14 });
    }
  }
  for (const [index, facts] of verified) {
    const texts = shown.get(index);
    if (!texts) throw new Difference("article-missing", index);
    verifyFacts(index, texts, new Map(facts));
  }
  for (const { index } of articles) {
    if (!verified.has(index)) throw new Difference("article-extra", index);
  }
  // Of two articles with one index only the last was compared.
  if (shown.size !== articles.length) throw new Difference("article-extra", null);
}

/**
 * Return what a page shows of the code it is about: what kind of thing it names, by
 * which name, and each key of it with its value.
 *
 * @param {Identifier} identifier
 * @param {Messages} messages
 * @returns {Facts}
 */
export function partsOf({ text, kind, parts }, messages) {
  const [word = ""] = parts;
  const key = kind === "own" ? `kind.own.${word}` : `kind.${kind}`;
  const named = Object.hasOwn(messages, key) ? /** @type {string} */ (messages[key]) : word;
  /** @type {[string, string][]} */
  const shown = [["kind", named], ["name", parts.at(-1) || ""]];
  if (kind === "own") return [...shown, ["own", text]];
  const keys = new URL(text).pathname.split("/").filter((_, place) => place % 2 === 1);
  for (const [place, part] of parts.entries()) shown.push([keys[place] || "", part]);
  return shown;
}

/**
 * Check that texts are those that were verified, all of them and nothing else; throws
 * `fact-mismatch`.
 *
 * @param {number | null} index of the article they stand in
 * @param {Facts} texts as shown
 * @param {ReadonlyMap<string, string>} verified
 */
export function verifyFacts(index, texts, verified) {
  const shown = new Map(texts);
  for (const [fact, text] of verified) {
    const got = shown.get(fact);
    const signed = collapse(text);
    if (got === undefined) throw new Difference("fact-missing", index, { fact, signed });
    if (collapse(got) !== signed) throw new Difference("fact", index, { fact, shown: got, signed });
  }
  for (const [place, [fact, text]] of texts.entries()) {
    const isDouble = texts.findIndex(([name]) => name === fact) !== place;
    if (isDouble || !verified.has(fact)) {
      throw new Difference("fact-extra", index, { fact, shown: text });
    }
  }
}

/**
 * Return a text as a browser lays it out: white space is one blank.
 *
 * @param {string} text
 * @returns {string}
 */
function collapse(text) {
  return text.replace(/[ \t\n\r]+/g, " ").trim();
}
