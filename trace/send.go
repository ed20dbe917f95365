package trace

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"selfrag/trace/langfuse"
)

// upload sends spans to Langfuse.
type upload struct{ client *langfuse.Client }

var _ otlptrace.Client = upload{}

// Start does nothing: connections are made when needed.
func (upload) Start(context.Context) error { return nil }

// Stop does nothing: Tracing closes the client.
func (upload) Stop(context.Context) error { return nil }

// UploadTraces sends spans in one request.
func (u upload) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	rejected, why, err := u.client.PostSpans(ctx, spans)
	if err == nil && rejected > 0 {
		return &partlyError{rejected, why}
	}
	return err
}

// Endpoint returns the address for traces in OpenTelemetry's standard
// variables, or "" if they name none or turn tracing off.
func Endpoint() string {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return ""
	}
	if exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter != "" && exporter != "otlp" {
		return ""
	}
	if own := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); own != "" {
		return own
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
}

// standard sends with one of OpenTelemetry's own clients. These return an error
// for any message about what was accepted, even a mere warning.
type standard struct{ otlptrace.Client }

// partialSuccess matches the text of that error, whose type the clients do not
// export.
var partialSuccess = regexp.MustCompile(`(?s)^OTLP partial success: (.*) \((-?\d+) spans rejected\)$`)

// UploadTraces sends spans in one request.
func (s standard) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	err := s.Client.UploadTraces(ctx, spans)
	if err == nil {
		return nil
	}
	said := partialSuccess.FindStringSubmatch(err.Error())
	if said == nil {
		return err
	}
	rejected, parseErr := strconv.Atoi(said[2])
	switch {
	case parseErr != nil:
		return err
	case rejected <= 0:
		return nil // a warning: all were accepted
	}
	return &partlyError{rejected, said[1]}
}

// otlpClient returns a client configured by the standard variables.
func otlpClient() (otlptrace.Client, error) {
	protocol := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
	if protocol == "" {
		protocol = os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL")
	}
	switch protocol {
	case "", "http/protobuf":
		return standard{otlptracehttp.NewClient(otlptracehttp.WithRetry(otlptracehttp.RetryConfig{
			Enabled: true, InitialInterval: 300 * time.Millisecond, MaxInterval: 5 * time.Second, MaxElapsedTime: 20 * time.Second,
		}))}, nil
	case "grpc":
		return standard{otlptracegrpc.NewClient(otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{
			Enabled: true, InitialInterval: 300 * time.Millisecond, MaxInterval: 5 * time.Second, MaxElapsedTime: 20 * time.Second,
		}))}, nil
	}
	return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL %q: use http/protobuf or grpc", protocol)
}

// file writes OTLP as JSON, one request per line.
type file struct {
	mu sync.Mutex
	f  *os.File
}

var _ otlptrace.Client = (*file)(nil)

func openFile(path string) (*file, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the file for traces: %w", err)
	}
	return &file{f: f}, nil
}

// Start does nothing: the file is open.
func (*file) Start(context.Context) error { return nil }

// Stop closes the file.
func (f *file) Stop(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.f.Close()
}

// UploadTraces appends a line.
func (f *file) UploadTraces(_ context.Context, spans []*tracepb.ResourceSpans) error {
	line, err := otlpJSON(spans)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the file of traces: %w", err)
	}
	return nil
}

// otlpJSON encodes a request in OTLP's JSON, which writes ids in hexadecimal
// where protobuf's JSON writes bytes in base64.
func otlpJSON(spans []*tracepb.ResourceSpans) ([]byte, error) {
	text, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(&collector.ExportTraceServiceRequest{ResourceSpans: spans})
	if err != nil {
		return nil, fmt.Errorf("write spans as JSON: %w", err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("write spans as JSON: %w", err)
	}
	hexIDs(v)
	return json.Marshal(v)
}

func hexIDs(v any) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			hexIDs(each)
		}
	case map[string]any:
		for key, each := range v {
			text, isText := each.(string)
			if isText && (key == "traceId" || key == "spanId" || key == "parentSpanId") {
				if id, err := base64.StdEncoding.DecodeString(text); err == nil {
					v[key] = hex.EncodeToString(id)
				}
				continue
			}
			hexIDs(each)
		}
	}
}
