/**
 * A verdict in the reader's language: pure, from a verdict and the locale's messages.
 */

/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./shown.js").Difference} Difference */
/** @typedef {import("./view.js").Messages} Messages */

/**
 * What the reader is told.
 *
 * @typedef {object} Told
 * @property {string} state
 * @property {string} title
 * @property {string | null} attention what must not be overlooked on a green page
 * @property {string[]} paragraphs
 * @property {{title: string, items: string[]}} absent
 * @property {{title: string, lines: string[]}} more
 */

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
 * Return the words for a verdict.
 *
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Difference | null} difference what step 14 found
 * @returns {Told}
 */
export function tell(verdict, messages, difference) {
  const { outcome } = verdict;
  const isVerified = outcome === "verified";
  return {
    state: outcome,
    title: say(messages, `verdict.${outcome}.title`),
    attention: isVerified ? attentionWords(verdict, messages) : null,
    paragraphs: isVerified ? verifiedWords(verdict, messages) : otherWords(verdict, messages, difference),
    absent: {
      title: say(messages, "verdict.absent"),
      items: isVerified ? verdict.absent.map((name) => say(messages, `absent.${name}`)) : [],
    },
    more: { title: say(messages, "verdict.more"), lines: moreLines(verdict, messages) },
  };
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {string | null}
 */
function attentionWords({ statements }, messages) {
  const count = statements.filter(({ event }) => event && event.isAlarm).length;
  return count > 0 ? say(messages, "verdict.verified.alarms", { count }) : null;
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {string[]}
 */
function verifiedWords(verdict, messages) {
  const { origin, sealTime, witnessedAt, policySource, statements } = verdict;
  const words = [
    say(messages, "verdict.verified.detail", {
      count: statements.length,
      origin: origin || "",
      sealTime: minute(sealTime),
    }),
    say(messages, `source.${policySource}`),
  ];
  if (witnessedAt) {
    words.push(say(messages, "verdict.verified.witnessed", { witnessedAt: minute(witnessedAt) }));
  }
  return words;
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @param {Difference | null} difference
 * @returns {string[]}
 */
function otherWords(verdict, messages, difference) {
  const code = say(messages, `code.${verdict.code}`);
  const step = say(messages, `verdict.step.${verdict.step}`);
  if (verdict.outcome === "cannot-check") {
    const words = [say(messages, "verdict.cannot-check.detail", { code })];
    return verdict.code === "stale" && verdict.step === 14
      ? [say(messages, "verdict.cannot-check.newer"), ...words.slice(1)]
      : words;
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
  if (index !== null) return difference ? difference.kind : "index";
  return difference && difference.kind === "fact" ? "code" : "detail";
}

/**
 * @param {string} fact `quantity.0`, `flag.late`; or a key of the code, `01`
 * @param {Messages} messages
 * @returns {string}
 */
function factWords(fact, messages) {
  const name = fact.replace(/(\.[0-9]+)+$/, "");
  const key = [`label.${name}`, `part.${name}`].find((each) => Object.hasOwn(messages, each));
  return key === undefined ? fact : say(messages, key);
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {string[]}
 */
function moreLines({ step, code, detail, policyFingerprint, size }, messages) {
  const lines = [];
  if (code) lines.push(say(messages, "verdict.technical", { step, code, detail }));
  if (size !== null) lines.push(say(messages, "verdict.size", { size }));
  if (policyFingerprint) {
    lines.push(say(messages, "source.fingerprint", { fingerprint: policyFingerprint }));
  }
  return lines;
}

/**
 * Return the time of a seal to the minute: `2026-05-01 06:30 UTC`.
 *
 * @param {string | null} time `YYYY-MM-DDThh:mm:ss.mmmZ`
 * @returns {string}
 */
function minute(time) {
  return time ? `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` : "";
}
