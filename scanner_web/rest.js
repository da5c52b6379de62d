/**
 * What follows the first verdict: all that the code came from, and what a party shows of
 * itself. No first verdict waits for this module, and none is taken back without it.
 */

import { contentOf } from "./content.js";
import { loadDisclosures, LoadFailure } from "./load.js";
import { judge, told, unloaded } from "./scan.js";
import { showProfile, showSums, unmark } from "./sections.js";
import { Difference, verifyFacts, verifyShown, verifyWhole } from "./shown.js";
import { Refusal } from "./verify/errors.js";
import { refuse, unjudged } from "./verify/verdict.js";
import { showBlock, showMore, showVerdict } from "./view.js";
import { say, stateOf } from "./words.js";

export { showSum, showSums } from "./sections.js";

/** @typedef {import("./content.js").Content} Content */
/** @typedef {import("./scan.js").Scan} Scan */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */

/**
 * Check everything that the code came from, and sum it up. The verdict on it takes the
 * place of the first; an answer that says nothing leaves the first as it is.
 *
 * @param {Scan} asked with all words
 * @param {Verdict} first
 * @param {Uint8Array | null} passport with all the evidence; null if the first verdict is
 *   on all that there is
 * @returns {Promise<boolean>} whether the first verdict stands, as far as was looked:
 *   without a connection there will be no other
 */
export async function checkWhole(asked, first, passport) {
  const { page, messages } = asked;
  /** @type {Difference | null} */
  let difference = null;
  let verdict = unjudged("server");
  try {
    verdict = passport === null ? first : await judge(asked, passport, (done, total) => {
      showMore(say(messages, "verdict.checking.progress", { done, total }), { done, total });
    });
    if (verdict.outcome === "verified") {
      verifySameTree(first, verdict);
      const hasAll = passport !== null || page.content.hasAll;
      const content = contentOf(verdict, messages, page.lang, { isAll: true, hasAll });
      if (passport === null) verifyShown(page.content, content, messages);
      const kept = keptFirst(asked, first, verdict, content);
      if (kept !== null) {
        showMore(kept);
        return true;
      }
      const { whole } = content;
      if (whole !== null) verifyWhole(page.content.whole, whole, verdict.size, messages);
      showWhole(asked, content);
    }
  } catch (error) {
    if (error instanceof Difference) {
      difference = error;
      unmark();
    }
    verdict = error instanceof LoadFailure ? unloaded(error) : refuse(verdict, error);
  }
  if (verdict.outcome === "cannot-check") {
    const code = say(asked.messages, `code.${verdict.code}`);
    showMore(say(asked.messages, "rest.failed", { code }));
    return true;
  }
  if (verdict === first) return true;
  showVerdict(told(asked, verdict, { difference, alarms: first.alarms }));
  showMore("");
  return verdict.outcome === "verified" && (stateOf(verdict) !== "alarm" || stateOf(first) === "alarm");
}

/**
 * Return why the first verdict stays although the second is verified, or null.
 *
 * @param {Scan} asked
 * @param {Verdict} first
 * @param {Verdict} second
 * @param {Content} content of the second
 * @returns {string | null}
 */
function keptFirst({ page, messages }, first, second, content) {
  const [size, whole] = [first.size || 0, second.size || 0];
  if (whole < size) return say(messages, "rest.older");
  if (stateOf(second) === "alarm") return null;
  const known = new Set(first.members.filter(({ isOpen }) => !isOpen).map(({ subject }) => subject));
  // What the first verdict knew of, whatever the page says of its own age.
  const read = new Set(first.statements.map(({ index }) => index));
  const isNewer = second.statements.some(
    ({ index, about }) => !read.has(index) && about.some((name) => known.has(name)),
  );
  if (isNewer) return say(messages, "rest.changed");
  const shown = new Map(content.articles.map((article) => [article.index, article]));
  for (const { index, isApart, facts } of page.content.articles) {
    const article = shown.get(index);
    if (!article || article.isApart !== isApart) return say(messages, "rest.changed");
    try {
      verifyFacts(index, facts, article.facts, messages);
    } catch (error) {
      if (error instanceof Difference) return say(messages, "rest.changed");
      throw error;
    }
  }
  return null;
}

/**
 * Write what the whole of the evidence adds to the page: alarms, members, and what sums
 * up all of the way.
 *
 * @param {Scan} asked
 * @param {Content} content
 */
function showWhole({ page, messages }, { blocks, whole }) {
  const words = { mark: say(messages, "article.checked"), more: say(messages, "members.more") };
  const articles = new Set(page.content.articles.map(({ index }) => `#entry-${index}`));
  const alarms = blocks.alarms.map((row) =>
    row.map(([name, text, href]) => {
      // A statement that the page does not show is found where the ledger has it.
      const isThere = href === undefined || !href.startsWith("#") || articles.has(href);
      const to = isThere ? href : href.replace("#entry-", "/entries/");
      return to === undefined ? /** @type {const} */ ([name, text]) : /** @type {const} */ ([name, text, to]);
    }),
  );
  showBlock("alarms", alarms, words);
  showBlock("members", blocks.members, words);
  if (whole !== null) showSums(whole, messages);
}

/**
 * Check that two verdicts on one ledger are not of two histories; throws `split-view`.
 * Trees of different sizes cannot be compared here.
 *
 * @param {Verdict} first
 * @param {Verdict} second
 */
function verifySameTree(first, second) {
  if (first.size === second.size && first.root !== second.root) {
    const message = `checkpoint of size ${first.size}: got ${second.root}, had ${first.root}`;
    throw Object.assign(new Refusal("split-view", message), { step: 3 });
  }
}

/**
 * Show what the party says of itself, if it signed that and this server has it. It is
 * beside the verdict, and changes nothing of it.
 *
 * @param {Scan} asked with all words
 * @param {Verdict} verdict
 */
export async function showOwn({ page, messages }, verdict) {
  const made = await import("./profile.js").catch(() => null);
  if (made === null) return;
  const { profileOf, tellNoProfile, tellProfile } = made;
  const profile = profileOf(page.subject, verdict);
  if (profile.size === 0) return;
  try {
    showProfile(await tellProfile(profile, await loadDisclosures(page.subject), messages));
  } catch {
    showProfile(tellNoProfile(messages));
  }
}
