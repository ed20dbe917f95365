package retrieval_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestCorePackagesStayLight holds down what the core packages import: no
// store, no runtime and no server's client may come in with them.
func TestCorePackagesStayLight(t *testing.T) {
	core := []string{"selfrag/agent", "selfrag/agent/call", "selfrag/agent/claim", "selfrag/agent/conversation", "selfrag/agent/multihop", "selfrag/agent/reading", "selfrag/retrieval", "selfrag/retrieval/text", "selfrag/rerank", "selfrag/prompts", "selfrag/eval", "selfrag/eval/judge"}
	// A part of an import's path, and why it may not come in.
	heavy := map[string]string{
		"sqlite":                  "a store is the caller's choice, and SQLite is some megabytes of code",
		"milvus":                  "a store is the caller's choice",
		"grpc":                    "it is Milvus's",
		"onnxruntime":             "it needs cgo and a shared library",
		"daulet/tokenizers":       "it needs cgo and a library in Rust",
		"ollama":                  "any model of langchaingo's will do",
		"otel/sdk":                "who traces is the caller's choice: the API alone does nothing",
		"otel/exporters":          "who traces is the caller's choice",
		"selfrag/trace":           "it knows Langfuse",
		"selfrag/internal":        "nobody outside can give a part of a type from there",
		"selfrag/cmd":             "wiring is above all",
		"langchaingo/chains":      "it brings 22 modules, two template languages and a Starlark interpreter among them: agent/langchain is the border",
		"langchaingo/memory":      "it is for chains: agent/langchain is the border",
		"selfrag/agent/langchain": "it imports langchaingo/chains",
	}
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps"}, core...)...).Output()
	if err != nil {
		t.Fatalf("list the imports: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		for part, why := range heavy {
			// Arithmetic on vectors, by which evidence compares tokens, weighs nothing.
			if strings.Contains(line, part) && strings.TrimSpace(line) != "selfrag/internal/vec" {
				t.Errorf("a core package imports %s: %s", strings.TrimSpace(line), why)
			}
		}
	}
}

// TestRoomsWithoutAModel holds down that what needs no language model cannot ask
// one: it imports no part of langchaingo itself.
func TestRoomsWithoutAModel(t *testing.T) {
	for _, pkg := range []string{"selfrag/agent/claim", "selfrag/agent/multihop", "selfrag/retrieval/text"} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, pkg).Output()
		if err != nil {
			t.Fatalf("list the imports of %s: %v", pkg, err)
		}
		if strings.Contains(string(out), "langchaingo") {
			t.Errorf("%s imports langchaingo", pkg)
		}
	}
}

// TestNoTokenizersNeedsNoRust holds down that a program with the tag
// notokenizers is linked without Hugging Face's library, which is Rust.
func TestNoTokenizersNeedsNoRust(t *testing.T) {
	for tags, want := range map[string]bool{"onnx": true, "onnx,notokenizers": false} {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags, "selfrag/cmd/selfrag")
		list.Env = append(list.Environ(), "CGO_ENABLED=1")
		out, err := list.Output()
		if err != nil {
			t.Fatalf("list the imports with %s: %v", tags, err)
		}
		if got := strings.Contains(string(out), "github.com/daulet/tokenizers\n"); got != want {
			t.Errorf("with %s: the library is imported: %v, want %v", tags, got, want)
		}
	}
}

