/**
 * What a page calls the members of a closure, and where it links them. Pure.
 */

import { directoryFacts, eventFacts } from "./verify/facts.js";
import { parseIdentifier } from "./verify/identifier.js";
import { label } from "./verify/note.js";
import { namesAt } from "./verify/wording.js";
import { say } from "./words.js";

/** @typedef {import("./content.js").ShownFact} ShownFact */
/** @typedef {import("./verify/verdict.js").Member} Member */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./verify/verdict.js").VerifiedStatement} VerifiedStatement */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * Return what people call something: the word for its kind, and what tells it apart.
 *
 * @param {string} subject
 * @param {Messages} messages
 * @param {string} host of the ledger
 * @returns {string}
 */
function nameOf(subject, messages, host) {
  const { kind, parts } = parseIdentifier(subject, { host });
  const word = kindWord(kind, parts, messages);
  const told = kind === "own" ? parts.slice(1) : parts.slice(-1);
  return [word, ...told].join(" ");
}

/**
 * @param {string} kind
 * @param {readonly string[]} parts
 * @param {Messages} messages
 * @returns {string}
 */
export function kindWord(kind, [first = ""], messages) {
  const key = kind === "own" ? `kind.own.${first}` : `kind.${kind}`;
  return Object.hasOwn(messages, key) ? say(messages, key) : first;
}

/**
 * Return the word in front of a fact: `label.quantity` for `quantity.0`, `label.way.time`
 * for `way.3.time`.
 *
 * @param {string} name
 * @param {Messages} messages
 * @returns {string}
 */
export function labelOf(name, messages) {
  return say(messages, `label.${name.replace(/\.more$/, "").replace(/\.[0-9]+(?=\.|$)/g, "")}`);
}

/**
 * Return the path of a subject's page, wherever it is served.
 *
 * @param {string} subject
 * @returns {string}
 */
function pagePath(subject) {
  return subject.replace(/^https:\/\/[^/]*/, "");
}

/** The members of a closure as a page names and links them. */
export class Names {
  /**
   * @param {Verdict} verdict
   * @param {Messages} messages
   * @param {string} lang
   */
  constructor({ origin, directory, members, statements }, messages, lang) {
    this.host = (origin || "").split("/")[0] || "";
    this.directory = directory;
    this.messages = messages;
    this.lang = lang;
    this.members = new Map(members.map((member) => [member.subject, member]));
    this.statements = new Map(statements.map((statement) => [statement.index, statement]));
  }

  /** @param {string} subject */
  name(subject) {
    return nameOf(subject, this.messages, this.host);
  }

  /** @param {string} subject */
  href(subject) {
    return `${pagePath(subject)}?lang=${this.lang}`;
  }

  /** @param {string} subject @returns {string} how it belongs to the scanned code */
  how(subject) {
    const member = this.members.get(subject);
    return member ? relationWord(member, this.messages) : "";
  }

  /** @param {number} index @returns {(identifier: string) => string} what all were called then */
  namesAt(index) {
    return this.directory === null ? () => "" : namesAt(this.directory, index, this.messages);
  }

  /** @param {VerifiedStatement} given @returns {ShownFact[]} what it says */
  factsOf({ index, statement, event, body, who: party, logTime, flags }) {
    const { lang, messages } = this;
    const who = party === null ? say(messages, "who.registrar") : party;
    const signedBy = statement.signers.map(label);
    const names = this.namesAt(index);
    const known = { index, who, logTime, flags, lang, messages, names, signedBy };
    return event ? eventFacts(event, known) : directoryFacts(body, known);
  }
}

/**
 * @param {Member} member
 * @param {Messages} messages
 * @returns {string}
 */
export function relationWord({ relation, level }, messages) {
  const key = relation === "source" && level === 1 ? "relation.source-1" : `relation.${relation}`;
  return say(messages, key, { level });
}
