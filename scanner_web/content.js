/**
 * What an honest page shows of a verdict: named texts, some with a link.
 *
 * Articles are the statements, in the order in which things happened. Blocks are what
 * the page says of all of them together: that they are simulated, the alarms, the facts
 * of the product, what the code belongs to and comes from. The server writes the same
 * from what it holds (`api/content.py`); shown.js compares. Pure: no document.
 */

import { foldsOf, listedOf } from "./folds.js";
import { Names, relationWord } from "./naming.js";
import { settleErrors } from "./verify/goods.js";
import { parseIdentifier } from "./verify/identifier.js";
import { productFacts } from "./verify/product.js";
import { creates } from "./verify/standing.js";
import { visible } from "./verify/wording.js";
import { declarationsIn, hasSums, identityOf, OF_ANIMALS, sumsOf, wholeOf } from "./whole.js";
import { say } from "./words.js";

/** @typedef {import("./verify/verdict.js").Alarm} Alarm */
/** @typedef {import("./verify/verdict.js").Verdict} Verdict */
/** @typedef {import("./verify/verdict.js").VerifiedStatement} VerifiedStatement */
/** @typedef {import("./whole.js").Sum} Sum */
/** @typedef {import("./words.js").Messages} Messages */

/**
 * A text by its name; with an address where it leads somewhere.
 *
 * @typedef {readonly [name: string, text: string, href?: string]} ShownFact
 */

/** @typedef {"simulated" | "alarms" | "product" | "members" | "growth" | "milk"} BlockName */

/**
 * @typedef {object} Article
 * @property {number} index
 * @property {boolean} isApart who says it has no say about these goods
 * @property {boolean} isAlarm it raises or lifts one
 * @property {string} day `YYYY-MM-DD`, empty for what has none
 * @property {readonly ShownFact[]} facts
 */

/**
 * Rows of facts; what stands in one row belongs together.
 *
 * @typedef {readonly (readonly ShownFact[])[]} Block
 */

/**
 * @typedef {object} Content
 * @property {readonly Article[]} articles that the page shows
 * @property {readonly number[]} indices of all that there are
 * @property {Record<BlockName, Block>} blocks
 * @property {readonly ShownFact[]} parts what stands alone: the title, if there is one,
 *   and the line above each fold of articles
 * @property {readonly Sum[]} sums what the first answer sums up, with their drawings
 * @property {readonly Sum[] | null} whole what sums up all of the way; null if there is
 *   more evidence, or it is not loaded what makes it
 */

/** So many results of a test stand beside the alarm that it raised. */
const MOST_MEASURED = 3;
/** How grave an alarm is; any other word comes after these. */
const GRAVEST = ["recalled", "inactive", "non_conformant"];
/** So many of a long list stand in an article, and then how many more there are. */
const LISTED = 3;
const LONG = 6;
/** So many of the members that a statement is about have a link: the nearest. */
const ABOUT_LISTED = 2;

/**
 * Return what a page shows.
 *
 * @param {Verdict} verdict one that is verified
 * @param {Messages} messages
 * @param {string} lang which the page's own links ask for
 * @param {{isAll?: boolean, hasAll?: boolean}} [known] whether there is no more evidence
 *   than this verdict is on, and whether the page shows every article, however many
 * @returns {Content}
 */
export function contentOf(verdict, messages, lang, { isAll = false, hasAll = false } = {}) {
  const names = new Names(verdict, messages, lang);
  const declared = declarationsIn(verdict.statements);
  const all = inOrder(verdict.statements).map((given) => articleOf(given, declared, names));
  const articles = hasAll ? all : listedOf(all);
  const count = all.length - articles.length;
  const product = productRows(verdict, names);
  const sums = sumsOf(verdict, OF_ANIMALS, names);
  const rowsOf = (/** @type {string} */ name) => sums.find((sum) => sum.name === name)?.rows || [];
  return {
    articles,
    indices: all.map(({ index }) => index),
    blocks: {
      simulated: simulatedRows(verdict, messages),
      alarms: alarmRows(verdict, names),
      product,
      members: memberRows(verdict, names),
      growth: rowsOf("growth"),
      milk: rowsOf("milk"),
    },
    parts: [
      ...titleOf(product.flat(), verdict, names),
      ...foldsOf(articles, messages),
      ...(count > 0 ? [/** @type {const} */ (["records", say(messages, "page.records", { count })])] : []),
    ],
    sums,
    whole: hasSums() && (isAll || !hasOpen(verdict)) ? wholeOf(verdict, names) : null,
  };
}

