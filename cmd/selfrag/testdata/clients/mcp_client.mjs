// The MCP SDKs for TypeScript, of both release lines, against a live server. Arguments: the folder of node_modules, URL, key of
// a reader, key that was revoked.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { run } from "./run.mjs";

const [folder, url, key, revoked] = process.argv.slice(2);
const require = createRequire(folder + "/");
const lines = {
  v1: { ...require("@modelcontextprotocol/sdk/client/index.js"), ...require("@modelcontextprotocol/sdk/client/streamableHttp.js") },
  v2: require("@modelcontextprotocol/client"),
};

async function open({ Client, StreamableHTTPClientTransport }, bearer) {
  const client = new Client({ name: "test", version: "1" });
  const headers = { Authorization: "Bearer " + bearer };
  await client.connect(new StreamableHTTPClientTransport(new URL(url + "/mcp"), { requestInit: { headers } }));
  return client;
}

const cases = {};
for (const [line, sdk] of Object.entries(lines)) {
  cases[line + "Tools"] = async () => {
    const client = await open(sdk, key);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((t) => t.name).sort(), ["ask", "list_collections", "search"]);

    const answered = await client.callTool({ name: "ask", arguments: { question: "How many lanes has the bridge?" } });
    assert(!answered.isError && answered.structuredContent.answer.includes("two lanes. [1]"), JSON.stringify(answered));
    const uri = answered.structuredContent.citations[0].uri;
    const source = await client.readResource({ uri });
    assert(source.contents[0].text.includes("The bridge has two lanes."));

    const found = await client.callTool({ name: "search", arguments: { query: "다리의 차로", limit: 3 } });
    assert(found.structuredContent.passages[0].text.includes("다리에는 차로가 두 개"));

    const wrong = await client.callTool({ name: "ask", arguments: { question: "x", collection: "nowhere" } });
    assert(wrong.isError && wrong.content[0].text.includes("nowhere"), JSON.stringify(wrong));
    await client.close();
  };

  cases[line + "BadKeys"] = async () => {
    for (const bad of [revoked, "sk-none"]) await assert.rejects(open(sdk, bad), /401|Unauthorized|not known|key/i);
  };
}
await run(cases);
