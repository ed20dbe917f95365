// Takes the pictures of the web page and of an A/B report for the docs: see
// scripts/pictures. What to reach comes as JSON on standard input.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const given = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(given.modules + "/")("playwright-core");
const browser = await chromium.launch({ executablePath: given.browser, args: ["--no-sandbox", "--disable-gpu"] });

async function open(url, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  return page;
}

// answer shows a question with its answer, and the document at the quote.
async function answer(name, locale, colorScheme) {
  const page = await open(given.url, { locale, colorScheme, viewport: { width: 1180, height: 640 } });
  await page.waitForSelector("html[data-ready]");
  const text = page.locator(".composer textarea");
  await text.fill(given.questions[locale.slice(0, 2)]);
  await text.press("Enter");
  const answer = page.locator(".turn").last().locator(".answer");
  await answer.waitFor();
  await answer.locator(".source").first().click();
  await page.locator("dialog.drawer mark").first().waitFor();
  await page.waitForTimeout(400); // the drawer slides in
  await page.screenshot({ path: `${given.out}/${name}.png` });
  await page.context().close();
}

await answer("page-light", "en-GB", "light");
await answer("page-dark", "en-GB", "dark");
await answer("page-ko-light", "ko-KR", "light");
await answer("page-ko-dark", "ko-KR", "dark");

const report = await open(pathToFileURL(given.report).href, { colorScheme: "light", viewport: { width: 1000, height: 900 } });
await report.screenshot({ path: `${given.out}/ab-report.png` });
await browser.close();
