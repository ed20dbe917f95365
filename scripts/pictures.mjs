// Takes the pictures of the web page and of an A/B report for the docs: see
// scripts/pictures. The addresses and paths come as JSON on standard input.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const given = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(given.modules + "/")("playwright-core");
const browser = await chromium.launch({ executablePath: given.browser, args: ["--no-sandbox", "--disable-gpu"] });

async function open(url, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(240_000); // enough for a machine with other work
  await page.goto(url);
  return page;
}

// forget empties the history, so that each picture shows its own question alone.
async function forget() {
  const { sessions } = await (await fetch(`${given.url}api/v1/sessions`)).json();
  for (const { name } of sessions) await fetch(`${given.url}api/v1/sessions/${encodeURIComponent(name)}`, { method: "DELETE" });
}

// answer shows a question with the steps of its answer and, if source is true, the
// document at the quote.
async function answer(name, locale, colorScheme, source) {
  await forget();
  const page = await open(given.url, { locale, colorScheme, reducedMotion: "reduce", viewport: { width: 1180, height: 820 } });
  await page.waitForSelector("html[data-ready]");
  const text = page.locator(".composer textarea");
  await text.fill(given.questions[locale.slice(0, 2)]);
  await text.press("Enter");
  const answer = page.locator(".turn").last().locator(".answer");
  await answer.waitFor();
  if (source) {
    await answer.locator(".source").first().click();
    await page.locator("dialog.drawer mark").first().waitFor();
  } else {
    await page.locator(".steps summary").first().click();
  }
  await page.waitForTimeout(1000); // it scrolls to the quote
  await page.screenshot({ path: `${given.out}/${name}.png`, animations: "disabled" });
  await page.context().close();
}

// The first question waits for the embedder to be loaded, which is not what a picture should show.
await fetch(`${given.url}api/v1/search`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query: given.questions.en }) });
await answer("page-light", "en-GB", "light");
await answer("page-dark", "en-GB", "dark");
await answer("page-ko-light", "ko-KR", "light");
await answer("page-ko-dark", "ko-KR", "dark");
await answer("source", "en-GB", "light", true);

const report = await open(pathToFileURL(given.report).href, { colorScheme: "light", viewport: { width: 1000, height: 860 } });
await report.screenshot({ path: `${given.out}/ab-report.png` });
await browser.close();
