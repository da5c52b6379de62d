/**
 * Trust policies (C2SP tlog-policy), and cosignatures judged by them.
 *
 * A policy names the logs its reader accepts, the witnesses the reader knows, and the
 * quorum that must have cosigned. Two lines with one key would let one party count
 * twice: such a policy is refused. Twin of `ledger/policy.py`.
 */

import { decodeUtf8, parseInteger, toHex } from "./encoding.js";
import { family, Refusal } from "./errors.js";
import { sha256 } from "./hash.js";
import { verifyCosignature } from "./cosignature.js";
import { COSIGNATURE, ED25519, label, parseVkey } from "./note.js";

/** @typedef {import("./note.js").Note} Note */
/** @typedef {import("./note.js").VerifierKey} VerifierKey */

/** @typedef {{vkey: VerifierKey, url: string | null}} PolicyLog */
/** @typedef {{name: string, vkey: VerifierKey, url: string | null}} PolicyWitness */
/** @typedef {{name: string, threshold: number, members: string[]}} PolicyGroup */

/**
 * What a reader trusts.
 *
 * @typedef {object} Policy
 * @property {PolicyLog[]} logs
 * @property {PolicyWitness[]} witnesses
 * @property {PolicyGroup[]} groups each after its members
 * @property {string | null} quorum null asks for nobody
 * @property {Uint8Array} text the file, byte for byte
 * @property {string} fingerprint SHA-256 of the file in hex
 */

const NONE = "none";

/**
 * Return the policy that a file states; throws `policy`.
 *
 * @param {Uint8Array} bytes
 * @returns {Promise<Policy>}
 */
export async function parsePolicy(bytes) {
  const parser = new Parser();
  try {
    for (const line of splitLines(bytes)) {
      const items = line.match(/[^ \t]+/g) || [];
      const [keyword = "#", ...rest] = items;
      if (!keyword.startsWith("#")) await parser.read(keyword, rest);
    }
  } catch (error) {
    throw error instanceof Refusal ? refusal(error.message) : error;
  }
  const [quorum] = parser.quorums;
  if (quorum === undefined || parser.quorums.length !== 1) {
    throw refusal(`got ${parser.quorums.length} quorum lines, want 1`);
  }
  const { logs, witnesses, groups } = parser;
  const fingerprint = toHex(await sha256(bytes));
  return {
    logs,
    witnesses,
    groups,
    quorum: quorum === NONE ? null : quorum,
    text: bytes,
    fingerprint,
  };
}

/**
 * Return the keys that may sign for an origin; none if it is not listed.
 *
 * @param {Policy} policy
 * @param {string} origin
 * @returns {VerifierKey[]}
 */
export function logKeys(policy, origin) {
  return policy.logs.map((log) => log.vkey).filter((vkey) => vkey.name === origin);
}

/**
 * Return whether these witnesses, by their names in the policy, are enough.
 *
 * @param {Policy} policy
 * @param {Iterable<string>} names
 * @returns {boolean}
 */
export function isQuorum(policy, names) {
  if (policy.quorum === null) return true;
  const given = new Set(names);
  const known = policy.witnesses.map((witness) => witness.name);
  const cosigned = new Set(known.filter((name) => given.has(name)));
  // Members are always defined before their group, so one pass is enough.
  for (const { name, threshold, members } of policy.groups) {
    const count = members.filter((member) => cosigned.has(member)).length;
    if (count >= threshold) cosigned.add(name);
  }
  return cosigned.has(policy.quorum);
}

/**
 * Check that these witnesses, by their names in the policy, are enough; throws `quorum`.
 *
 * @param {Policy} policy
 * @param {Iterable<string>} names
 */
export function verifyQuorum(policy, names) {
  const given = [...names];
  if (!isQuorum(policy, given)) {
    const known = policy.witnesses.filter(({ name }) => given.includes(name));
    const by = known.map(({ name }) => name).join(", ") || "nobody";
    throw new Refusal("quorum", `quorum ${policy.quorum}: cosigned by ${by}`);
  }
}

/**
 * Return which of a policy's witnesses have truly cosigned a checkpoint, and when.
 *
 * Lines of other keys are ignored. A line of a witness that is false, or there twice,
 * makes that witness absent, and is reported in `faulty`.
 *
 * @param {Policy} policy
 * @param {Note} note
 * @returns {Promise<{times: Map<string, number>, faulty: string[]}>}
 */
export async function readCosignatures(policy, note) {
  /** @type {Map<string, number>} */
  const times = new Map();
  /** @type {string[]} */
  const faulty = [];
  for (const { name, vkey } of policy.witnesses) {
    const [line, ...more] = note.signatures.filter((found) => label(found) === label(vkey));
    if (!line) continue;
    try {
      if (more.length > 0) throw new Refusal("not-verified", `${label(vkey)}: twice`);
      times.set(name, await verifyCosignature(vkey, note.text, line));
    } catch (error) {
      if (!(error instanceof Refusal) || family(error.code) !== "not-verified") throw error;
      faulty.push(name);
    }
  }
  return { times, faulty };
}

