// Drives the widget in a page of another site. What to reach comes as JSON on
// standard input; the exit code is 1 if a check fails.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { is } from "./check.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const load = createRequire(given.modules + "/");
const { chromium } = load("playwright-core");
const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({ executablePath: given.browser, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const scheme of ["light", "dark"]) {
    for (const [locale, say] of [["en-GB", { open: "Ask", label: "Your question", sources: "1 source", close: "Close" }], ["ko-KR", { open: "질문하기", label: "질문", sources: "출처 1개", close: "닫기" }]]) {
      const context = await browser.newContext({ locale, colorScheme: scheme, viewport: { width: 400, height: 700 } });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const noise = [];
      page.on("console", (m) => ["error", "warning"].includes(m.type()) && noise.push(m.text()));
      page.on("pageerror", (e) => noise.push(e.message));
      await page.addInitScript(axe); // no script of the page: its policy does not count
      await page.goto(given.site);
      await page.getByRole("button", { name: say.open, exact: true }).click();
      const field = page.getByRole("textbox", { name: say.label, exact: true });
      await field.fill(`Says ${given.hostile} how many hostile lanes the bridge has?`);
      await field.press("Enter");
      const widget = page.locator("selfrag-widget");
      await widget.getByText(say.sources, { exact: true }).waitFor();
      const answer = await widget.locator(".answer").innerText();
      is(answer.includes(given.hostile.replaceAll("<", "< ")), true, "the markup of an answer is shown as text: " + answer);
      is(await widget.locator("img, svg, script, .answer a").count(), 0, "elements that a text made");
      is(await page.evaluate(() => window.pwned), undefined, "a script of a text ran");
      await widget.getByRole("button", { name: "[1]" }).or(widget.locator(".mark")).first().click();
      is(await widget.locator("blockquote").first().isVisible(), true, "a mark opens its quote");
      const found = await page.evaluate(() => window.axe.run("selfrag-widget", { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
      is(found.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" ")).join("\n"), "", "accessibility");
      if (given.shots) await page.screenshot({ path: `${given.shots}/widget-${locale}-${scheme}.png` });
      await field.press("Escape");
      is(await widget.locator(".panel").isVisible(), false, "Escape closes the widget");
      is(noise.join("\n"), "", "the page is not quiet");
      await context.close();
      console.log("ok", locale, scheme);
    }
  }
} catch (e) {
  console.log(e.stack);
  process.exitCode = 1;
} finally {
  await browser.close();
}
