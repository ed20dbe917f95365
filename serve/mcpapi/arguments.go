package mcpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// asMeant is a middleware that reads the arguments of a tool as the model meant
// them, before the SDK checks them: null is no argument, and 5.0, "5" and "true"
// are a number and a truth value. It refuses wrong arguments in words from which
// a model can correct its call.
func (s *Server) asMeant(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		call, ok := req.(*mcp.CallToolRequest)
		if !ok || call.Params == nil {
			return next(ctx, method, req)
		}
		input, known := s.inputs[call.Params.Name]
		if !known {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: fmt.Sprintf("there is no tool %q: use %s", call.Params.Name, listed(slices.Sorted(maps.Keys(s.inputs))))}
		}
		arguments, err := argumentsOf(call.Params.Name, call.Params.Arguments, input)
		if err != nil {
			refused := &mcp.CallToolResult{}
			refused.SetError(err)
			return refused, nil
		}
		call.Params.Arguments = arguments
		return next(ctx, method, req)
	}
}

// argumentsOf returns the arguments of a call in the types of the tool's input.
func argumentsOf(tool string, given json.RawMessage, input *jsonschema.Schema) (json.RawMessage, error) {
	arguments := map[string]json.RawMessage{}
	if len(given) > 0 && json.Unmarshal(given, &arguments) != nil {
		return nil, fmt.Errorf("the arguments of %s must be a JSON object", tool)
	}
	names := slices.Sorted(maps.Keys(input.Properties))
	for name, value := range arguments {
		field, known := input.Properties[name]
		switch {
		case string(value) == "null":
			delete(arguments, name)
		case !known && len(names) == 0:
			return nil, fmt.Errorf("%s has no arguments", tool)
		case !known:
			return nil, fmt.Errorf("%s has no argument %q: use %s", tool, name, listed(names))
		default:
			meant, err := valueOf(value, field)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			arguments[name] = meant
		}
	}
	for _, name := range input.Required {
		if arguments[name] == nil {
			return nil, fmt.Errorf("%s needs %s: %s", tool, name, input.Properties[name].Description)
		}
	}
	return json.Marshal(arguments)
}

// valueOf returns a value in the type of its field.
func valueOf(value json.RawMessage, field *jsonschema.Schema) (json.RawMessage, error) {
	var text string
	if json.Unmarshal(value, &text) != nil {
		text = string(value)
	}
	switch field.Type {
	case "integer":
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || n != float64(int64(n)) {
			return nil, fmt.Errorf("%s is not a whole number", value)
		}
		return json.Marshal(int64(n))
	case "boolean":
		is, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(text)))
		if err != nil {
			return nil, fmt.Errorf("%s is not true or false", value)
		}
		return json.Marshal(is)
	case "string":
		if !strings.HasPrefix(string(value), `"`) {
			return nil, fmt.Errorf("%s is not a text", value)
		}
	}
	if len(field.Enum) > 0 && !slices.Contains(field.Enum, any(text)) {
		choices := make([]string, len(field.Enum))
		for i, choice := range field.Enum {
			choices[i] = fmt.Sprint(choice)
		}
		return nil, fmt.Errorf("there is no %q: use %s", text, listed(choices))
	}
	return value, nil
}

// mostListed is the maximum number of names in an error. A model that needs more
// can list the collections.
const mostListed = 20

// listed returns names as a part of a sentence.
func listed(names []string) string {
	names, rest := names[:min(len(names), mostListed)], len(names) > mostListed
	if rest {
		return strings.Join(names, ", ") + " or others"
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