/**
 * Return the latest time from which on enough witnesses have cosigned, or null.
 *
 * That is the largest T such that the witnesses whose time lies in [T, until] are a
 * quorum. Null also if the policy asks for nobody.
 *
 * @param {Policy} policy
 * @param {ReadonlyMap<string, number>} times seconds since 1970 by witness name
 * @param {{until: number}} limit later times are not believed
 * @returns {number | null}
 */
export function quorumTime(policy, times, { until }) {
  if (policy.quorum === null) return null;
  const believed = [...times].filter(([, time]) => time <= until);
  const latestFirst = believed.map(([, time]) => time).sort((a, b) => b - a);
  for (const earliest of latestFirst) {
    const recent = believed.filter(([, time]) => time >= earliest);
    if (isQuorum(policy, recent.map(([name]) => name))) return earliest;
  }
  return null;
}

/** What the lines read so far have defined. */
class Parser {
  constructor() {
    /** @type {PolicyLog[]} */
    this.logs = [];
    /** @type {PolicyWitness[]} */
    this.witnesses = [];
    /** @type {PolicyGroup[]} */
    this.groups = [];
    /** @type {string[]} */
    this.quorums = [];
    /** @type {Set<string>} */
    this.keys = new Set();
    /** @type {Set<string>} */
    this.names = new Set();
    /** @type {Set<string>} */
    this.members = new Set();
  }

  /**
   * Take in one line that is neither empty nor a comment.
   *
   * @param {string} keyword
   * @param {string[]} rest
   */
  async read(keyword, rest) {
    if (keyword === "log") await this.readLog(rest);
    else if (keyword === "witness") await this.readWitness(rest);
    else if (keyword === "group") this.readGroup(rest);
    else if (keyword === "quorum") this.readQuorum(rest);
    else throw refusal(`got ${keyword}, want log, witness, group or quorum`);
  }

  /** @param {string[]} rest */
  async readLog(rest) {
    const [text, url = null] = rest;
    if (text === undefined || rest.length > 2) throw refusal("want: log <vkey> [<url>]");
    this.logs.push({ vkey: await this.newKey(text, ED25519), url });
  }

  /** @param {string[]} rest */
  async readWitness(rest) {
    const [name, text, url = null] = rest;
    if (name === undefined || text === undefined || rest.length > 3) {
      throw refusal("want: witness <name> <vkey> [<url>]");
    }
    this.newName(name);
    this.witnesses.push({ name, vkey: await this.newKey(text, COSIGNATURE), url });
  }

  /** @param {string[]} rest */
  readGroup(rest) {
    const [name = "", count = "", ...members] = rest;
    if (members.length === 0) throw refusal("want: group <name> all|any|<k> <member>...");
    for (const member of members) {
      this.checkDefined(member);
      if (this.members.has(member)) throw refusal(`${member} is a member a second time`);
      this.members.add(member);
    }
    const any = count === "any" ? 1 : undefined;
    const threshold = count === "all" ? members.length : any || parseInteger(count);
    if (threshold < 1 || threshold > members.length) {
      throw refusal(`got ${threshold} of ${members.length} members`);
    }
    this.newName(name);
    this.groups.push({ name, threshold, members });
  }

  /** @param {string[]} rest */
  readQuorum(rest) {
    const [name] = rest;
    if (name === undefined || rest.length > 1) throw refusal("want: quorum <name>|none");
    if (name !== NONE) this.checkDefined(name);
    this.quorums.push(name);
  }

  /** @param {string} name */
  newName(name) {
    if (name === NONE || this.names.has(name)) throw refusal(`the name ${name} is taken`);
    this.names.add(name);
  }

  /** @param {string} name */
  checkDefined(name) {
    if (!this.names.has(name)) throw refusal(`${name} is not defined above`);
  }

  /**
   * @param {string} text
   * @param {number} kind
   * @returns {Promise<VerifierKey>}
   */
  async newKey(text, kind) {
    const vkey = await parseVkey(text);
    if (vkey.kind !== kind) throw refusal(`got a key of type ${vkey.kind}, want ${kind}`);
    // The label keeps one signature line from counting for two keys; it has a "+", so it
    // is never the hex of a key.
    for (const sign of [toHex(vkey.key), label(vkey)]) {
      if (this.keys.has(sign)) throw refusal(`${label(vkey)}: there a second time`);
      this.keys.add(sign);
    }
    return vkey;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {string[]}
 */
function splitLines(bytes) {
  const text = decodeUtf8(bytes);
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(text)) throw refusal("a control character");
  const lines = text.split("\n");
  if (lines.pop() !== "") throw refusal("the last line has no newline");
  return lines;
}

/**
 * @param {string} reason
 * @returns {Refusal}
 */
function refusal(reason) {
  return new Refusal("policy", `policy: ${reason}`);
}
