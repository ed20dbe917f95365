package trace

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// types maps OpenInference's kinds to Langfuse's names.
var types = map[string]string{
	"AGENT": "agent", "LLM": "generation", "RETRIEVER": "retriever", "EVALUATOR": "evaluator", "CHAIN": "chain",
	"EMBEDDING": "embedding", "RERANKER": "span", "TOOL": "tool", "GUARDRAIL": "guardrail",
}

// renamed maps attributes to Langfuse's names for them.
var renamed = map[string]string{
	keyInput:                     "langfuse.observation.input",
	keyOutput:                    "langfuse.observation.output",
	keyTraceName:                 "langfuse.trace.name",
	keyTraceTags:                 "langfuse.trace.tags",
	"llm.model_name":             "langfuse.observation.model.name",
	"embedding.model_name":       "langfuse.observation.model.name",
	"selfrag.first_token_at":     "langfuse.observation.completion_start_time",
	"selfrag.prompt.name":        "",
	keyUser:                      keyUser,
	keySession:                   keySession,
	"gen_ai.response.model":      metadata + "response_model",
	"reranker.model_name":        metadata + "model",
	"openinference.span.kind":    "",
	"input.mime_type":            "",
	"output.mime_type":           "",
	"gen_ai.operation.name":      "",
	"gen_ai.request.model":       "",
	"gen_ai.usage.input_tokens":  "",
	"gen_ai.usage.output_tokens": "",
	"llm.token_count.total":      "",
	"llm.token_count.prompt":     "",
	"llm.token_count.completion": "",
	keyCached:                    "",
	"selfrag.cancelled":          "",
	"selfrag.spent":              "",
	keyWarning:                   "",
	"llm.invocation_parameters":  "",
	"selfrag.prompt.version":     "",
	keyRegistryName:              "",
	keyRegistryVersion:           "",
}

const (
	metadata  = "langfuse.observation.metadata."
	keyCached = "llm.token_count.prompt_details.cache_read"

	// The name and version of a prompt in a registry.
	keyRegistryName    = "selfrag.prompt.registry_name"
	keyRegistryVersion = "selfrag.prompt.registry_version"
)

// forLangfuse converts the attributes of a span to Langfuse's names.
func (c Config) forLangfuse(s changed) changed {
	of := map[string]attribute.Value{}
	for _, a := range s.attributes {
		of[string(a.Key)] = a.Value
	}
	var out []attribute.KeyValue
	set := func(key, text string) { out = append(out, attribute.String(key, text)) }
	kind, known := types[of["openinference.span.kind"].AsString()]
	if !known {
		kind = "span"
	}
	set("langfuse.observation.type", kind)
	for key, text := range map[string]string{"langfuse.environment": c.Environment, "langfuse.release": c.Release} {
		if _, own := of[key]; !own && text != "" {
			set(key, text)
		}
	}
	for key, value := range of {
		to, isRenamed := renamed[key]
		switch {
		case isRenamed && to != "":
			out = append(out, attribute.KeyValue{Key: attribute.Key(to), Value: value})
		case isRenamed:
		case strings.HasPrefix(key, "langfuse."):
			out = append(out, attribute.KeyValue{Key: attribute.Key(key), Value: value})
		case strings.HasPrefix(key, keyTraceMeta):
			set("langfuse.trace.metadata."+key[len(keyTraceMeta):], value.AsString())
		default:
			set(metadata+plain(strings.TrimPrefix(key, "selfrag.")), value.String())
		}
	}
	if version, ok := of["selfrag.prompt.version"]; ok {
		out = append(out, promptOf(of)...)
		set(metadata+"prompt_version", version.AsString())
	}
	if parameters, ok := of["llm.invocation_parameters"]; ok {
		set("langfuse.observation.model.parameters", flat(parameters.AsString()))
	}
	if usage := usageOf(of); usage != "" {
		set("langfuse.observation.usage_details", usage)
	}
	level, message := severity(of, s.status)
	set("langfuse.observation.level", level)
	if message != "" {
		set("langfuse.observation.status_message", message)
	}
	return changed{s.ReadOnlySpan, out, s.status}
}

// promptOf returns the prompt of a call. A prompt from Langfuse has its name
// and version there, so that Langfuse links it; any other has its own.
func promptOf(of map[string]attribute.Value) []attribute.KeyValue {
	name, number := of["selfrag.prompt.name"], int64(0)
	if n, err := strconv.ParseInt(of["selfrag.prompt.version"].AsString(), 10, 64); err == nil {
		number = n
	}
	if kept, ok := of[keyRegistryName]; ok {
		name, number = kept, of[keyRegistryVersion].AsInt64()
	}
	out := []attribute.KeyValue{attribute.String("langfuse.observation.prompt.name", name.AsString())}
	if number > 0 {
		out = append(out, attribute.Int64("langfuse.observation.prompt.version", number))
	}
	return out
}

// severity returns Langfuse's level of a span and the reason for it.
func severity(of map[string]attribute.Value, status sdk.Status) (level, message string) {
	_, isSpent := of["selfrag.spent"]
	_, warned := of[keyWarning]
	switch {
	case status.Code == codes.Error:
		return "ERROR", status.Description
	case isSpent:
		return "WARNING", "the budget is spent: " + of["selfrag.spent"].AsString()
	case of["selfrag.cancelled"].AsBool():
		return "DEFAULT", "cancelled"
	case warned:
		return "WARNING", of[keyWarning].AsString()
	}
	return "DEFAULT", ""
}

// usageOf counts tokens. Tokens from the server's cache are not counted as
// input, because Langfuse adds the kinds up.
func usageOf(of map[string]attribute.Value) string {
	prompt, ok := of["llm.token_count.prompt"]
	if !ok {
		return ""
	}
	cached := of[keyCached].AsInt64()
	usage := map[string]int64{
		"input": prompt.AsInt64() - cached, "output": of["llm.token_count.completion"].AsInt64(), "total": of["llm.token_count.total"].AsInt64(),
	}
	if cached > 0 {
		usage["input_cached_tokens"] = cached
	}
	out, _ := json.Marshal(usage) // cannot fail: strings and numbers
	return string(out)
}

// flat returns a JSON object with only texts, numbers and booleans as values,
// as Langfuse requires for parameters. Nested values are written as text.
func flat(object string) string {
	var in map[string]any
	if json.Unmarshal([]byte(object), &in) != nil {
		return "{}"
	}
	for k, v := range in {
		switch v.(type) {
		case map[string]any, []any:
			text, _ := json.Marshal(v) // decoded from JSON
			in[k] = string(text)
		}
	}
	out, _ := json.Marshal(in)
	return string(out)
}

// plain returns a key without levels, which Langfuse can filter by.
func plain(key string) string { return strings.ReplaceAll(key, ".", "_") }

// scoreNames maps the attributes of a turn's own span that are scores to their
// types.
var scoreNames = map[string]string{
	"relevance": "NUMERIC", "support": "NUMERIC", "usefulness": "NUMERIC", "abstained": "BOOLEAN", "iterations": "NUMERIC",
}

// number returns the value of an attribute as a score.
func number(v attribute.Value) (float64, error) {
	switch v.Type() {
	case attribute.BOOL:
		if v.AsBool() {
			return 1, nil
		}
		return 0, nil
	case attribute.INT64:
		return float64(v.AsInt64()), nil
	case attribute.FLOAT64:
		return v.AsFloat64(), nil
	}
	return 0, fmt.Errorf("%s is not a number", v.String())
}
