package openai

import (
	"encoding/json"
	"fmt"

	"github.com/tmc/langchaingo/llms"
)

// toFormat returns the response_format of a request: a JSON schema, the type
// json_object, or nil for none.
func toFormat(opts llms.CallOptions) (any, error) {
	given, ok := opts.Metadata[schemaKey]
	if !ok || given == nil {
		if opts.JSONMode || opts.ResponseMIMEType == "application/json" {
			return map[string]any{"type": "json_object"}, nil
		}
		return nil, nil
	}
	var schema json.RawMessage
	switch given := given.(type) {
	case json.RawMessage:
		schema = given
	case []byte:
		schema = given
	case string:
		schema = json.RawMessage(given)
	default:
		var err error
		if schema, err = json.Marshal(given); err != nil {
			return nil, fmt.Errorf("writing the JSON schema of the answer: %w", err)
		}
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(schema, &object); err != nil {
		return nil, fmt.Errorf("the JSON schema of the answer is not a JSON object: %w", err)
	}
	// OpenAI enforces only strict schemas. A strict schema must forbid
	// additional properties.
	strict := string(object["additionalProperties"]) == "false"
	return map[string]any{
		"type": "json_schema", "json_schema": map[string]any{"name": "answer", "strict": strict, "schema": schema},
	}, nil
}

// hasSchema reports whether the response_format of a request is a JSON schema.
func hasSchema(format any) bool {
	f, ok := format.(map[string]any)
	return ok && f["type"] == "json_schema"
}
