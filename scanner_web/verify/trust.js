/**
 * What a reader trusts, and what the keys it trusts vouch for.
 *
 * A policy names log keys and witnesses; where it comes from is named in every verdict.
 * No clock: the time of reading is an argument. Twin of `ledger/trust.py`.
 */

import { decodeUtf8 } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { label, verifyNoteSignature } from "./note.js";
import { isQuorum, logKeys, quorumTime, readCosignatures } from "./policy.js";
import { formatTime, parseTime } from "./seal.js";

/** @typedef {import("./checkpoint.js").SignedCheckpoint} SignedCheckpoint */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */
/** @typedef {import("./policy.js").Policy} Policy */

/** @typedef {import("./policy.js").PolicyWitness} PolicyWitness */

/** @typedef {"yours" | "built-in" | "server"} PolicySource who says which keys to trust */

/**
 * What the policy's witnesses vouch for.
 *
 * @typedef {object} Witnessing
 * @property {string | null} time T, that a quorum vouches for; null if there is none, or
 *   the policy asks for none
 * @property {number} known how many witnesses the policy names
 * @property {string[]} seenBy who saw this very checkpoint since T, or, without T, within
 *   the time that the ledger allows
 * @property {string[]} replayedBy who recomputed the whole ledger up to it, within the
 *   time that the ledger allows
 * @property {string[]} sameMachine which of all these run on the ledger's own machine
 * @property {string[]} ahead whose line is of a time to come, and not believed
 * @property {string[]} ignored whose line is false or doubled, or says no time
 * @property {boolean} isClockDoubtful a wrong clock of the reader would explain why there
 *   is no T, or such an old one: no witness's clock agrees with it
 */

/** How far a witness's clock may be ahead. */
const FUTURE_MS = 5 * 60 * 1000;
/** What is out of date by more than this may be so by the reader's clock alone. */
const DOUBTFUL_MS = 30 * 24 * 60 * 60 * 1000;
const URL_HOST = /^[a-z]+:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#@[\]]+?)\.?(?=[/:?#]|$)/i;
const LOOPBACK =
  /^((.+\.)?localhost|127(\.[0-9]+){1,3}|0(\.0){0,3}|\[::(1|ffff:127(\.[0-9]+){3})?\])$/;

/**
 * Return the origin that a checkpoint claims, and the policy's keys for it; throws
 * `unknown-key` if there are none.
 *
 * @param {Uint8Array} checkpoint a signed note, nothing of it judged yet
 * @param {Policy} policy
 * @returns {{origin: string, logKeys: VerifierKey[]}}
 */
export function logKeysOf(checkpoint, policy) {
  const text = refusedAs("checkpoint", () => decodeUtf8(checkpoint));
  const [origin = ""] = text.split("\n");
  const keys = logKeys(policy, origin);
  if (keys.length === 0) throw new Refusal("unknown-key", `policy: no log line for ${origin}`);
  return { origin, logKeys: keys };
}

/**
 * Check that every ledger key in force has signed a checkpoint, once; throws
 * `unknown-key`, `signature`.
 *
 * @param {SignedCheckpoint} signed
 * @param {readonly VerifierKey[]} ledgerKeys
 */
export async function checkLedgerKeys({ note }, ledgerKeys) {
  for (const vkey of ledgerKeys) {
    const [line, ...more] = note.signatures.filter((found) => label(found) === label(vkey));
    if (!line) throw new Refusal("unknown-key", `checkpoint: not signed by ${label(vkey)}`);
    if (more.length > 0) {
      throw new Refusal("signature", `checkpoint: ${label(vkey)} signed twice`);
    }
    await verifyNoteSignature(vkey, note.text, line);
  }
}

/**
 * Return what the policy's witnesses vouch for; nothing is judged yet.
 *
 * A false or doubled line of a witness counts as absent, and so does one of time 0: who
 * signs that does not say that it has seen nothing newer (C2SP tlog-cosignature).
 *
 * @param {Policy} policy
 * @param {SignedCheckpoint} signed
 * @param {{nowMs: number, maxAgeSeconds: number}} limits
 * @returns {Promise<Witnessing>}
 */
