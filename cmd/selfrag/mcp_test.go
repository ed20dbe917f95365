package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"selfrag/cmd/selfrag/internal/server"
	"selfrag/serve/keys"
)

// checkMCP performs the operations of a client.
func checkMCP(t *testing.T, c *mcpClient) {
	t.Helper()
	tools, err := c.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
		if tool.InputSchema == nil || tool.OutputSchema == nil || !tool.Annotations.ReadOnlyHint || tool.Description == "" {
			t.Errorf("tool %s lacks something: %+v", tool.Name, tool)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"ask", "list_collections", "search"}) {
		t.Errorf("tools %v", names)
	}

	out, _ := c.call("list_collections", nil)
	if name := first[string](t, out, "collections", "name"); name != "notes" || !first[bool](t, out, "collections", "default") {
		t.Errorf("collections: %v", out)
	}
	out, _ = c.call("ask", map[string]any{"question": "How many lanes has the bridge?"})
	if !strings.Contains(out["answer"].(string), "two lanes. [1]") || out["abstained"] != false || out["strategy"] != "self-rag" {
		t.Errorf("answer: %v", out)
	}
	for _, want := range []string{"Searching: How many lanes has the bridge?", "Found 1 passages, grading them", "Checking a draft against the passages"} {
		select {
		case said := <-c.progress:
			if said != want {
				t.Errorf("progress %q, want %q", said, want)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("no progress %q", want)
		}
	}

	quote, uri := first[string](t, out, "citations", "quote"), first[string](t, out, "citations", "uri")
	read, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
	if err != nil {
		t.Fatal(err)
	}
	start, end := int(first[float64](t, out, "citations", "start")), int(first[float64](t, out, "citations", "end"))
	if text := []rune(read.Contents[0].Text); string(text[start:end]) != quote || read.Contents[0].Meta["selfrag/length"] != float64(len(text)) {
		t.Errorf("the source has %q where the quote is %q", string(text[start:end]), quote)
	}
	rest, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri + "/5"})
	if err != nil || "# The"+rest.Contents[0].Text != read.Contents[0].Text {
		t.Errorf("the rest: %v %v", rest, err)
	}
	list, err := c.ListResources(t.Context(), nil)
	if err != nil || len(list.Resources) != 1 || list.Resources[0].URI != uri {
		t.Errorf("resources: %+v %v", list, err)
	}
	for _, unknown := range []string{"selfrag://notes/none", "selfrag://none/none", "selfrag://..%2F..%2Fetc/passwd", "file:///etc/passwd", uri + "/-1", uri + "/x"} {
		if _, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: unknown}); err == nil || !strings.Contains(err.Error(), "not found") {
			t.Errorf("%s: %v", unknown, err)
		}
	}
	typed := func(argument, value string) []string {
		t.Helper()
		result, err := c.Complete(t.Context(), &mcp.CompleteParams{
			Ref: &mcp.CompleteReference{Type: "ref/resource", URI: "selfrag://{collection}/{source}"}, Argument: mcp.CompleteParamsArgument{Name: argument, Value: value},
			Context: &mcp.CompleteContext{Arguments: map[string]string{"collection": "notes"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return result.Completion.Values
	}
	if got := typed("collection", "no"); !slices.Equal(got, []string{"notes"}) {
		t.Errorf("completions of a collection: %v", got)
	}
	if got := typed("source", "/"); len(got) != 1 || filepath.Base(got[0]) != "bridge.md" {
		t.Errorf("completions of a source: %v", got)
	}

	out, _ = c.call("search", map[string]any{"query": "다리의 차로", "limit": 3})
	if text := first[string](t, out, "passages", "text"); !strings.Contains(text, "다리에는 차로가 두 개") {
		t.Errorf("search: %v", out)
	}
	out, _ = c.call("search", map[string]any{"query": "다리의 차로", "evidence": true})
	found, _ := out["evidence"].(map[string]any)
	if text := first[string](t, found, "sentences", "text"); !strings.Contains(text, "다리에는 차로가 두 개") || first[string](t, found, "sentences", "uri") != uri ||
		first[float64](t, found, "sentences", "p_answers") <= 0 || len(out["passages"].([]any)) != 0 {
		t.Errorf("search with evidence: %v", out)
	}
	for _, wrong := range []struct {
		tool      string
		arguments map[string]any
		say       string
	}{
		{"search", map[string]any{"query": "x", "collection": "nowhere"}, `there is no such collection "nowhere": use notes`},
		{"ask", map[string]any{"question": "x", "collection": "없음"}, `there is no such collection "없음": use notes`},
		{"search", map[string]any{"query": " "}, "empty"},
		{"search", map[string]any{"query": "x", "limit": 51}, "limit: it must be 1 to 50"},
		{"search", map[string]any{"query": "x", "filter": "title ="}, "filter"},
		{"search", map[string]any{"query": "x", "surprise": 1}, `search has no argument "surprise": use collection,`},
		{"search", map[string]any{"limit": nil}, "search needs query: what to look for"},
		{"search", map[string]any{"query": "x", "evidence": "yes"}, "evidence"},
		{"ask", map[string]any{"question": "x", "strategy": "guess"}, "strategy"},
		{"ask", map[string]any{}, "question"},
	} {
		if _, say := c.call(wrong.tool, wrong.arguments); !strings.Contains(say, wrong.say) {
			t.Errorf("%s %v says %q", wrong.tool, wrong.arguments, say)
		}
	}
}

func TestMCPOverStreams(t *testing.T) {
	transport, log := overStreams(t, newServedApp(t, newBridgeModel(t)))
	c := mustConnectMCP(t, transport, "")
	checkMCP(t, c)
	if err := c.Close(); err != nil || log.String() != "" {
		t.Errorf("%v\n%s", err, log)
	}
}

func TestMCPOverHTTP(t *testing.T) {
	for _, version := range []string{"", "2025-06-18"} { // a version with standalone requests, and one with sessions
		t.Run("version "+version, func(t *testing.T) {
			s := startServer(t, newServedApp(t, newBridgeModel(t)))
			checkMCP(t, mustConnectMCP(t, overHTTP(s, ""), version))
		})
	}
}

func TestMCPAbstains(t *testing.T) {
	m := newBridgeModel(t)
	m.draft = "NOT FOUND"
	transport, _ := overStreams(t, newServedApp(t, m))
	c := mustConnectMCP(t, transport, "2025-06-18")
	out, _ := c.call("ask", map[string]any{"question": "다리는 언제 지었나요?", "strategy": "two-stage"})
	if out["abstained"] != true || len(out["citations"].([]any)) != 0 || out["answer"] == "" {
		t.Errorf("%v", out)
	}
	if searched := out["searched"].([]any); len(searched) == 0 {
		t.Errorf("it does not say what was searched: %v", out)
	}
}

// TestMCPCancelledCallsStopTheModel checks that the model stops if the client
// cancels a call or disappears without a word.
func TestMCPCancelledCallsStopTheModel(t *testing.T) {
	for _, over := range []string{"streams", "http", "http session"} {
		for _, how := range []string{"cancels", "leaves"} {
			t.Run(over+" "+how, func(t *testing.T) {
				m := newBridgeModel(t)
				m.hold, m.left = make(chan struct{}), make(chan struct{})
				a := newServedApp(t, m)
				var transport mcp.Transport
				version := ""
				switch over {
				case "streams":
					transport, _ = overStreams(t, a)
				case "http session":
					version = "2025-06-18"
					fallthrough
				default:
					transport = overHTTP(startServer(t, a), "")
				}
				c := mustConnectMCP(t, transport, version)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				called := make(chan error, 1)
				go func() {
					_, err := c.CallTool(ctx, &mcp.CallToolParams{Name: "ask", Arguments: map[string]any{"question": "How many lanes?", "strategy": "two-stage"}})
					called <- err
				}()
				<-m.drafting
				if how == "cancels" {
					cancel()
				} else {
					go c.leave()
				}
				select {
				case <-m.left:
				case <-time.After(20 * time.Second):
					t.Fatal("the model goes on writing")
				}
				if err := <-called; err == nil {
					t.Error("the call has an answer")
				}
				if how == "cancels" {
					if _, err := c.ListTools(t.Context(), nil); err != nil {
						t.Errorf("the server does not go on: %v", err)
					}
				}
			})
		}
	}
}

func TestMCPKeysSeeTheirTenantsAlone(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t), "harbour")
	s := startServer(t, a)
	own, other := s.key(keys.Key{Name: "own"}), s.key(keys.Key{Name: "other", Tenant: "harbour"})
	narrow, revoked := s.key(keys.Key{Name: "narrow", Collections: []string{"elsewhere"}}), s.key(keys.Key{})
	if _, err := keys.In(a.settings.KeysDir()).Revoke(strings.Split(revoked, "_")[1]); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "sr_none", revoked} {
		if _, err := connectMCP(t, overHTTP(s, key), ""); err == nil {
			t.Errorf("key %q is let in", key)
		}
	}
	for _, version := range []string{"", "2025-06-18"} {
		mine := mustConnectMCP(t, overHTTP(s, own), version)
		theirs := mustConnectMCP(t, overHTTP(s, other), version)
		search := map[string]any{"query": "bridge lanes"}
		out, _ := mine.call("search", search)
		uri := first[string](t, out, "passages", "uri")
		if strings.Contains(first[string](t, out, "passages", "text"), "harbour") {
			t.Errorf("a key sees another tenant's: %v", out)
		}
		out, _ = theirs.call("search", search)
		if !strings.Contains(first[string](t, out, "passages", "text"), "bridge of harbour") {
			t.Errorf("a key does not see its own: %v", out)
		}
		if _, err := theirs.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri}); err == nil {
			t.Error("a key reads another tenant's document")
		}
		if list, err := theirs.ListResources(t.Context(), nil); err != nil || len(list.Resources) != 1 || list.Resources[0].URI == uri {
			t.Errorf("a key lists %v %v", list, err)
		}
		limited := mustConnectMCP(t, overHTTP(s, narrow), version)
		if out, _ := limited.call("list_collections", nil); len(out["collections"].([]any)) != 0 {
			t.Errorf("a key lists %v", out)
		}
		if _, say := limited.call("ask", map[string]any{"question": "lanes?"}); !strings.Contains(say, "does not give access") {
			t.Errorf("a key asks a collection that it does not cover: %s", say)
		}
	}
	// A session belongs to its key only.
	session := mustConnectMCP(t, overHTTP(s, own), "2025-06-18").ID()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Mcp-Session-Id", session)
	if resp, body := s.do(req, other); resp.StatusCode != 403 {
		t.Errorf("another key takes a session: %d %s", resp.StatusCode, body)
	}
	audit, err := os.ReadFile(filepath.Join(a.settings.DataDir, "audit.jsonl"))
	if err != nil || !strings.Contains(string(audit), `"route":"/mcp search","collection":"notes","status":200`) || !strings.Contains(string(audit), `"route":"/mcp ask","collection":"notes","status":403`) {
		t.Errorf("audit log: %v %s", err, audit)
	}
	for _, line := range []string{`"route":"/mcp resources/read","collection":"notes","status":404`, `"route":"/mcp resources/list","status":200`} {
		if !strings.Contains(string(audit), line) {
			t.Errorf("the audit log has no %s: %s", line, audit)
		}
	}
}

