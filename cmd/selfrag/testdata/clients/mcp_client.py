"""The MCP SDK for Python against a live server. Arguments: URL, key of a reader, key that was revoked."""

import sys

import httpx2
from cases import case
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

url, key, revoked = sys.argv[1:]


class Connected:
    """A client that sends a key."""

    def __init__(self, bearer):
        self.http = httpx2.AsyncClient(headers={"Authorization": "Bearer " + bearer}, timeout=60)
        self.client = Client(streamable_http_client(url + "/mcp", http_client=self.http))

    async def __aenter__(self):
        return await self.client.__aenter__()

    async def __aexit__(self, *reason):
        await self.client.__aexit__(*reason)
        await self.http.aclose()


@case
async def tools():
    async with Connected(key) as client:
        listed = await client.list_tools()
        assert sorted(t.name for t in listed.tools) == ["ask", "list_collections", "search"], listed


@case
async def calls():
    async with Connected(key) as client:
        answered = await client.call_tool("ask", {"question": "How many lanes has the bridge?"})
        assert not answered.is_error and "two lanes. [1]" in answered.structured_content["answer"], answered
        source = await client.read_resource(answered.structured_content["citations"][0]["uri"])
        assert "The bridge has two lanes." in source.contents[0].text
        found = await client.call_tool("search", {"query": "다리의 차로", "limit": 3})
        assert "다리에는 차로가 두 개" in found.structured_content["passages"][0]["text"]
        wrong = await client.call_tool("ask", {"question": "x", "collection": "nowhere"})
        assert wrong.is_error and "nowhere" in wrong.content[0].text


@case
async def bad_key():
    for bad in (revoked, "sk-none"):
        try:
            async with Connected(bad) as client:
                await client.list_tools()
        except Exception as e:
            said = repr(e) + "".join(repr(inner) for inner in getattr(e, "exceptions", []))
            assert "401" in said or "MCPError" in said, said  # the client drops the server's words
            continue
        raise AssertionError("a wrong key gets in")
