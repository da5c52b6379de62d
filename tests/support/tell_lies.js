/**
 * Read lies as JSON on standard input, and print what the page tells of each: its state,
 * where and why, and the first sentences in English and Chinese.
 */

import { readFileSync } from "node:fs";

import { modulesOf, scanned } from "./lies.js";

const modules = await modulesOf(new URL("../../scanner_web/", import.meta.url));
const answers = [];
for (const given of JSON.parse(readFileSync(0, "utf8"))) {
  const answer = { name: given.name };
  for (const lang of ["en", "zh"]) {
    const page = given.pages[lang];
    const { verdict, difference, alarms } = await scanned(given, modules, page, lang);
    const known = {
      subject: page.subject,
      hasLot: given.lot !== null,
      difference,
      alarms,
      claim: page.claim,
      clock: { nowMs: given.now_ms, zoneMinutes: 0 },
    };
    const told = modules.tell(verdict, modules.messages[lang], known);
    const said = [told.title, told.attention, told.paragraphs[0]].filter(Boolean);
    Object.assign(answer, {
      [lang]: said.join(lang === "zh" ? " " : " · "),
      state: told.state,
      step: verdict.code === null ? 16 : verdict.step,
      code: verdict.code || told.alarm || "",
    });
  }
  answers.push(answer);
}
console.log(JSON.stringify(answers));