// TestImportsGoOneWay holds the arrows between our packages to the house.
func TestImportsGoOneWay(t *testing.T) {
	allowed := map[string][]string{
		"selfrag/retrieval":             {"selfrag/retrieval/text"},
		"selfrag/retrieval/text":        nil,
		"selfrag/retrieval/sqlite":      {"selfrag/retrieval", "selfrag/retrieval/text", "selfrag/internal/vec"},
		"selfrag/retrieval/ingest":      {"selfrag/retrieval", "selfrag/retrieval/text", "selfrag/retrieval/ingest/pdf"},
		"selfrag/retrieval/ingest/pdf":  {},
		"selfrag/retrieval/embed":       {"selfrag/retrieval", "selfrag/internal/onnx", "selfrag/internal/vec", "selfrag/internal/httpjson"},
		"selfrag/rerank":                {"selfrag/retrieval", "selfrag/retrieval/text"},
		"selfrag/rerank/late":           {"selfrag/retrieval", "selfrag/internal/vec"},
		"selfrag/rerank/llm":            {"selfrag/retrieval"},
		"selfrag/prompts":               nil,
		"selfrag/ollama":                nil,
		"selfrag/openai":                {"selfrag/internal/httpjson"},
		"selfrag/trace":                 {"selfrag/trace/langfuse"},
		"selfrag/trace/langfuse":        {"selfrag/internal/httpjson"},
		"selfrag/internal/langfusetest": nil,
		"selfrag/internal/onnx":         {"selfrag/internal/half", "selfrag/internal/safetensors"},
		"selfrag/internal/half":         nil,
		"selfrag/internal/machine":      nil,
		"selfrag/internal/safetensors":  nil,
		"selfrag/internal/models":       {"selfrag/internal/half", "selfrag/internal/safetensors"},
		"selfrag/scripts/fetch-model":   {"selfrag/internal/models"},
		"selfrag/metrics":               {"selfrag/agent", "selfrag/retrieval"},
		"selfrag/prompts/registry":      {"selfrag/prompts"},
		"selfrag/internal/replay":       nil,
		"selfrag/internal/vec":          nil,
		"selfrag/internal/processtest":  nil,
		"selfrag/internal/filtertest":   {"selfrag/retrieval"},
		"selfrag/agent/claim":           {"selfrag/retrieval", "selfrag/retrieval/text"},
		"selfrag/agent/multihop":        {"selfrag/agent/claim", "selfrag/retrieval", "selfrag/retrieval/text"},
		"selfrag/agent/reading":         {"selfrag/rerank/evidence", "selfrag/retrieval", "selfrag/retrieval/text"},
		"selfrag/agent/internal/stop":   nil,
		"selfrag/agent/internal/watch":  nil,
		"selfrag/agent/internal/span":   {"selfrag/agent/internal/stop"},
		"selfrag/agent/call":            {"selfrag/agent/internal/span", "selfrag/agent/internal/stop", "selfrag/prompts", "selfrag/retrieval/text"},
		"selfrag/agent/conversation":    {"selfrag/agent/call", "selfrag/agent/claim", "selfrag/prompts", "selfrag/retrieval/text"},
		"selfrag/agent":                 {"selfrag/agent/call", "selfrag/agent/claim", "selfrag/agent/conversation", "selfrag/agent/multihop", "selfrag/agent/reading", "selfrag/agent/internal/span", "selfrag/agent/internal/stop", "selfrag/agent/internal/watch", "selfrag/retrieval", "selfrag/retrieval/text", "selfrag/rerank", "selfrag/rerank/evidence", "selfrag/prompts"},
		"selfrag/agent/langchain":       {"selfrag/agent", "selfrag/agent/claim", "selfrag/agent/conversation", "selfrag/prompts", "selfrag/rerank/evidence", "selfrag/retrieval"},
		"selfrag/eval/judge":            {"selfrag/agent", "selfrag/agent/call", "selfrag/prompts", "selfrag/retrieval/text"},
		"selfrag/eval":                  {"selfrag/agent", "selfrag/agent/claim", "selfrag/eval/judge", "selfrag/retrieval", "selfrag/retrieval/text"},
		"selfrag/eval/report":           {"selfrag/agent", "selfrag/eval"},
		"selfrag/eval/online":           {"selfrag/eval"},
		"selfrag/rerank/api":            {"selfrag/retrieval", "selfrag/internal/httpjson"},
		"selfrag/rerank/onnx":           {"selfrag/retrieval", "selfrag/internal/onnx", "selfrag/internal/vec"},
		"selfrag/internal/httpjson":     nil,
		"selfrag/retrieval/milvus":      {"selfrag/retrieval", "selfrag/retrieval/text"},
		"selfrag/serve":                 {"selfrag/agent", "selfrag/agent/conversation", "selfrag/rerank/evidence", "selfrag/retrieval", "selfrag/retrieval/text", "selfrag/internal/session"},
		"selfrag/serve/httpapi":         {"selfrag/agent", "selfrag/agent/conversation", "selfrag/rerank/evidence", "selfrag/retrieval", "selfrag/serve"},
		"selfrag/serve/mcpapi":          {"selfrag/agent", "selfrag/rerank/evidence", "selfrag/retrieval", "selfrag/serve"},
		"selfrag/serve/webpage":         {},
		"selfrag/serve/keys":            {"selfrag/internal/session", "selfrag/serve", "selfrag/serve/httpapi"},
	}
	for pkg, may := range allowed {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, pkg).Output()
		if err != nil {
			t.Fatalf("list the imports of %s: %v", pkg, err)
		}
		for line := range strings.Lines(string(out)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "selfrag/") && !slices.Contains(may, line) {
				t.Errorf("%s imports %s", pkg, line)
			}
		}
	}
}
