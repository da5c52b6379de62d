/**
 * How the steps of a long page are folded away: by day, by month or by year.
 *
 * What is folded says when it was and what was done, in words made from the verified
 * facts; the server writes the same (`api/folds.py`). Pure: no document.
 */

import { date } from "./verify/wording.js";

/** @typedef {import("./content.js").Article} Article */
/** @typedef {import("./content.js").ShownFact} ShownFact */
/** @typedef {import("./words.js").Messages} Messages */

/** Of more statements a page shows some: of each sort the newest, */
const MAX_LISTED = 12;
const NEWEST = 3;
const MARKED = 3;
/** So many steps stand in the open. */
const OPEN_STEPS = 12;
/** So many lines are a list that can be overlooked: the days of a month. */
const MAX_FOLDS = 31;
const MAX_TITLES = 5;
/** What facts of a remark, or of an error, begin with. */
const MARKS = /^(flag\.|in-error$|declared-error$)/;
/** How much of a date tells the day, the month, the year. */
const UNITS = [10, 7, 4];

/**
 * Return the articles that a page shows which does not show them all: the first, the
 * newest, the newest with a remark, and all that raise or lift an alarm.
 *
 * @param {readonly Article[]} articles in their order
 * @returns {readonly Article[]}
 */
export function listedOf(articles) {
  if (articles.length <= MAX_LISTED) return articles;
  const own = articles.filter(({ isApart }) => !isApart);
  const marked = own.filter(({ facts }) => facts.some(([name]) => MARKS.test(name)));
  const listed = new Set([
    ...own.slice(0, 1),
    ...own.slice(-NEWEST),
    ...marked.slice(-MARKED),
    ...own.filter(({ isAlarm }) => isAlarm),
    ...articles.filter(({ isApart }) => isApart).slice(-MARKED),
  ]);
  return articles.filter((article) => listed.has(article));
}

/**
 * Return the line above each fold of a page, in the order in which they stand.
 *
 * @param {readonly Article[]} articles in their order
 * @param {Messages} messages
 * @returns {ShownFact[]}
 */
export function foldsOf(articles, messages) {
  const lines = [
    ...folded(articles.filter(({ isApart }) => !isApart), UNITS, messages),
    ...folded(articles.filter(({ isApart }) => isApart), UNITS, messages),
  ];
  return lines.map((line, place) => [`fold.${place}`, line]);
}

/**
 * @param {readonly Article[]} articles
 * @param {readonly number[]} units
 * @param {Messages} messages
 * @returns {string[]}
 */
function folded(articles, units, messages) {
  if (articles.length <= OPEN_STEPS || units.length === 0) return [];
  const choices = units.map((unit) => stretches(articles, unit));
  const fitting = choices.findIndex((choice) => choice.length <= MAX_FOLDS);
  const chosen = fitting < 0 ? units.length - 1 : fitting;
  const finer = units.slice(0, chosen);
  return (choices[chosen] || []).flatMap(({ key, inner }) =>
    key === null ? [] : [summary(key, inner, messages), ...folded(inner, finer, messages)],
  );
}

/**
 * Return articles that follow each other in one day, month or year, by which it is;
 * those about an alarm are never folded away.
 *
 * @param {readonly Article[]} articles
 * @param {number} unit
 */
function stretches(articles, unit) {
  /** @type {{key: string | null, inner: Article[]}[]} */
  const found = [];
  for (const article of articles) {
    const key = article.isAlarm ? null : article.day.slice(0, unit);
    const last = found.at(-1);
    if (last && last.key === key) last.inner.push(article);
    else found.push({ key, inner: [article] });
  }
  return found;
}

/**
 * Return when it was, what was done and how often, and signs for remarks.
 *
 * @param {string} key
 * @param {readonly Article[]} articles
 * @param {Messages} messages
 * @returns {string}
 */
function summary(key, articles, messages) {
  /** @type {Map<string, number>} */
  const titles = new Map();
  for (const article of articles) {
    const title = textOf(article, "step");
    titles.set(title, (titles.get(title) || 0) + 1);
  }
  const said = [...titles].map(([title, times]) => (times === 1 ? title : `${title} × ${times}`));
  const has = (/** @type {RegExp} */ name) =>
    articles.some(({ facts }) => facts.some(([fact]) => name.test(fact)));
  return [
    date(key, messages),
    ...said.slice(0, MAX_TITLES),
    said.length > MAX_TITLES ? "…" : "",
    has(/^(in-error|declared-error)$/) ? "✎" : "",
    has(/^flag\./) ? "⚑" : "",
  ].filter(Boolean).join(" · ");
}

/**
 * @param {Article} article
 * @param {string} wanted name of a fact
 * @returns {string}
 */
function textOf({ facts }, wanted) {
  const found = facts.find(([name]) => name === wanted);
  return found === undefined ? "" : found[1];
}