/**
 * @param {Verdict} verdict
 * @returns {boolean}
 */
function hasOpen({ members }) {
  return members.some(({ isOpen }) => isOpen);
}

/**
 * Return what the scanned thing is called: the product by its one name, a party or a
 * place by the directory's. Nothing, if that says no more than its identifier.
 *
 * @param {readonly ShownFact[]} product
 * @param {Verdict} verdict
 * @param {Names} names
 * @returns {ShownFact[]}
 */
function titleOf(product, { members, size }, names) {
  const subject = members[0] ? members[0].subject : "";
  const named = product.find(([name]) => name === "product.name");
  const title = named ? named[1] : names.namesAt(size || 0)(subject);
  const last = parseIdentifier(subject, { host: names.host }).parts.at(-1);
  return title === last ? [] : visible([["title", title]]);
}

/**
 * Return statements as they happened: by event time, then by index; what the directory
 * says first, and a declaration of error beside what it takes back.
 *
 * @param {readonly VerifiedStatement[]} statements by index
 * @returns {VerifiedStatement[]}
 */
function inOrder(statements) {
  /** @type {Map<string, number>} */
  const originals = new Map();
  const keyed = statements.map((statement) => {
    const { index, event } = statement;
    if (!event) return { statement, key: [-Infinity, index, index] };
    const id = identityOf(statement);
    const original = event.isErrorDeclaration ? originals.get(id) : undefined;
    if (!event.isErrorDeclaration) originals.set(id, index);
    return { statement, key: [event.instantUs, original ?? index, index] };
  });
  keyed.sort((one, other) => byKey(one.key, other.key));
  return keyed.map(({ statement }) => statement);
}

/**
 * @param {readonly (number | bigint)[]} one
 * @param {readonly (number | bigint)[]} other
 * @returns {number}
 */
function byKey(one, other) {
  for (const [place, value] of one.entries()) {
    const than = other[place] ?? 0;
    if (value !== than) return value < than ? -1 : 1;
  }
  return 0;
}

/**
 * @param {VerifiedStatement} given
 * @param {ReadonlyMap<string, number>} declared by {@link declarationsIn}
 * @param {Names} names
 * @returns {Article}
 */
function articleOf(given, declared, names) {
  const { index, event, about, isApart } = given;
  const { messages } = names;
  const facts = names.factsOf(given);
  const [step, ...rest] = shortened(facts, about, names);
  /** @type {ShownFact[]} */
  const members = about.slice(0, ABOUT_LISTED).map((subject, place) => [
    `about.${place}`,
    [names.name(subject), names.how(subject)].filter(Boolean).join(" · "),
    names.href(subject),
  ]);
  if (about.length > ABOUT_LISTED) {
    members.push(["about.more", say(messages, "fact.more", { count: about.length - ABOUT_LISTED })]);
  }
  /** @type {ShownFact[]} */
  const shown = step ? [step, ...members, ...rest] : members;
  const isOriginal = event !== null && !event.isErrorDeclaration;
  const declaration = isOriginal ? declared.get(identityOf(given)) : undefined;
  if (declaration !== undefined) {
    shown.push(["in-error", say(messages, "fact.in-error", { index: declaration })]);
  }
  shown.push(["record", say(messages, "fact.record", { index }), `/entries/${index}`]);
  const day = event === null ? "" : event.eventTime.slice(0, 10);
  return { index, isApart, isAlarm: event !== null && event.isAlarm, day, facts: shown };
}

/**
 * Return facts with long lists cut: the first few, those that the page is about, and how
 * many more there are. A hundred pouches are packed in one statement.
 *
 * @param {readonly ShownFact[]} facts
 * @param {readonly string[]} about
 * @param {Names} names
 * @returns {ShownFact[]}
 */
function shortened(facts, about, { messages, host }) {
  /** @type {Map<string, ShownFact[]>} */
  const lists = new Map();
  for (const fact of facts) {
    const base = baseOf(fact[0]);
    lists.set(base, [...(lists.get(base) || []), fact]);
  }
  const wanted = about.map((subject) => parseIdentifier(subject, { host }).parts.at(-1) || subject);
  return [...lists].flatMap(([base, listed]) => {
    if (listed.length <= LONG) return listed;
    const kept = listed.filter(
      ([, text], place) => place < LISTED || wanted.some((word) => text.includes(word)),
    );
    const count = listed.length - kept.length;
    return count === 0 ? kept : [...kept, [`${base}.more`, say(messages, "fact.more", { count })]];
  });
}

