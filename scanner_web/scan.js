/**
 * Fetch the evidence for the scanned code, check it here, and say what came out; then do
 * it once more with all that the code came from.
 *
 * Whatever goes wrong that is not a refusal of the verifier, a missing network or a
 * mistake of ours, ends as "cannot check": there is no way to green but through every
 * step.
 */

import { contentOf } from "./content.js";
import {
  heardFirst, keptAt, LoadFailure, loadLaterWords, loadPassport, loadPolicy, loadRest, loadWholePassport,
  loadWords, passportPath,
} from "./load.js";
import {
  Difference, ofCode, partsOf, verifyFacts, verifyParts, verifyShown, verifyWhole,
} from "./shown.js";
import { isLabel, parseFragment } from "./verify/fragment.js";
import { identifiersFromPath } from "./verify/identifier.js";
import { refuse, unjudged } from "./verify/verdict.js";
import { verifyPassport } from "./verify/verify.js";
import {
  keepLabel, offerMore, pageText, readPage, savesData, showBlock, showChecking, showKept, showMore, showUnchecked,
  showVerdict, showVerified,
} from "./view.js";
import { OF_ANIMALS } from "./whole.js";
import { alarmTitle, countSources, say, tell } from "./words.js";

/** @typedef {import("./verify/identifier.js").Identifier} Identifier */
/** @typedef {import("./verify/verdict.js").Alarm} Alarm */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./view.js").Page} Page */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * What is asked of this page, and what it shows.
 *
 * @typedef {object} Scan
 * @property {Page} page
 * @property {Messages} messages
 * @property {boolean} hasAllWords
 * @property {string | null} lot that was scanned with a serial
 * @property {string | null} label that was scanned: the end of the address, from `#` on
 * @property {Uint8Array} policy that the server suggests
 */

/** @typedef {(done: number, total: number) => void} OnProgress */

const BREATH_MS = 100;
/** Words of which a page comes with the common ones; the server has the same families. */
const WITH_RARE = /^(area|country|disposition|document|sensor|step|unit)\./;
/** What stands in the place of a word that did not come. */
const UNSAID = /(^|\s)(code|label-gap|verdict)(\.[a-z0-9-]+)+/g;
/** What an event has in which a party shows something of itself. */
const PROFILE = "caravan:profile";

/** Check the page. */
export async function scan() {
  const page = readPage();
  const html = pageText();
  const label = isLabel(page.fragment) ? page.fragment : null;
  keepLabel(label, sizeOf(label));
  /** @type {Messages} */
  let messages;
  try {
    messages = await loadWords(page.lang);
  } catch {
    showUnchecked();
    return;
  }
  const title = page.claim
    ? alarmTitle(page.claim, messages)
    : say(messages, "verdict.checking.title");
  showChecking(title, say(messages, "verdict.checking.load"));
  /** @type {Scan} */
  const asked = { page, messages, hasAllWords: false, lot: null, label, policy: new Uint8Array() };
  /** @type {Difference | null} */
  let difference = null;
  /** @type {readonly Alarm[]} */
  let alarms = [];
  let verdict = unjudged("server");
  try {
    asked.lot = verifyCode(asked);
    const [passport, policy] = await Promise.all([loadFirst(asked), loadPolicy()]);
    asked.policy = policy;
    verdict = await judge(asked, passport, (done, total) => {
      showChecking(title, say(messages, "verdict.checking.progress", { done, total }));
    });
    alarms = verdict.alarms;
    if (verdict.outcome === "verified") {
      const { blocks } = page.content;
      const hasSum = OF_ANIMALS.some((name) => blocks[name].length > 0);
      const [rest] = hasSum ? await Promise.all([loadRest(), addWords(asked)]) : [];
      await showChecked(asked, verdict, rest);
    }
  } catch (thrown) {
    const error = isOfTwoTimes(thrown, asked, verdict) ? new LoadFailure("network", String(thrown)) : thrown;
    if (error instanceof Difference) difference = error;
    verdict = error instanceof LoadFailure ? unloaded(error) : refuse(verdict, error);
  }
  if (verdict.outcome !== "verified") await addWords(asked).catch(() => {});
  showVerdict(told(asked, verdict, { difference, alarms }));
  const { checked, all } = countSources(verdict);
  const stands = checked < all ? checkRest(asked, verdict) : checkAll(asked, verdict, false);
  const isShown = verdict.statements.some(({ event }) => event && Object.hasOwn(event.body, PROFILE));
  if (isShown) await checkProfile(asked, verdict);
  const isLasting = await stands;
  if (verdict.outcome !== "verified" || keptAt() !== null) return;
  // Nothing was promised.
  await (isLasting ? keep(asked, html) : forget(asked)).catch(() => {});
}

/**
 * Keep what was verified, to be checked without a connection, if this browser can.
 *
 * @param {Scan} asked
 * @param {string} html the page as the server wrote it
 */
