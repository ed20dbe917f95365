// Drives the web page in a real browser. What to reach comes as JSON on standard
// input; each test prints a line, and the exit code is 1 where one failed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { accessible } from "./accessible.mjs";
import { back } from "./back.mjs";
import { is } from "./check.mjs";
import { flows } from "./flows.mjs";
import { hostile } from "./hostile.mjs";
import { manage } from "./manage.mjs";
import { modules } from "./modules.mjs";
import { reading } from "./reading.mjs";
import { searches } from "./search.mjs";
import { states } from "./states.mjs";
import { talk } from "./talk.mjs";
import { viewer } from "./viewer.mjs";
import { views } from "./views.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const load = createRequire(given.modules + "/");
const { chromium } = load("playwright-core");
given.axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
given.hostileName = `a ${given.hostile.replaceAll("/", "")}.md`;

const browser = await chromium.launch({ executablePath: given.browser, args: ["--no-sandbox", "--disable-gpu"] });
let failed = 0;

// open is a page of its own, which must stay quiet: no error in the console, no
// request elsewhere, no dialog of a script's.
async function open(test, { url = given.url, path = "/", locale = "en-GB", axe = false, expected = [], ...options } = {}) {
  const context = await browser.newContext({ locale, viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // not measured: the machine may have other work
  const noise = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && noise.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => noise.push(`error: ${e.message}`));
  page.on("dialog", (d) => noise.push(`dialog: ${d.message()}`) && d.dismiss());
  page.on("request", (r) => new URL(r.url()).origin !== new URL(url).origin && !r.url().startsWith("data:") && noise.push(`request: ${r.url()}`));
  test.after(async () => {
    const pwned = await page.evaluate(() => window.pwned).catch(() => undefined);
    const unexpected = noise.filter((n) => !expected.some((e) => n.includes(e)));
    await context.close();
    is(pwned, undefined, "a script of a document ran");
    is(unexpected.join("\n"), "", "the page is not quiet");
  });
  await page.addInitScript(() => localStorage.getItem("selfrag-collection") ?? localStorage.setItem("selfrag-collection", "notes"));
  if (axe) await page.addInitScript(given.axe); // no script of the page: its policy does not count
  await page.goto(url + path);
  await page.waitForSelector("html[data-ready], dialog[open]");
  return page;
}

// within gives up what takes too long: what runs in a page has no limit of its own.
function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`it took more than ${ms / 1000} s`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function run(name, f) {
  const after = [];
  const test = { given, open: (options) => open(test, options), after: (g) => after.push(g) };
  const began = Date.now();
  let problem;
  try {
    await within(300_000, f(test));
  } catch (e) {
    problem = e;
  }
  for (const g of after.reverse()) await within(60_000, g()).catch((e) => { problem ??= e; });
  if (problem) failed++;
  console.log(`${problem ? "FAIL" : "ok  "} ${name} (${Date.now() - began} ms)${problem ? `\n     ${problem.stack}` : ""}`);
}

// What people do on the page is done as many rounds as is asked for; the rest once.
const only = new RegExp(process.env.SELFRAG_PAGE_TEST ?? "");
const once = [modules, reading, viewer, hostile, accessible, ...(given.shots ? [states] : [])];
for (let round = 1; round <= given.rounds; round++) {
  for (const group of [flows, talk, back, views, manage, searches, ...(round === 1 ? once : [])]) {
    for (const [name, f] of Object.entries(group)) if (only.test(name)) await run(name, f);
  }
  if (given.rounds > 1) console.log(`${round} of ${given.rounds} rounds, ${failed} failed`);
}
await browser.close();
process.exit(failed > 0 ? 1 : 0);
