package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// mcpClient is a session of the SDK's client, with the progress messages that
// it received.
type mcpClient struct {
	*mcp.ClientSession

	t        testing.TB
	progress chan string
	leave    func() // disconnects without a word
}

func connectMCP(t testing.TB, transport mcp.Transport, version string) (*mcpClient, error) {
	t.Helper()
	c := &mcpClient{t: t, progress: make(chan string, 1000)}
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, n *mcp.ProgressNotificationClientRequest) {
			c.progress <- n.Params.Message
		},
	})
	kept := &keptConnection{Transport: transport}
	session, err := client.Connect(t.Context(), kept, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		return nil, err
	}
	c.ClientSession = session
	c.leave = func() { _ = kept.connection.Close() }
	if web, ok := transport.(*mcp.StreamableClientTransport); ok {
		c.leave = web.HTTPClient.Transport.(*keyed).cut
	}
	t.Cleanup(func() { _ = session.Close() })
	return c, nil
}

// keptConnection is a transport whose connection the test can close without the
// session's knowledge.
type keptConnection struct {
	mcp.Transport

	connection mcp.Connection
}

func (k *keptConnection) Connect(ctx context.Context) (_ mcp.Connection, err error) {
	k.connection, err = k.Transport.Connect(ctx)
	return k.connection, err
}

func mustConnectMCP(t testing.TB, transport mcp.Transport, version string) *mcpClient {
	t.Helper()
	c, err := connectMCP(t, transport, version)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// overHTTP returns a transport to a server that sends a key.
func overHTTP(s *liveServer, key string) mcp.Transport {
	k := &keyed{key: key}
	k.transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.connections = append(k.connections, conn)
		return conn, err
	}}
	s.t.Cleanup(k.transport.CloseIdleConnections)
	return &mcp.StreamableClientTransport{Endpoint: s.url + "/mcp", HTTPClient: &http.Client{Transport: k}}
}

// keyed is a round tripper that adds a key to each request.
type keyed struct {
	key       string
	transport *http.Transport

	mu          sync.Mutex
	connections []net.Conn
}

func (k *keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+k.key)
	}
	return k.transport.RoundTrip(r)
}

// cut closes all connections.
func (k *keyed) cut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.connections {
		_ = c.Close()
	}
}

// overStreams starts `selfrag mcp` in a process of its own, as clients do.
func overStreams(t testing.TB, a *app) (*mcp.CommandTransport, *lockedBuffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := a.settings
	cmd := exec.Command(exe, "mcp", "--data-dir", s.DataDir, "--collection", s.Collection, "--embedder", "none", "--ollama-address", s.OllamaAddress, "--model", "scripted:1")
	cmd.Args[0] = "selfrag" // TestMain runs main under this name
	cmd.Env = append(os.Environ(), "TESTSCRIPT_COMMAND=selfrag", "HOME="+t.TempDir())
	log := &lockedBuffer{}
	cmd.Stderr = log
	return &mcp.CommandTransport{Command: cmd, TerminateDuration: 20 * time.Second}, log
}

// call calls a tool. It returns the structured output, or the error text if the
// tool failed.
func (c *mcpClient) call(tool string, arguments map[string]any) (output map[string]any, failure string) {
	c.t.Helper()
	params := &mcp.CallToolParams{Name: tool, Arguments: arguments}
	params.SetProgressToken("steps of " + tool)
	result, err := c.CallTool(c.t.Context(), params)
	if err != nil {
		c.t.Fatalf("%s %v: %v", tool, arguments, err)
	}
	text := result.Content[0].(*mcp.TextContent).Text
	if result.IsError {
		return nil, text
	}
	content, err := json.Marshal(result.StructuredContent)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(content, &output); err != nil {
		c.t.Fatal(err)
	}
	if fromText := decodeJSON[map[string]any](c.t, text); len(fromText) != len(output) {
		c.t.Errorf("%s: the text differs from the structured output: %s", tool, text)
	}
	return output, ""
}

func first[T any](t testing.TB, output map[string]any, list, field string) T {
	t.Helper()
	items, _ := output[list].([]any)
	if len(items) == 0 {
		t.Fatalf("no %s: %v", list, output)
	}
	v, ok := items[0].(map[string]any)[field].(T)
	if !ok {
		t.Fatalf("no %s of %s: %v", field, list, output)
	}
	return v
}