async function keep({ page, label, messages }, html) {
  const { keepPage } = await import("./keep.js");
  const isKept = await keepPage(html, passportPath(page.subject, sizeOf(label)), heardFirst());
  if (isKept) showKept(say(messages, "verdict.kept"));
}

/**
 * Keep a page no more whose first verdict does not stand.
 *
 * @param {Scan} asked
 */
async function forget({ page, label }) {
  const { forgetPage } = await import("./keep.js");
  await forgetPage(passportPath(page.subject, sizeOf(label)));
  showKept("");
}

/**
 * Tell whether a page and its evidence differ because the connection broke between them,
 * and one of the two is what this phone had kept.
 *
 * @param {unknown} error
 * @param {Scan} asked
 * @param {Verdict} verdict
 * @returns {boolean}
 */
function isOfTwoTimes(error, { page }, { size }) {
  return error instanceof Difference && keptAt() !== null && size !== null && size !== page.content.size;
}

/**
 * Add the words that a good first verdict does not need.
 *
 * @param {Scan} asked
 */
async function addWords(asked) {
  if (asked.hasAllWords) return;
  asked.messages = { ...asked.messages, ...(await loadLaterWords(asked.page.lang)) };
  asked.hasAllWords = true;
}

/**
 * Compare the page with a verdict, mark what holds and write it again; throws
 * {@link Difference}, `stale`.
 *
 * @param {Scan} asked
 * @param {Verdict} verdict
 * @param {typeof import("./rest.js")} [rest] what shows sums, where the page has any
 */
async function showChecked(asked, verdict, rest) {
  const content = await contentFor(asked, verdict);
  const { page, messages } = asked;
  const mark = say(messages, "article.checked");
  const words = { mark, more: say(messages, "members.more") };
  try {
    verifyShown(page.content, content, messages);
    verifyParts(page.parts, content, messages);
    if (content.whole !== null) verifyWhole(page.content.whole, content.whole, verdict.size, messages);
  } catch (error) {
    // The alarms are signed, whatever the page makes of them.
    if (content.blocks.alarms.length > 0) showBlock("alarms", content.blocks.alarms, words);
    throw error;
  }
  for (const { index, facts, isAlarm } of content.articles) {
    showVerified(index, { facts, isAlarm, mark });
  }
  showBlock("simulated", content.blocks.simulated, words);
  showBlock("alarms", content.blocks.alarms, words);
  showBlock("product", content.blocks.product, words);
  showBlock("members", content.blocks.members, words);
  if (!rest) return;
  for (const sum of content.sums) rest.showSum(sum, messages);
  if (content.whole !== null) rest.showSums(content.whole, messages);
}

/**
 * Return what the page has to show. A word that is none of the common ones is fetched
 * first, with all others: no verdict is told on a page with a word missing.
 *
 * @param {Scan} asked
 * @param {Verdict} verdict
 */
async function contentFor(asked, verdict) {
  const { lang, content } = asked.page;
  let isShort = false;
  const find = (/** @type {Messages} */ messages, /** @type {string | symbol} */ key) => {
    const found = Object.getOwnPropertyDescriptor(messages, key);
    if (!found && WITH_RARE.test(String(key))) isShort = true;
    return found;
  };
  const noted = new Proxy(asked.messages, {
    get: (messages, key) => find(messages, key)?.value,
    getOwnPropertyDescriptor: find,
  });
  const made = contentOf(verdict, noted, lang, content);
  if (!isShort || asked.hasAllWords) return made;
  await addWords(asked);
  return contentOf(verdict, asked.messages, lang, content);
}

/**
 * Check the sources that the first answer leaves open: unasked, unless the reader saves
 * data and the server speaks of no alarm that is still to be found.
 *
 * @param {Scan} asked
 * @param {Verdict} first
 * @returns {Promise<boolean>} whether the first verdict stands, as far as was looked
 */
async function checkRest(asked, first) {
  const isClaimed = asked.page.claim !== "" && first.alarms.length === 0;
  if (!savesData() || isClaimed) return checkAll(asked, first, true);
  offerMore(say(asked.messages, "rest.button"), async () => {
    if (!(await checkAll(asked, first, true))) await forget(asked);
  });
  return true;
}

/**
 * Fetch everything that the code came from, and what checks it.
 *
 * @param {Scan} asked
 * @param {Verdict} first
 * @param {boolean} isOpen there is more evidence than the first verdict is on
 * @returns {Promise<boolean>} whether the first verdict stands, as far as was looked
 */
