// Package selfrag_test holds the house to its drawing: which package may import
// which, and what must stay out of it.
package selfrag_test

import (
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// house is every package of the module with those of ours that it may import,
// from the ground up. A package imports only what stands above it in this list, so
// no arrow runs up and none in a circle.
//
// A new package goes into the list at its floor. An arrow is added here when it
// belongs to the design, and not to make the test pass.
var house = []struct{ pkg, imports string }{
	// ground tools
	{"fault", ""},
	{"internal/atomicfile", ""},
	{"internal/goldentest", ""},
	{"internal/half", ""},
	{"internal/httpjson", ""},
	{"internal/langfusetest", ""},
	{"internal/machine", ""},
	{"internal/oddmodel", ""},
	{"internal/outbound", ""},
	{"internal/processtest", ""},
	{"internal/queueing", ""},
	{"internal/replay", "internal/atomicfile"},
	{"internal/safetensors", ""},
	{"internal/unigram", ""},
	{"internal/quant", ""},
	{"internal/vec", ""},
	{"internal/download", ""},
	{"internal/models", "internal/download internal/half internal/safetensors"},
	{"internal/parts", "internal/download internal/models"},
	{"internal/onnx", "internal/half internal/safetensors internal/unigram"},

	// search
	{"retrieval/text", ""},
	{"retrieval", "retrieval/text"},
	{"retrieval/embed", "internal/httpjson internal/onnx internal/vec retrieval"},
	{"retrieval/filtertest", "retrieval"},
	{"retrieval/ingest/content", "retrieval retrieval/text"},
	{"retrieval/ingest/charset", "retrieval retrieval/ingest/content"},
	{"retrieval/ingest/xmltext", "retrieval/ingest/charset"},
	{"retrieval/ingest/archive", "retrieval retrieval/ingest/charset retrieval/ingest/content retrieval/ingest/xmltext"},
	{"retrieval/ingest/numbering", ""},
	{"retrieval/ingest/table", "retrieval/ingest/content"},
	{"retrieval/ingest/filetest", "retrieval/ingest/content"},
	{"retrieval/ingest/hangul", "retrieval retrieval/ingest/archive retrieval/ingest/content retrieval/ingest/numbering retrieval/ingest/table retrieval/ingest/xmltext"},
	{"retrieval/ingest/office", "retrieval retrieval/ingest/archive retrieval/ingest/content retrieval/ingest/numbering retrieval/ingest/table retrieval/ingest/xmltext"},
	{"retrieval/ingest/pdf", "retrieval/text"},
	{"retrieval/ingest/plain", "retrieval retrieval/ingest/charset retrieval/ingest/content retrieval/ingest/table"},
	{"retrieval/ingest/web", "retrieval/ingest/archive retrieval/ingest/charset retrieval/ingest/content retrieval/ingest/table retrieval/ingest/xmltext"},
	{"retrieval/ingest/mail", "retrieval retrieval/ingest/charset retrieval/ingest/content retrieval/ingest/web"},
	{"retrieval/ingest/command", "retrieval/ingest/content retrieval/ingest/plain"},
	{"retrieval/ingest", "internal/outbound retrieval retrieval/ingest/archive retrieval/ingest/charset retrieval/ingest/content retrieval/ingest/hangul retrieval/ingest/mail retrieval/ingest/office retrieval/ingest/pdf retrieval/ingest/plain retrieval/ingest/web retrieval/text"},
	{"retrieval/milvus", "retrieval retrieval/text"},
	{"retrieval/sqlite", "internal/quant internal/vec retrieval retrieval/text"},
	{"retrieval/storetest", "retrieval"},
	{"retrieval/source", "internal/atomicfile retrieval retrieval/ingest"},
	{"retrieval/source/bucket", "internal/outbound retrieval/source"},
	{"retrieval/source/folder", "retrieval/ingest retrieval/source"},
	{"retrieval/source/git", "fault internal/outbound retrieval/ingest retrieval/source"},
	{"retrieval/source/site", "internal/outbound retrieval/source"},
	{"retrieval/source/sourcetest", "retrieval retrieval/ingest retrieval/source retrieval/sqlite"},

	// second stage
	{"rerank", "retrieval retrieval/text"},
	{"rerank/api", "internal/httpjson retrieval"},
	{"rerank/evidence", "internal/vec retrieval retrieval/text"},
	{"rerank/late", "internal/vec retrieval"},
	{"rerank/llm", "retrieval"},
	{"rerank/onnx", "internal/onnx internal/vec retrieval"},

	// prompts
	{"prompts", ""},
	{"prompts/promptstest", "prompts"},
	{"prompts/registry", "internal/atomicfile prompts"},

	// clients and traces
	{"ollama", ""},
	{"openai", "internal/httpjson"},
	{"trace/langfuse", "internal/httpjson"},
	{"trace", "trace/langfuse"},

	// the loop
	{"agent/internal/stop", ""},
	{"agent/internal/watch", ""},
	{"agent/internal/span", "agent/internal/stop"},
	{"agent/call", "agent/internal/span agent/internal/stop prompts retrieval/text"},
	{"agent/claim", "retrieval retrieval/text"},
	{"agent/conversation", "agent/call agent/claim prompts retrieval/text"},
	{"agent/multihop", "agent/claim retrieval retrieval/text"},
	{"agent/reading", "rerank/evidence retrieval retrieval/text"},
	{"agent/quote", "agent/claim rerank/evidence retrieval retrieval/text"},
	{"agent", "agent/call agent/claim agent/conversation agent/internal/span agent/internal/stop agent/internal/watch agent/multihop agent/quote agent/reading prompts rerank rerank/evidence retrieval retrieval/text"},
	{"agent/langchain", "agent agent/claim agent/conversation prompts rerank/evidence retrieval"},

	// what is built on the loop
	{"eval/judge", "agent agent/call prompts retrieval/text"},
	{"metrics", "agent fault retrieval"},
	{"session", "agent agent/conversation internal/atomicfile retrieval/text"},
	{"eval", "agent agent/claim eval/judge retrieval retrieval/text"},
	{"eval/online", "eval"},
	{"eval/report", "agent eval"},
	{"eval/questions", "agent agent/claim eval internal/atomicfile prompts rerank/evidence retrieval retrieval/text"},

	// the service
	{"serve/webpage", ""},
	{"serve/widget", ""},
	{"serve", "agent agent/conversation fault internal/atomicfile rerank/evidence retrieval retrieval/text session"},
	{"serve/httpapi", "agent agent/conversation fault rerank/evidence retrieval serve"},
	{"serve/mcpapi", "agent rerank/evidence retrieval serve"},
	{"serve/keys", "internal/atomicfile serve serve/httpapi"},
	{"serve/bot", "agent agent/conversation retrieval/text serve"},
	{"serve/bot/bottest", "agent agent/conversation prompts retrieval retrieval/ingest retrieval/sqlite serve serve/bot"},
	{"serve/bot/kakao", "agent retrieval/text serve/bot"},
	{"serve/bot/slack", "agent retrieval/text serve/bot"},

	// the command line
	{"cmd/selfrag/internal/screentest", ""},
	{"cmd/selfrag/internal/setuptest", ""},
	{"cmd/selfrag/internal/config", "agent fault rerank/api retrieval retrieval/ingest retrieval/ingest/command serve serve/httpapi trace trace/langfuse"},
	{"cmd/selfrag/internal/term", "agent eval rerank/evidence retrieval retrieval/ingest retrieval/ingest/charset retrieval/text"},
	{"cmd/selfrag/internal/wire", "agent cmd/selfrag/internal/config cmd/selfrag/internal/term fault internal/machine internal/models internal/onnx metrics ollama openai prompts prompts/registry rerank rerank/api rerank/evidence rerank/late rerank/llm rerank/onnx retrieval retrieval/embed retrieval/ingest retrieval/ingest/pdf retrieval/milvus retrieval/source retrieval/source/bucket retrieval/source/folder retrieval/source/git retrieval/source/site retrieval/sqlite retrieval/text serve serve/keys trace trace/langfuse"},
	{"cmd/selfrag/internal/measure", "agent agent/claim cmd/selfrag/internal/config cmd/selfrag/internal/term cmd/selfrag/internal/wire eval eval/online eval/questions eval/report fault metrics prompts rerank rerank/evidence retrieval retrieval/ingest retrieval/text serve session trace trace/langfuse"},
	{"cmd/selfrag/internal/setup", "agent/call cmd/selfrag/internal/config cmd/selfrag/internal/term cmd/selfrag/internal/wire fault internal/atomicfile internal/machine internal/models internal/onnx internal/parts ollama prompts retrieval/embed trace trace/langfuse"},
	{"cmd/selfrag/internal/talk", "agent agent/conversation cmd/selfrag/internal/config cmd/selfrag/internal/term cmd/selfrag/internal/wire fault internal/atomicfile retrieval session trace"},
	{"cmd/selfrag/internal/server", "cmd/selfrag/internal/config cmd/selfrag/internal/term cmd/selfrag/internal/wire fault metrics prompts serve serve/bot serve/httpapi serve/keys serve/mcpapi serve/webpage serve/widget session"},
	{"cmd/selfrag", "agent cmd/selfrag/internal/config cmd/selfrag/internal/measure cmd/selfrag/internal/server cmd/selfrag/internal/setup cmd/selfrag/internal/talk cmd/selfrag/internal/term cmd/selfrag/internal/wire eval fault internal/models metrics prompts prompts/registry rerank/evidence retrieval retrieval/ingest serve/bot serve/bot/kakao serve/bot/slack serve/keys session trace"},

	// examples and scripts
	{"scripts/bench", "internal/oddmodel internal/processtest"},
	{"scripts/check-documents", "retrieval retrieval/ingest retrieval/text"},
	{"scripts/compare-text", "retrieval/ingest/content retrieval/ingest/hangul retrieval/ingest/office retrieval/ingest/pdf retrieval/ingest/web"},
	{"scripts/fetch-part", "internal/parts"},
	{"scripts/module-path", ""},
	{"scripts/simulate-scale", "internal/queueing"},
	{"examples/embed", "agent ollama retrieval retrieval/ingest retrieval/sqlite"},
	{"examples/chains", "agent agent/langchain ollama retrieval retrieval/sqlite"},
}

// core are the packages that whoever embeds the agent cannot do without.
var core = []string{
	"agent", "agent/call", "agent/claim", "agent/conversation", "agent/multihop", "agent/quote", "agent/reading", "retrieval", "retrieval/text", "rerank", "rerank/evidence", "prompts",
	"eval", "eval/judge",
}

// never are imports that a package must not have, itself or through others, each
// with the reason.
var never = []struct {
	from []string // packages; one that ends in /... stands for all below it
	to   string   // a part of the path of the import
	but  []string // imports that are meant by it no more
	why  string
}{
	{core, "sqlite", nil, "a store is the caller's choice, and SQLite is some megabytes of code"},
	{core, "milvus", nil, "a store is the caller's choice"},
	{core, "google.golang.org/grpc", nil, "it is Milvus's"},
	{core, "onnxruntime", nil, "it needs cgo and a shared library"},
	{core, "daulet/tokenizers", nil, "it needs cgo and a library in Rust"},
	{core, "ollama", nil, "any model of langchaingo's will do"},
	{core, "otel/sdk", nil, "who traces is the caller's choice: the API alone does nothing"},
	{core, "otel/exporters", nil, "who traces is the caller's choice"},
	{core, "selfrag/trace", nil, "it knows Langfuse"},
	{core, "selfrag/internal", []string{"selfrag/internal/vec"}, "nobody outside can give a part of a type from there; arithmetic on vectors has no such types"},
	{core, "langchaingo/chains", nil, "it brings 22 modules, two template languages and a Starlark interpreter among them: agent/langchain is the border"},
	{core, "langchaingo/memory", nil, "it is for chains: agent/langchain is the border"},
	{core, "selfrag/agent/langchain", nil, "it imports langchaingo/chains"},
	{[]string{"serve", "serve/httpapi", "serve/mcpapi", "serve/keys", "serve/webpage", "session"}, "selfrag/cmd", nil, "a service can be built by another program"},
	{[]string{"serve", "serve/httpapi", "serve/mcpapi", "serve/keys", "serve/bot", "session"}, "selfrag/retrieval/sqlite", nil, "a service is given its store"},
	{[]string{"serve", "serve/httpapi", "serve/mcpapi", "serve/keys", "session"}, "selfrag/retrieval/milvus", nil, "a service is given its store"},
	{[]string{"serve", "serve/httpapi", "serve/mcpapi", "serve/keys", "session"}, "selfrag/ollama", nil, "a service is given its model"},
	{[]string{"serve", "serve/httpapi", "serve/mcpapi", "serve/keys", "session", "metrics", "eval/..."}, "selfrag/trace", nil, "only cmd knows where traces go"},
	{[]string{"internal/..."}, "selfrag/", []string{"selfrag/internal/"}, "internal holds ground tools, which serve what stands above them"},
	{[]string{"ollama", "openai", "prompts", "prompts/...", "trace", "trace/..."}, "selfrag/agent", nil, "a client serves other programs than this one"},
	{[]string{"examples/..."}, "selfrag/internal", []string{"selfrag/internal/vec", "selfrag/internal/quant", "selfrag/internal/atomicfile", "selfrag/internal/httpjson", "selfrag/internal/outbound"}, "an example is what a program outside can do"},
	{[]string{"examples/..."}, "selfrag/cmd", nil, "an example wires its own parts"},
	{[]string{"cmd/selfrag/internal/config", "cmd/selfrag/internal/term"}, "selfrag/retrieval/sqlite", nil, "settings and views open no part: wire does"},
}

// graph is the imports of each package, those of other modules among them, as a
// program with every build tag has them.
func graph(t *testing.T) map[string][]string {
	t.Helper()
	imports, err := listImports()
	if err != nil {
		t.Fatalf("list the imports: %v", err)
	}
	return imports
}

// listImports asks the go command, once for all tests: it takes seconds.
var listImports = sync.OnceValues(func() (map[string][]string, error) {
	list := exec.Command("go", "list", "-deps", "-tags", "onnx", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	list.Env = append(list.Environ(), "CGO_ENABLED=1") // nothing is compiled
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		imports[fields[0]] = fields[1:]
	}
	return imports, nil
})

const module = "selfrag/"

// TestImportsGoOneWay holds the arrows between our packages to the house.
func TestImportsGoOneWay(t *testing.T) {
	imports := graph(t)
	var drawn []string
	for _, room := range house {
		pkg, may := module+room.pkg, strings.Fields(room.imports)
		has, there := imports[pkg]
		if !there {
			t.Errorf("the house has %s, and the module has not", room.pkg)
		}
		for _, to := range may {
			if !slices.Contains(drawn, to) {
				t.Errorf("%s may import %s, which does not stand above it in the house: an arrow up", room.pkg, to)
			}
			if !slices.Contains(has, module+to) {
				t.Errorf("%s may import %s and does not: take the arrow out of the house", room.pkg, to)
			}
		}
		for _, to := range has {
			if ours, ok := strings.CutPrefix(to, module); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, which the house does not draw", room.pkg, ours)
			}
		}
		drawn = append(drawn, room.pkg)
	}
	for pkg := range imports {
		if ours, ok := strings.CutPrefix(pkg, module); ok && !slices.Contains(drawn, ours) {
			t.Errorf("the house has no place for %s", ours)
		}
	}
}

