package langfuse

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"selfrag/internal/httpjson"
)

// ingestion is the version of Langfuse's data model for spans: complete spans,
// each with the attributes of its trace.
const ingestion = "4"

// PostSpans sends spans once, by OTLP over HTTP. rejected is the number of
// spans that Langfuse did not accept although it accepted the others, and why
// is the reason. The errors are those of Get.
func (c *Client) PostSpans(ctx context.Context, spans []*tracepb.ResourceSpans) (rejected int, why string, err error) {
	body, err := proto.Marshal(&collector.ExportTraceServiceRequest{ResourceSpans: spans})
	if err != nil {
		return 0, "", fmt.Errorf("encode spans: %w", err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		return 0, "", fmt.Errorf("compress spans: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, "", fmt.Errorf("compress spans: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address("/api/public/otel/v1/traces", nil), &packed)
	if err != nil {
		return 0, "", fmt.Errorf("make a request for Langfuse: %w", err)
	}
	req.Header = http.Header{
		"Authorization": {c.auth}, "Content-Type": {"application/x-protobuf"}, "Content-Encoding": {"gzip"},
		"X-Langfuse-Ingestion-Version": {ingestion}, "X-Langfuse-Sdk-Name": {"selfrag"},
	}
	resp, err := c.raw.Do(req)
	if err != nil {
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %s", c.timeout)
		}
		return 0, "", &UnreachableError{Server: c.host, Err: err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode/100 != 2 {
		return 0, "", &StatusError{
			Host: req.URL.Host, Status: resp.StatusCode, Message: c.said(answer),
			RetryAfter: httpjson.Wanted(resp.Header, time.Now()),
		}
	}
	if err != nil {
		return 0, "", &UnreachableError{Server: c.host, Err: fmt.Errorf("the answer broke off: %w", err)}
	}
	rejected, why = partial(resp.Header.Get("Content-Type"), answer)
	return rejected, why, nil
}

// partial parses how many spans were not accepted. An answer that cannot be
// parsed counts as none.
func partial(contentType string, answer []byte) (int, string) {
	var out collector.ExportTraceServiceResponse
	var err error
	if kind, _, _ := mime.ParseMediaType(contentType); kind == "application/json" {
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(answer, &out)
	} else {
		err = proto.Unmarshal(answer, &out)
	}
	if err != nil {
		return 0, ""
	}
	return int(out.GetPartialSuccess().GetRejectedSpans()), out.GetPartialSuccess().GetErrorMessage()
}

// said returns the server's message about a failure in one line, without keys.
func (c *Client) said(answer []byte) string {
	text, _ := httpjson.Message(answer)
	return strings.ReplaceAll(text, strings.TrimPrefix(c.auth, "Basic "), "***")
}