async function checkAll(asked, first, isOpen) {
  if (first.outcome !== "verified") return false;
  if (isOpen) showMore(say(asked.messages, "rest.loading"));
  const loaded = await Promise.all([
    loadRest(),
    isOpen ? loadWholePassport(asked.page.subject, sizeOf(asked.label)) : null,
    addWords(asked),
  ]).catch((error) => {
    if (!(error instanceof LoadFailure)) throw error;
    const code = say(asked.messages, `code.${error.code}`);
    showMore(say(asked.messages, "rest.failed", { code }));
    return null;
  });
  if (loaded === null) return true;
  const [rest, passport] = loaded;
  return rest.checkWhole(asked, first, passport);
}

/**
 * Show what the party says of itself. It is beside the verdict, and changes nothing of it.
 *
 * @param {Scan} asked
 * @param {Verdict} verdict
 */
async function checkProfile(asked, verdict) {
  const loaded = await Promise.all([loadRest(), addWords(asked)]).catch(() => null);
  if (loaded !== null) await loaded[0].showOwn(asked, verdict);
}

/**
 * Return the words for a verdict on this page.
 *
 * @param {Scan} asked
 * @param {Verdict} verdict
 * @param {{difference: Difference | null, alarms: readonly Alarm[]}} found
 */
export function told({ page, messages, hasAllWords, lot }, verdict, { difference, alarms }) {
  const { subject, claim } = page;
  const nowMs = Date.now();
  // In the zone as it was when witnesses saw the ledger: summer time is none of the code.
  const zoneMinutes = -new Date(verdict.witnessedAt || nowMs).getTimezoneOffset();
  const clock = { nowMs, zoneMinutes };
  const known = { subject, hasLot: lot !== null, difference, alarms, claim, clock, keptAt: keptAt() };
  const words = tell(verdict, messages, known);
  if (hasAllWords) return words;
  // Without a connection some words are missing: the others are said.
  const paragraphs = words.paragraphs.map((text) => text.replace(UNSAID, "").trim()).filter(Boolean);
  return { ...words, paragraphs };
}

/**
 * Return the passport, with the proof for the label if this server can give it. If it
 * cannot, the verifier says why, by the evidence and not by this server's word.
 *
 * @param {Scan} asked
 * @returns {Promise<Uint8Array>}
 */
async function loadFirst({ page, label }) {
  try {
    return await loadPassport(page.subject, sizeOf(label));
  } catch (error) {
    if (!(error instanceof LoadFailure) || error.code !== "label") throw error;
    return loadPassport(page.subject, null);
  }
}

/**
 * Return the size of the tree that a label was printed from, to ask for the proof; null
 * if there is none to ask for. What is wrong with a label is for the verifier to say.
 *
 * @param {string | null} label
 * @returns {number | null}
 */
function sizeOf(label) {
  try {
    return label === null ? null : parseFragment(label).size;
  } catch {
    return null;
  }
}

/**
 * Return the verdict when nothing came to judge.
 *
 * @param {LoadFailure} error
 * @returns {Verdict}
 */
export function unloaded(error) {
  return { ...unjudged("server"), code: error.code, detail: error.message };
}

/**
 * Return the verdict on what this server gives about the code in the address bar.
 *
 * @param {Scan} asked
 * @param {Uint8Array} passport
 * @param {OnProgress} onProgress
 * @returns {Promise<Verdict>}
 */
export async function judge({ page, lot, label, policy }, passport, onProgress) {
  let breath = Date.now();
  return verifyPassport(passport, {
    subject: page.subject,
    lot,
    label,
    policy,
    policySource: "server",
    nowMs: Date.now(),
    onProgress: async (done, total) => {
      if (Date.now() - breath < BREATH_MS) return;
      onProgress(done, total);
      // The page stays alive while it checks: a slow phone can scroll and paint.
      await new Promise((resolve) => setTimeout(resolve));
      breath = Date.now();
    },
  });
}

/**
 * Check that the page is about the code that was scanned: the one in the address,
 * whatever the document says, and that no fact stands where none can be compared.
 * Throws `fact-mismatch`, `identifier`.
 *
 * @param {Scan} asked
 * @returns {string | null} the lot that was scanned with a serial
 */
export function verifyCode({ page, messages }) {
  const { path, subject, parts, strays } = page;
  const scanned = identifiersFromPath(path, { host: new URL(subject).host });
  const [first] = scanned;
  if (!first || first.text !== subject) {
    throw new Difference("fact", "code", { fact: "own", shown: subject, signed: path });
  }
  const lot = scannedLot(scanned);
  verifyFacts("code", ofCode(parts), partsOf(first, messages, lot), messages);
  const [fact] = strays;
  if (fact !== undefined) throw new Difference("fact-extra", "page", { fact });
  return lot === null ? null : lot.text;
}

/**
 * @param {readonly Identifier[]} scanned
 * @returns {Identifier | null} the lot that was scanned with a serial
 */
function scannedLot([first, ...others]) {
  if (!first || first.kind !== "serial") return null;
  return others.find(({ kind }) => kind === "lot") || null;
}