// TestWhatMustStayOut holds down what packages bring in, themselves or through
// others.
func TestWhatMustStayOut(t *testing.T) {
	imports := graph(t)
	for _, rule := range never {
		for pkg := range imports {
			ours, ok := strings.CutPrefix(pkg, module)
			if !ok || !covers(rule.from, ours) {
				continue
			}
			for _, to := range brought(imports, pkg) {
				if strings.Contains(to, rule.to) && !slices.ContainsFunc(rule.but, func(but string) bool { return strings.HasPrefix(to, but) }) {
					t.Errorf("%s brings %s in: %s", ours, to, rule.why)
				}
			}
		}
	}
}

// covers reports whether a package is one of the patterns, or below one.
func covers(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		below, all := strings.CutSuffix(p, "...")
		return p == pkg || all && strings.HasPrefix(pkg, below)
	})
}

// brought is all that a package imports, itself or through others.
func brought(imports map[string][]string, pkg string) []string {
	var all []string
	seen := map[string]bool{}
	var visit func(string)
	visit = func(pkg string) {
		for _, to := range imports[pkg] {
			if !seen[to] {
				seen[to] = true
				all = append(all, to)
				visit(to)
			}
		}
	}
	visit(pkg)
	return all
}

// TestRoomsWithoutAModel holds down that what needs no language model cannot ask
// one: it imports no part of langchaingo itself. Package retrieval does, as the
// border to its stores and retrievers.
func TestRoomsWithoutAModel(t *testing.T) {
	imports := graph(t)
	for _, pkg := range []string{"agent/claim", "agent/multihop", "retrieval/text"} {
		for _, to := range imports[module+pkg] {
			if strings.Contains(to, "langchaingo") {
				t.Errorf("%s imports %s", pkg, to)
			}
		}
	}
}

// TestEveryRuleIsAboutSomething keeps rules about packages that are gone from
// looking as if they held.
func TestEveryRuleIsAboutSomething(t *testing.T) {
	for _, rule := range never {
		for _, from := range rule.from {
			if !slices.ContainsFunc(house, func(room struct{ pkg, imports string }) bool { return covers([]string{from}, room.pkg) }) {
				t.Errorf("%s, which must not import %s, is no package", from, rule.to)
			}
		}
		if rule.why == "" {
			t.Errorf("why must %v not import %s?", rule.from, rule.to)
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
