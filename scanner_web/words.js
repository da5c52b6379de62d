/**
 * A verdict in the reader's language: pure, from a verdict and the locale's messages.
 */

import { time } from "./verify/wording.js";

/** @typedef {import("./verify/verdict.js").Alarm} Alarm */
/** @typedef {import("./verify/trust.js").Witnessing} Witnessing */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./shown.js").Difference} Difference */
/** @typedef {Readonly<Record<string, string>>} Messages */

/**
 * What the page shows: an outcome, and of what is verified whether anything is open, or
 * wrong with the goods themselves. Only `verified` is green.
 *
 * @typedef {"verified" | "partial" | "alarm" | "not-verified" | "cannot-check"} State
 */

/**
 * The reader's clock: milliseconds since 1970, and how many minutes its zone is ahead of
 * UTC.
 *
 * @typedef {{nowMs: number, zoneMinutes: number}} Clock
 */

/**
 * What else is known when a verdict is told.
 *
 * @typedef {object} Known
 * @property {string} subject that was scanned
 * @property {boolean} hasLot a lot was scanned with it
 * @property {Difference | null} difference what step 19 found
 * @property {readonly Alarm[]} alarms that were verified, whatever step 19 found
 * @property {string} claim the word for the alarm that the server says there is, or empty
 * @property {Clock} clock of the reader
 * @property {string | null} [keptAt] when this phone kept what it shows without a connection
 */

/**
 * What the reader is told.
 *
 * @typedef {object} Told
 * @property {State} state
 * @property {string} alarm the word for the alarm in the title, or empty
 * @property {string} title
 * @property {string | null} attention what must not be overlooked
 * @property {string[]} paragraphs
 * @property {{title: string, items: string[]}} absent
 * @property {{title: string, lines: string[]}} more
 */

/** What is not checked and not green, with its title; the first that applies is told. */
const PARTIAL = /** @type {const} */ ([
  ["standing", "verdict.strangers.title"],
  ["contents", "verdict.contents.title"],
]);
/** The step at which witnesses are asked. */
const WITNESSES = 17;
/** The alarms that have a title of their own, and the word for any other. */
const TITLES = new Set(["recalled", "inactive", "non_conformant", "other"]);

/**
 * Return a message with its blanks filled in; a missing one shows its key.
 *
 * @param {Messages} messages
 * @param {string} key
 * @param {Readonly<Record<string, string | number>>} [values]
 * @returns {string}
 */
