/**
 * What the browser's script makes of a lie, without a browser.
 *
 * It takes the modules as an argument, because `remove_steps.js` judges with copies of
 * them from which something was taken away.
 */

import { readFileSync } from "node:fs";

const MODULES = [
  "verify/verify.js", "verify/verdict.js", "verify/completeness.js", "content.js", "shown.js",
  "scan.js", "whole.js", "words.js",
];
const encoder = new TextEncoder();

/** Return the modules that judge, of the script in a folder. */
export async function modulesOf(folder) {
  const modules = await Promise.all(MODULES.map((name) => import(new URL(name, folder).href)));
  const messages = Object.fromEntries(
    ["en", "zh"].map((lang) => [
      lang,
      JSON.parse(readFileSync(new URL(`locale/${lang}.json`, folder), "utf8")),
    ]),
  );
  const all = Object.assign({ messages }, ...modules);
  await all.loadSums();
  return all;
}

/**
 * Take the steps of `scan.js` for one page: the code, the passport, what is shown.
 *
 * Returns the verdict, and what step 19 found if it found anything.
 */
export async function scanned(given, modules, page = null, lang = "en") {
  const messages = modules.messages[lang];
  let verdict = modules.unjudged("server");
  let [alarms, difference] = [[], null];
  try {
    if (page !== null) modules.verifyCode({ page, messages });
    verdict = await modules.verifyPassport(encoder.encode(given.passport), {
      subject: given.subject,
      lot: given.lot === undefined ? null : given.lot,
      label: given.label === undefined ? null : given.label,
      policy: encoder.encode(given.policy),
      policySource: "server",
      nowMs: given.now_ms,
    });
    alarms = verdict.alarms;
    if (page !== null && verdict.outcome === "verified") {
      const content = modules.contentOf(verdict, messages, lang, page.content);
      modules.verifyShown(page.content, content, messages);
      modules.verifyParts(page.parts, content, messages);
      const { whole } = content;
      if (whole !== null) modules.verifyWhole(page.content.whole, whole, verdict.size, messages);
    }
  } catch (error) {
    if (error instanceof modules.Difference) difference = error;
    verdict = modules.refuse(verdict, error);
  }
  return { verdict, difference, alarms };
}

/** Return what is wrong with a verdict on a case of the vectors; null if nothing is. */
export async function problemWith(given, modules) {
  const page = given.page === undefined ? null : JSON.parse(given.page);
  const { verdict, difference } = await scanned(given, modules, page);
  const { outcome, step, code, index } = verdict;
  const got = { outcome, step, code, index };
  const want = { outcome: given.outcome, step: given.step, code: given.want, index: given.index };
  if (given.want === "ok") Object.assign(want, { code: null, step: 18 });
  if (given.kind !== undefined) {
    const { kind, index: at } = difference || { kind: null, index: null };
    const isNumbered = given.kind !== null && given.kind.includes(" ");
    Object.assign(got, { kind: isNumbered ? `${kind} ${at}` : kind, index: null });
    Object.assign(want, { kind: given.kind, index: null });
  } else if (given.want === "ok") {
    const flags = verdict.statements.flatMap((each) => each.flags.map((f) => [f.index, f.code]));
    Object.assign(got, spelled(verdict), { flags, state: modules.stateOf(verdict) });
    Object.assign(want, { ...got, outcome: "verified", ...given.report });
    if (given.flags !== undefined) want.flags = given.flags;
    if (given.state !== undefined) want.state = given.state;
  }
  if (given.refusal !== undefined) {
    const { time, is_clock_doubtful } = spelledWitnessing(verdict);
    Object.assign(got, { witnessed_at: time, is_clock_doubtful });
    Object.assign(want, given.refusal);
  }
  const [told, wanted] = [got, want].map((each) => JSON.stringify(sorted(each)));
  return told === wanted ? null : `got ${told}, want ${wanted}: ${verdict.detail}`;
}

/** Return what a verdict says, as the vectors spell it. */
function spelled({ lot, members, alarms, cycle, statements, absent, witnessing, outcome, label }) {
  return {
    lot,
    members: members.map((each) => [each.subject, each.relation, each.level, each.isOpen]),
    alarms: alarms.map((each) => [each.subject, each.word, each.index, each.isJudged]),
    cycle,
    shown: statements.map(({ index }) => index),
    apart: statements.filter(({ isApart }) => isApart).map(({ index }) => index),
    about: statements.map(({ index, about }) => [index, about]),
    absent,
    witnessing: spelledWitnessing({ witnessing }),
    label_size: outcome === "verified" && label !== null ? label.size : null,
  };
}

/** Return what a verdict says of witnesses, as the vectors spell it. */
export function spelledWitnessing({ witnessing }) {
  if (witnessing === null) return null;
  const { time, known, seenBy, replayedBy, sameMachine, ahead, ignored } = witnessing;
  return {
    time,
    known,
    seen_by: seenBy,
    replayed_by: replayedBy,
    same_machine: sameMachine,
    ahead,
    ignored,
    is_clock_doubtful: witnessing.isClockDoubtful,
  };
}

function sorted(members) {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