export async function readWitnesses(policy, { note, checkpoint }, { nowMs, maxAgeSeconds }) {
  const { times: all, faulty } = await readCosignatures(policy, note);
  const times = new Map([...all].filter(([, time]) => time > 0));
  const until = Math.floor((nowMs + FUTURE_MS) / 1000);
  const oldest = Math.ceil((nowMs - maxAgeSeconds * 1000) / 1000);
  const seconds = quorumTime(policy, times, { until });
  const since = seconds === null ? oldest : seconds;
  /** @type {(first: number, last?: number) => PolicyWitness[]} */
  const between = (first, last = until) =>
    policy.witnesses.filter(({ name }) => {
      const time = times.get(name);
      return time !== undefined && time >= first && time <= last;
    });
  const seenBy = between(since);
  const recent = between(oldest);
  const replayedBy = recent.filter(isReplaying);
  const counted = policy.witnesses.filter((w) => seenBy.includes(w) || replayedBy.includes(w));
  const isOld = seconds !== null && nowMs - seconds * 1000 > DOUBTFUL_MS;
  const isToCome = seconds === null && policy.quorum !== null && isQuorum(policy, times.keys());
  return {
    time: seconds === null ? null : formatTime(seconds * 1000),
    known: policy.witnesses.length,
    seenBy: namesOf(seenBy),
    replayedBy: namesOf(replayedBy),
    sameMachine: namesOf(counted.filter((w) => isBeside(policy, w, checkpoint.origin))),
    ahead: namesOf(between(until + 1, Infinity)),
    ignored: [...faulty, ...[...all].filter(([, time]) => time === 0).map(([name]) => name)],
    isClockDoubtful: recent.length === 0 && (isToCome || isOld),
  };
}

/**
 * Check that a quorum vouches for what is shown, and for today.
 *
 * Throws `quorum` if too few have cosigned, `stale` if that is longer ago than the
 * ledger allows, `cannot-check` if the last seal is later than that.
 *
 * @param {Policy} policy
 * @param {Witnessing} witnessing
 * @param {{sealTime: string, nowMs: number, maxAgeSeconds: number}} limits
 */
export function checkFresh(policy, witnessing, { sealTime, nowMs, maxAgeSeconds }) {
  const { time, seenBy, ahead } = witnessing;
  if (policy.quorum === null) return;
  if (time === null) {
    const toCome = ahead.length > 0 ? `; at a time to come by ${ahead.join(", ")}` : "";
    const who = `${seenBy.join(", ") || "nobody"}${toCome}`;
    throw new Refusal("quorum", `quorum ${policy.quorum}: cosigned by ${who}`);
  }
  const timeMs = parseTime(time);
  if (nowMs - timeMs > maxAgeSeconds * 1000) {
    throw new Refusal("stale", `out of date since ${time}`);
  }
  if (parseTime(sealTime) > timeMs + FUTURE_MS) {
    throw new Refusal("cannot-check", `seal time: got ${sealTime}, cosigned at ${time}`);
  }
}

/**
 * Return whether a witness recomputes the ledgers that it cosigns: its key's name.
 *
 * @param {PolicyWitness} witness
 * @returns {boolean}
 */
export function isReplaying({ vkey }) {
  return vkey.name.endsWith("/replay");
}

/**
 * Return whether a witness runs on the machine of a log, as its URL has it.
 *
 * @param {Policy} policy
 * @param {PolicyWitness} witness
 * @param {string} origin
 * @returns {boolean}
 */
export function isBeside({ logs }, { url }, origin) {
  const host = hostOf(url);
  const hosts = logs.filter(({ vkey }) => vkey.name === origin).map((log) => hostOf(log.url));
  return host !== null && (hosts.includes(host) || LOOPBACK.test(host));
}

/**
 * @param {string | null} url
 * @returns {string | null}
 */
function hostOf(url) {
  const [, host] = URL_HOST.exec(url || "") || [];
  return host === undefined ? null : host.toLowerCase();
}

/**
 * @param {readonly PolicyWitness[]} witnesses
 * @returns {string[]}
 */
function namesOf(witnesses) {
  return witnesses.map(({ name }) => name);
}
