// The command line of the MCP inspector against a live server. Arguments: the folder of node_modules, URL, key of a reader, key
// that was revoked.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { run } from "./run.mjs";

const [folder, url, key, revoked] = process.argv.slice(2);
const program = createRequire(folder + "/").resolve("@modelcontextprotocol/inspector-cli/build/cli.js");

async function inspect(bearer, ...args) {
  const common = ["--cli", url + "/mcp", "--transport", "http", "--header", "Authorization: Bearer " + bearer];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...common, ...args], { timeout: 60_000 });
  return JSON.parse(stdout);
}

await run({
  async tools() {
    const { tools } = await inspect(key, "--method", "tools/list");
    assert.deepEqual(tools.map((t) => t.name).sort(), ["ask", "list_collections", "search"]);
  },

  async call() {
    const answer = await inspect(key, "--method", "tools/call", "--tool-name", "ask", "--tool-arg", "question=How many lanes has the bridge?");
    assert(answer.structuredContent.answer.includes("two lanes. [1]"), JSON.stringify(answer));
  },

  async badKey() {
    await assert.rejects(inspect(revoked, "--method", "tools/list"));
  },
});