func TestMCPAnswersUnderWayFinishAtShutdown(t *testing.T) {
	for _, version := range []string{"", "2025-06-18"} {
		m := newBridgeModel(t)
		m.hold = make(chan struct{})
		s := startServer(t, newServedApp(t, m))
		c := mustConnectMCP(t, overHTTP(s, ""), version)
		answered := make(chan *mcp.CallToolResult, 1)
		go func() {
			result, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: "ask", Arguments: map[string]any{"question": "How many lanes?", "strategy": "two-stage"}})
			if err != nil {
				t.Error(err)
			}
			answered <- result
		}()
		<-m.drafting
		s.stop()
		for s.connects() { // wait until the listener is closed
			time.Sleep(time.Millisecond)
		}
		close(m.hold)
		if result := <-answered; result == nil || result.IsError {
			t.Errorf("%+v\n%s", result, s.log)
		}
		if err := <-s.done; err != nil {
			t.Errorf("serve ended: %v", err)
		}
	}
}

// TestMCPAlone checks that only MCP is served.
func TestMCPAlone(t *testing.T) {
	s := startServerWith(t, newServedApp(t, newBridgeModel(t)), func(ctx context.Context, a *app) error { return server.HTTP(ctx, a.server(), true) })
	mustConnectMCP(t, overHTTP(s, ""), "")
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, "/v1/models": 404, "/api/v1/collections": 404, "/api/v1/openapi.yaml": 404} {
		if resp, body := s.call("GET", path, "", ""); resp.StatusCode != status {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/mcp", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example.org"
	if resp, _ := s.do(req, ""); resp.StatusCode != 403 {
		t.Errorf("by another name: %d", resp.StatusCode)
	}
}