export function say(messages, key, values = {}) {
  const text = Object.hasOwn(messages, key) ? /** @type {string} */ (messages[key]) : key;
  return text.replace(/\{([a-zA-Z]+)\}/g, (blank, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : blank,
  );
}

/**
 * Return the word for the gravest of some alarms, as the title of a page has it: a code
 * that was voided is the scanned one, not something it was made from.
 *
 * @param {readonly Alarm[]} alarms
 * @param {string} subject that was scanned
 * @returns {string} empty if there are none
 */
export function gravest(alarms, subject) {
  const words = new Set(alarms.map(({ word }) => word));
  if (words.has("recalled")) return "recalled";
  const isVoid = alarms.some((alarm) => alarm.word === "inactive" && alarm.subject === subject);
  if (isVoid) return "inactive";
  if (words.has("non_conformant")) return "non_conformant";
  return alarms.length > 0 ? "other" : "";
}

/**
 * Return the title of a page with an alarm.
 *
 * @param {string} word
 * @param {Messages} messages
 * @returns {string}
 */
export function alarmTitle(word, messages) {
  return say(messages, `alarm.title.${TITLES.has(word) ? word : "other"}`);
}

/**
 * Return what a page shows of a verdict.
 *
 * @param {Verdict} verdict
 * @returns {State}
 */
export function stateOf({ outcome, alarms, members, absent }) {
  if (outcome !== "verified") return outcome;
  if (alarms.length > 0) return "alarm";
  // What only strangers speak of is signed, and still nothing that anybody answers for. Of
  // what is below a code a recall does not show.
  const isOpen = members.some((member) => member.isOpen);
  const isPartial = isOpen || PARTIAL.some(([name]) => absent.includes(name));
  return isPartial ? "partial" : "verified";
}

/**
 * Return how many of the sources are checked.
 *
 * @param {Verdict} verdict
 * @returns {{checked: number, all: number}}
 */
export function countSources({ members }) {
  const sources = members.filter(({ relation }) => relation === "source");
  return { checked: sources.filter(({ isOpen }) => !isOpen).length, all: sources.length };
}

/**
 * Return the words for a verdict.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Known} known
 * @returns {Told}
 */
export function tell(verdict, messages, known) {
  const state = stateOf(verdict);
  const isVerified = verdict.outcome === "verified";
  // A recall stands above everything, also one that could not be checked.
  const alarm = { alarm: gravest(verdict.alarms, known.subject), "cannot-check": known.claim };
  const word = state === "alarm" || state === "cannot-check" ? alarm[state] : "";
  return {
    state,
    alarm: word,
    title: word ? alarmTitle(word, messages) : titleOf(state, verdict, messages, known),
    attention: attentionWords(state, verdict, messages, known),
    paragraphs: [
      ...offlineWords(messages, known),
      ...(isVerified
        ? [
            ...adviceWords(state, word, messages),
            ...sourceAlarmWords(verdict, messages, known.subject),
            ...limitWords(verdict, messages, known.clock),
          ]
        : otherWords(verdict, messages, known)),
    ],
    absent: {
      title: say(messages, "verdict.absent"),
      items: isVerified ? absentWords(verdict, messages) : [],
    },
    more: {
      title: say(messages, "verdict.more"),
      lines: [
        ...(isVerified ? foundWords(verdict, messages) : []),
        ...moreLines(verdict, messages, known.clock),
      ],
    },
  };
}

/**
 * @param {State} state
 * @param {string} word of the gravest alarm
 * @param {Messages} messages
 * @returns {string[]} what to do
 */
function adviceWords(state, word, messages) {
  const isGrave = word === "recalled" || word === "non_conformant";
  return state === "alarm" && isGrave ? [say(messages, "alarm.advice")] : [];
}

/**
 * @param {Messages} messages
 * @param {Known} known
 * @returns {string[]}
 */
function offlineWords(messages, { keptAt, clock }) {
  return keptAt ? [say(messages, "verdict.offline", { time: minute(keptAt, messages, clock) })] : [];
}

/**
 * @param {State} state
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Known} known
 * @returns {string}
 */
function titleOf(state, verdict, messages, { hasLot, clock }) {
  const found = checkedWords(verdict, messages, clock);
  if (state === "partial") return say(messages, partialTitle(verdict), found).trim();
  if (state === "not-verified" && verdict.code === "not-packed") {
    return say(messages, `verdict.not-packed.${hasLot ? "lot" : "none"}`);
  }
  if (state === "not-verified" && verdict.code === "label-mismatch") {
    return say(messages, "verdict.label-mismatch.title");
  }
  if (isOutOfDate(verdict)) {
    return say(messages, "verdict.stale.title", {
      witnessedAt: minute(verdict.witnessedAt, messages, clock),
    });
  }
  return say(messages, `verdict.${state}.title`, found).trim();
}

/**
 * Return what the one sentence of a verdict says: how much was checked, what was found,
 * and who has seen the ledger when.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Clock} clock
 * @returns {Readonly<Record<string, string | number>>}
 */
function checkedWords(verdict, messages, clock) {
  const isComplete = verdict.witnessing !== null && verdict.witnessing.replayedBy.length > 0;
  const isOpen = stateOf(verdict) !== "verified";
  return {
    ...countSources(verdict),
    count: verdict.statements.filter(({ isApart }) => !isApart).length,
    found: say(messages, isComplete && !isOpen ? "verdict.found.complete" : "verdict.found"),
    seen: seenWords(verdict, messages, clock),
  };
}

/**
 * @param {Verdict} verdict that is not green, without an alarm
 * @returns {string} what its title is called
 */
function partialTitle({ absent }) {
  const found = PARTIAL.find(([name]) => absent.includes(name));
  return found ? found[1] : "verdict.partial.title";
}

/**
 * @param {State} state
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Known} known
 * @returns {string | null}
 */
function attentionWords(state, { cycle }, messages, { subject, alarms, claim }) {
  if (state === "cannot-check" && claim) return say(messages, "verdict.claimed.cannot-check");
  if (state === "not-verified") {
    const word = gravest(alarms, subject);
    if (word) return say(messages, "verdict.signed-alarm", { alarm: alarmTitle(word, messages) });
    if (!claim) return null;
    return say(messages, "verdict.claimed.not-verified", { alarm: alarmTitle(claim, messages) });
  }
  return cycle.length > 0 ? say(messages, "verdict.cycle") : null;
}

/**
 * Return what the reader has to know of a verdict that holds: how far it reaches, and on
 * whose word it rests.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Clock} clock
 * @returns {string[]}
 */
function limitWords(verdict, messages, clock) {
  const { policySource, witnessing } = verdict;
  const words = [...sourceWords(verdict, messages), say(messages, "verdict.caveat")];
  if (isUnseenInTitle(verdict)) {
    words.unshift(say(messages, "verdict.alarm.checked", checkedWords(verdict, messages, clock)));
  }
  const isNamed = witnessing !== null && isSeen(witnessing);
  const names = witnessing === null ? "" : witnessing.ignored.join(", ");
  if (names) words.push(say(messages, "verdict.ignored", { names }));
  const isNamedByServer = policySource === "server" && isNamed;
  words.push(say(messages, isNamedByServer ? "source.server.witnesses" : `source.${policySource}`));
  return words;
}

/**
 * @param {Verdict} verdict
 * @returns {boolean} whether its title does not say who has seen the ledger
 */
function isUnseenInTitle(verdict) {
  return stateOf(verdict) === "alarm" || verdict.absent.includes("standing");
}

/**
 * Return what was found, at length.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {string[]}
 */
function foundWords({ origin, statements, members, witnessing, label }, messages) {
  const count = statements.filter(({ isApart }) => !isApart).length;
  const words = [say(messages, "verdict.verified.detail", { count, origin: origin || "" })];
  if (witnessing !== null && witnessing.replayedBy.length > 0) {
    const isOpen = members.some((member) => member.isOpen);
    words.push(say(messages, isOpen ? "verdict.complete.open" : "verdict.complete"));
  }
  if (label !== null) words.push(say(messages, "verdict.verified.label"));
  return words;
}

/**
 * Return who has seen the ledger and when.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Clock} clock
 * @returns {string}
 */
function seenWords({ sealTime, witnessing }, messages, clock) {
  if (witnessing === null) return "";
  const { time } = witnessing;
  if (time === null) {
    return say(messages, "verdict.as-of", { sealTime: minute(sealTime, messages, clock) });
  }
  const today = hourToday(time, clock);
  const key = `verdict.seen${isOwn(witnessing) ? ".own" : ""}${today === null ? "" : ".today"}`;
  return say(messages, key, { ...counts(witnessing), time: today || minute(time, messages, clock) });
}

/**
 * @param {Witnessing} witnessing
 * @returns {boolean} whether all that count run where the ledger runs
 */
function isOwn({ seenBy, replayedBy, sameMachine }) {
  const { size } = new Set([...seenBy, ...replayedBy]);
  return size > 0 && size === sameMachine.length;
}

/**
 * @param {Witnessing} witnessing
 * @returns {boolean} whether any witness counts
 */
function isSeen({ seenBy, replayedBy }) {
  return seenBy.length + replayedBy.length > 0;
}

/**
 * @param {Witnessing} witnessing
 * @returns {{seen: number, known: number}}
 */
function counts({ seenBy, known }) {
  return { seen: seenBy.length, known };
}

/**
 * Return how far the sources were checked, and what was looked at of the others.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {string[]}
 */
function sourceWords(verdict, messages) {
  const state = stateOf(verdict);
  const sources = countSources(verdict);
  if (sources.checked === sources.all) return [];
  if (state === "alarm") return [say(messages, "verdict.sources", sources)];
  const open = sources.all - sources.checked;
  return [say(messages, "verdict.sources.open", { ...sources, open })];
}

/**
 * Say in plain words what an alarm of a source means for what was scanned; nothing if one
 * as grave is about that itself.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {string} subject that was scanned
 * @returns {string[]}
 */
function sourceAlarmWords({ alarms, members }, messages, subject) {
  const word = gravest(alarms, subject);
  const grave = TITLES.has(word) && word !== "other" ? alarms.filter((a) => a.word === word) : alarms;
  const alarmed = members.filter((member) => grave.some((alarm) => alarm.subject === member.subject));
  const [nearest] = alarmed;
  if (!nearest || alarmed.some(({ relation }) => relation !== "source")) return [];
  return [say(messages, "verdict.alarm.source", { how: stepsBack(nearest.level, messages) })];
}

/**
 * @param {number} level of a source
 * @param {Messages} messages
 * @returns {string}
 */
function stepsBack(level, messages) {
  return say(messages, level === 1 ? "relation.source-1" : "relation.source", { level });
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {string[]}
 */
function absentWords(verdict, messages) {
  const { checked, all } = countSources(verdict);
  return verdict.absent.map((name) => say(messages, `absent.${name}`, { open: all - checked }));
}

/**
 * Return why there is no telling from what witnesses say, and that the reader's clock may
 * be the reason.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Clock} clock
 * @returns {string[]}
 */
function witnessWords(verdict, messages, clock) {
  const { witnessing, witnessedAt } = verdict;
  if (verdict.step !== WITNESSES || witnessing === null) return [];
  const words = [];
  if (verdict.code === "quorum") words.push(say(messages, "verdict.quorum", counts(witnessing)));
  if (verdict.code === "cannot-check") {
    words.push(say(messages, "verdict.unseen", { witnessedAt: minute(witnessedAt, messages, clock) }));
  }
  if (witnessing.isClockDoubtful) {
    const now = new Date(clock.nowMs).toISOString();
    words.push(say(messages, "verdict.clock", { now: minute(now, messages, clock) }));
  }
  return words;
}

/**
 * @param {Verdict} verdict
 * @returns {boolean} whether it is so because of what witnesses say
 */
function isOutOfDate({ outcome, step, code, witnessedAt }) {
  const isStale = outcome === "cannot-check" && code === "stale";
  return isStale && step === WITNESSES && witnessedAt !== null;
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Known} known
 * @returns {string[]}
 */
function otherWords(verdict, messages, { difference, clock }) {
  const gap = verdict.code === "label" ? verdict.labelGap : null;
  const code = gap
    ? say(messages, `label-gap.${gap.kind}`, { ...gap })
    : say(messages, `code.${verdict.code}`);
  const step = say(messages, `verdict.step.${verdict.step}`);
  if (verdict.outcome === "cannot-check") {
    const words = [
      say(messages, "verdict.cannot-check.detail", { code }),
      ...witnessWords(verdict, messages, clock),
    ];
    return verdict.code === "stale" && verdict.step === 19
      ? [say(messages, "verdict.cannot-check.newer"), ...words.slice(1)]
      : words;
  }
  if (verdict.code === "label-mismatch" && verdict.label !== null) {
    return [
      say(messages, "verdict.label-mismatch.detail"),
      say(messages, "verdict.label-mismatch.printed", { ...verdict.label }),
      say(messages, "verdict.label-mismatch.had", { ...verdict.label }),
      say(messages, "verdict.label-mismatch.hint"),
      say(messages, "verdict.not-verified.nothing-changed"),
    ];
  }
  const found = say(messages, `verdict.not-verified.${wordedAs(verdict, difference)}`, {
    code,
    step,
    index: verdict.index === null ? "" : verdict.index,
    fact: difference ? factWords(difference.fact, messages) : "",
    shown: difference ? difference.shown : "",
    signed: difference ? difference.signed : "",
  });
  return [found, say(messages, "verdict.not-verified.nothing-changed")];
}

/**
 * @param {Verdict} verdict
 * @param {Difference | null} difference
 * @returns {string} how the message is called that says what was found, and where
 */
function wordedAs({ index }, difference) {
  if (difference === null) return index === null ? "detail" : "index";
  const { kind, place } = difference;
  if (kind === "word") return "word";
  if (place === "page" && kind.startsWith("fact")) return `page-${kind}`;
  if (place === "code") return kind === "fact" ? "code" : "detail";
  return index === null ? "detail" : kind;
}

/**
 * @param {string} fact `quantity.0`, `flag.late`, `alarm.0.who`; or a key of the code, `01`
 * @param {Messages} messages
 * @returns {string}
 */
function factWords(fact, messages) {
  const name = fact.replace(/\.([0-9]+|more)(?=\.|$)/g, "");
  const keys = [`label.${name}`, `part.${name}`, `label.${name.replace(/\..*/, "")}`];
  const key = keys.find((each) => Object.hasOwn(messages, each));
  return key === undefined ? fact : say(messages, key);
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Clock} clock
 * @returns {string[]}
 */
function moreLines(verdict, messages, clock) {
  const { step, code, detail, policyFingerprint, size, sealTime, witnessing } = verdict;
  const lines = [];
  if (code) lines.push(say(messages, "verdict.technical", { step, code, detail }));
  if (size !== null) lines.push(say(messages, "verdict.size", { size }));
  if (sealTime) lines.push(say(messages, "verdict.sealed", { sealTime: minute(sealTime, messages, clock) }));
  if (witnessing !== null) {
    const { seenBy, replayedBy, ahead } = witnessing;
    for (const [key, names] of /** @type {const} */ ([
      ["verdict.seen-by", seenBy],
      ["verdict.replayed-by", replayedBy],
      ["verdict.ahead", ahead],
    ])) {
      if (names.length > 0) lines.push(say(messages, key, { names: names.join(", ") }));
    }
  }
  if (policyFingerprint) {
    lines.push(say(messages, "source.fingerprint", { fingerprint: policyFingerprint }));
  }
  return lines;
}

/**
 * Return the hour and minute of a time as the reader's clock shows it, null if that is
 * not today.
 *
 * @param {string} time `YYYY-MM-DDThh:mm:ss.mmmZ`
 * @param {Clock} clock
 * @returns {string | null}
 */
function hourToday(time, { nowMs, zoneMinutes }) {
  const then = shifted(Date.parse(time), zoneMinutes);
  const isToday = then.slice(0, 10) === shifted(nowMs, zoneMinutes).slice(0, 10);
  return isToday ? then.slice(11, 16) : null;
}

/**
 * @param {number} ms since 1970
 * @param {number} zoneMinutes
 * @returns {string} as a clock in that zone shows it
 */
function shifted(ms, zoneMinutes) {
  return new Date(ms + zoneMinutes * 60_000).toISOString();
}

/**
 * Return the time of a seal to the minute, as the reader's clock shows it.
 *
 * @param {string | null} moment `YYYY-MM-DDThh:mm:ss.mmmZ`
 * @param {Messages} messages
 * @param {Clock} clock
 * @returns {string}
 */
function minute(moment, messages, { zoneMinutes }) {
  if (!moment) return "";
  const local = shifted(Date.parse(moment), zoneMinutes).slice(0, 19);
  // An offset looks as a clock does.
  const offset = shifted(0, Math.abs(zoneMinutes)).slice(11, 16);
  return time(`${local}${zoneMinutes < 0 ? "-" : "+"}${offset}`, messages);
}
