"""LiteLLM against a live server. Arguments: URL, key of a reader, key that was revoked."""

import os
import sys

# The map of prices comes from the package and not from the network.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
from cases import case

url, key, revoked = sys.argv[1:]
MODEL = "self-rag/notes"
QUESTION = [{"role": "user", "content": "How many lanes has the bridge?"}]
litellm.suppress_debug_info = True


def complete(messages=QUESTION, model=MODEL, api_key=key, **options):
    return litellm.completion(model="openai/" + model, api_base=url + "/v1", api_key=api_key, messages=messages, num_retries=0, max_retries=0, **options)


@case
def answer():
    r = complete(temperature=0.1, max_tokens=256, user="u")
    assert "two lanes. [1]" in r.choices[0].message.content and r.choices[0].finish_reason == "stop", r
    assert r.usage.total_tokens > 0
    assert r.choices[0].message.annotations[0]["type"] == "url_citation"


@case
def stream():
    chunks = list(complete(stream=True, stream_options={"include_usage": True}))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert "two lanes. [1]" in text, text
    assert litellm.stream_chunk_builder(chunks, messages=QUESTION).choices[0].message.content == text
    assert any(getattr(c, "usage", None) and c.usage.total_tokens > 0 for c in chunks)


@case
def follow_up():
    history = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Is there a bridge?"}, {"role": "assistant", "content": "Yes."}]
    assert "two lanes" in complete(history + QUESTION, "two-stage/notes").choices[0].message.content


@case
def errors():
    for model, secret, kind in [("gpt-4", key, litellm.NotFoundError), (MODEL, revoked, litellm.AuthenticationError), (MODEL, "sk-none", litellm.AuthenticationError)]:
        try:
            complete(model=model, api_key=secret)
        except kind:
            continue
        raise AssertionError(f"nothing raised in place of {kind.__name__}")
