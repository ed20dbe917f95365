package trace_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"selfrag/internal/langfusetest"
	"selfrag/trace"
)

// receiver is a gRPC OTLP endpoint that gives a fixed answer.
type receiver struct {
	collector.UnimplementedTraceServiceServer
	answer *collector.ExportTraceServiceResponse
}

func (r receiver) Export(context.Context, *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	return r.answer, nil
}

// overHTTP starts an HTTP endpoint that gives a fixed answer.
func overHTTP(t *testing.T, answer *collector.ExportTraceServiceResponse) (address string) {
	t.Helper()
	body, err := proto.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// overGRPC is like overHTTP, with gRPC.
func overGRPC(t *testing.T, answer *collector.ExportTraceServiceResponse) (address string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, receiver{answer: answer})
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// overLangfuse starts a Langfuse that gives a fixed answer.
func overLangfuse(t *testing.T, answer *collector.ExportTraceServiceResponse) *langfusetest.Server {
	t.Helper()
	body, err := proto.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	server := langfusetest.Start(t)
	server.Answer(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/public/otel/v1/traces" {
			server.Take(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(body)
	})
	return server
}

// TestPartialSuccess checks that spans that an endpoint rejects count as lost.
func TestPartialSuccess(t *testing.T) {
	for _, c := range []struct {
		name     string
		rejected int64
		message  string
		lost     int
		why      string
	}{
		{"all taken", 0, "", 0, ""},
		{"a warning", 0, "attribute a is deprecated", 0, ""},
		{"some rejected", 2, "too old (2 spans rejected)\nby the clock", 2, "it refused them: too old (2 spans rejected)\nby the clock"},
		{"all rejected, and more", 1000, "too old", spansOfATurn, "it refused them: too old"},
	} {
		answer := &collector.ExportTraceServiceResponse{PartialSuccess: &collector.ExportTracePartialSuccess{RejectedSpans: c.rejected, ErrorMessage: c.message}}
		lost := func(t *testing.T, tracing *trace.Tracing) {
			t.Helper()
			for range spansOfATurn {
				_, span := tracing.Tracer().Start(t.Context(), "ask")
				span.End()
			}
			if err := tracing.Close(); err != nil {
				t.Error(err)
			}
			drops := tracing.Drops()
			if c.lost == 0 && len(drops) == 0 {
				return
			}
			if len(drops) != 1 || drops[0].Count != c.lost || drops[0].Of != spansOfATurn || drops[0].Why != c.why {
				t.Errorf("told: %v; want %d of %d: %s", drops, c.lost, spansOfATurn, c.why)
			}
		}
		for protocol, serve := range map[string]func(*testing.T, *collector.ExportTraceServiceResponse) string{"http/protobuf": overHTTP, "grpc": overGRPC} {
			t.Run(fmt.Sprintf("%s/%s", protocol, c.name), func(t *testing.T) {
				t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", serve(t, answer))
				t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
				tracing, err := trace.New(t.Context(), trace.Config{OTLP: trace.Endpoint() != ""})
				if err != nil {
					t.Fatal(err)
				}
				lost(t, tracing)
			})
		}
		t.Run("langfuse/"+c.name, func(t *testing.T) { lost(t, open(t, overLangfuse(t, answer), nil)) })
	}
}

// spansOfATurn is the number of spans that are sent for a partial success.
const spansOfATurn = 10
