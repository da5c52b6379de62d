/**
 * Fetch the evidence for the scanned code, check it here, and say what came out.
 *
 * Whatever goes wrong that is not a refusal of the verifier, a missing network or a
 * mistake of ours, ends as "cannot check": there is no way to green but through every
 * step.
 */

import { LoadFailure, loadPassport, loadPolicy } from "./load.js";
import { Difference, partsOf, verifyFacts, verifyShown } from "./shown.js";
import { directoryFacts, eventFacts, namesAt } from "./verify/facts.js";
import { identifiersFromPath } from "./verify/identifier.js";
import { label } from "./verify/note.js";
import { refuse, unjudged } from "./verify/verdict.js";
import { verifyPassport } from "./verify/verify.js";
import { readPage, showChecking, showVerdict, showVerified } from "./view.js";
import { say, tell } from "./words.js";

/** @typedef {import("./shown.js").Facts} Facts */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./view.js").Messages} Messages */
/** @typedef {import("./view.js").Page} Page */

const BREATH_MS = 100;

/** Check the page. */
export async function scan() {
  const page = readPage();
  const { lang, messages } = page;
  const title = say(messages, "verdict.checking.title");
  showChecking(title, say(messages, "verdict.checking.load"));
  /** @type {Difference | null} */
  let difference = null;
  let verdict = unjudged("server");
  try {
    verdict = await judge(page, (done, total) => {
      showChecking(title, say(messages, "verdict.checking.progress", { done, total }));
    });
    if (verdict.outcome === "verified") {
      const verified = factsOf(verdict, messages, lang);
      verifyShown(page.articles, verified, page.size);
      const mark = say(messages, "article.checked");
      for (const { index, event } of verdict.statements) {
        const facts = verified.get(index) || [];
        showVerified(index, { facts, isAlarm: event !== null && event.isAlarm, mark });
      }
    }
  } catch (error) {
    if (error instanceof Difference) difference = error;
    verdict = error instanceof LoadFailure
      ? { ...unjudged("server"), code: error.code, detail: error.message }
      : refuse(verdict, error);
  }
  if (verdict.outcome === "verified" && page.fragment.startsWith("#c=")) {
    verdict = { ...verdict, absent: [...verdict.absent, "label"] };
  }
  showVerdict(tell(verdict, messages, difference));
}

/**
 * Return the verdict on what this server gives about the code in the address bar.
 *
 * @param {Page} page
 * @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<Verdict>}
 */
async function judge(page, onProgress) {
  const { subject, strays } = page;
  verifyCode(page);
  const [fact] = strays;
  if (fact !== undefined) throw new Difference("fact-extra", null, { fact });
  const [passport, policy] = await Promise.all([loadPassport(subject), loadPolicy()]);
  let breath = Date.now();
  return verifyPassport(passport, {
    subject,
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
 * whatever the document says. Throws `fact-mismatch`, `identifier`.
 *
 * @param {Page} page
 */
function verifyCode({ path, subject, parts, messages }) {
  const [scanned] = identifiersFromPath(path, { host: new URL(subject).host });
  if (!scanned || scanned.text !== subject) {
    throw new Difference("fact", null, { fact: "own", shown: subject, signed: path });
  }
  verifyFacts(null, parts, new Map(partsOf(scanned, messages)));
}

/**
 * Return the texts of every verified statement, by its index.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {string} lang
 * @returns {Map<number, Facts>}
 */
export function factsOf({ statements, directory }, messages, lang) {
  /** @type {Map<number, Facts>} */
  const texts = new Map();
  for (const { index, statement, event, body, who: party, logTime, flags } of statements) {
    const who = party === null ? say(messages, "who.registrar") : party;
    const signedBy = statement.signers.map(label);
    const names = directory ? namesAt(directory, index) : undefined;
    const known = { index, who, logTime, flags, lang, messages, names, signedBy };
    texts.set(index, event ? eventFacts(event, known) : directoryFacts(body, known));
  }
  return texts;
}