/**
 * @param {string} name `quantity.0`
 * @returns {string} what facts of one list have in common
 */
function baseOf(name) {
  return name.replace(/\.[0-9]+$/, "");
}

/**
 * @param {Verdict} verdict
 * @param {Messages} messages
 * @returns {Block}
 */
function simulatedRows({ statements }, messages) {
  const isSimulated = statements.some(
    ({ body, isApart }) => !isApart && body["caravan:simulated"] === true,
  );
  return isSimulated ? [[["simulated", say(messages, "simulated.label")]]] : [];
}

/**
 * Return the alarms, the gravest first, then what is nearest to the code.
 *
 * @param {Verdict} verdict
 * @param {Names} names
 * @returns {Block}
 */
function alarmRows({ alarms }, names) {
  const { messages } = names;
  const rank = (/** @type {Alarm} */ { word }) => {
    const place = GRAVEST.indexOf(word);
    return place < 0 ? GRAVEST.length : place;
  };
  // Of two of one kind the order stays: by member, nearest first.
  const ordered = [...alarms].sort((one, other) => rank(one) - rank(other));
  return ordered.map(({ subject, word, index, isJudged }, place) => {
    const name = `alarm.${place}`;
    const given = names.statements.get(index);
    const facts = new Map(given ? names.factsOf(given).map(([fact, text]) => [fact, text]) : []);
    const measured = [...facts].flatMap(([fact, text]) => (fact.startsWith("sensor.") ? text : []));
    /** @type {ShownFact[]} */
    const row = [
      [name, say(messages, `disposition.${word}`)],
      [`${name}.what`, names.name(subject), names.href(subject)],
      [`${name}.found`, measured.slice(0, MOST_MEASURED).join(" · ")],
      [`${name}.how`, names.how(subject)],
      [`${name}.who`, facts.get("who") || ""],
      [`${name}.time`, facts.get("time") || ""],
      [`${name}.record`, say(messages, "fact.record", { index }), `#entry-${index}`],
    ];
    if (!isJudged) row.push([`${name}.unjudged`, say(messages, "alarm.unjudged")]);
    return row.filter(([, text]) => text !== "");
  });
}

/**
 * Return what is said of the goods by those who brought them into being.
 *
 * @param {Verdict} verdict
 * @param {Names} names
 * @returns {Block}
 */
function productRows({ lot, members, size, statements }, names) {
  const [subject = ""] = members.map((member) => member.subject);
  const general = members.filter(({ relation }) => relation === "trade-item");
  const about = [...general.map((member) => member.subject), ...(lot ? [lot] : []), subject];
  const { lang, messages, directory } = names;
  const said = statements.flatMap(({ index, parties, event }) =>
    event ? { index, parties, event } : [],
  );
  const events = settleErrors(said).filter((logged) =>
    about.some((name) => directory !== null && creates(logged, name, directory)),
  );
  const known = { about, lang, messages, names: names.namesAt(size || 0) };
  return productFacts(events, known).map((fact) => [fact]);
}

/**
 * Return what the code belongs to and comes from: a row for each kind or level, with how
 * much of it is given, and then a row for each member.
 *
 * @param {Verdict} verdict
 * @param {Names} names
 * @returns {Block}
 */
function memberRows({ members, cycle }, names) {
  const { messages } = names;
  /** @type {ShownFact[][]} */
  const rows = [];
  if (cycle.length > 0) {
    const listed = cycle.map((subject) => names.name(subject)).join(", ");
    rows.push([["cycle", say(messages, "members.cycle", { names: listed })]]);
  }
  let [group, number] = [-1, 0];
  let heading = "";
  for (const member of members) {
    if (member.relation === "subject") continue;
    const how = relationWord(member, messages);
    if (how !== heading) {
      heading = how;
      group += 1;
      const same = members.filter((other) => relationWord(other, messages) === how);
      const given = same.filter(({ isOpen }) => !isOpen).length;
      /** @type {ShownFact[]} */
      const row = [[`level.${group}`, how]];
      if (given < same.length) {
        const count = say(messages, "members.count", { given, all: same.length });
        row.push([`level.${group}.count`, count]);
      }
      rows.push(row);
    }
    /** @type {ShownFact[]} */
    const row = [[`member.${number}`, names.name(member.subject), names.href(member.subject)]];
    if (member.isOpen) row.push([`member.${number}.open`, say(messages, "members.open")]);
    rows.push(row);
    number += 1;
  }
  return rows;
}
