package milvus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	grpc_retry "github.com/grpc-ecosystem/go-grpc-middleware/retry"
	"github.com/milvus-io/milvus-proto/go-api/v2/commonpb"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"selfrag/retrieval"
)

// The waits between tries double, from firstWait up to longestWait.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = 2 * time.Second
)

// repeating repeats each call that the server could not handle. All calls of
// this package are safe to repeat: reads, upserts and deletes by primary key,
// and creating what may already exist. The SDK's own retries are off, because
// they have no jitter and last longer than a user waits.
func repeating(cfg Config) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		opts = append(opts, grpc_retry.Disable())
		wait := firstWait
		for try := 0; ; try++ {
			err := once(ctx, cfg, method, req, reply, cc, invoke, opts)
			switch {
			case err == nil:
				return nil
			case ctx.Err() != nil:
				return ctx.Err()
			case status.Code(err) == codes.DeadlineExceeded:
				return unreachableError(cfg, fmt.Errorf("no answer within %s", cfg.CallTimeout))
			case status.Code(err) != codes.Unavailable && !errors.Is(err, errNotReady):
				return err
			case try >= cfg.Retries:
				return unreachableError(cfg, err)
			}
			timer := time.NewTimer(wait/2 + rand.N(wait/2))
			select {
			case <-ctx.Done():
				timer.Stop()
				return ctx.Err()
			case <-timer.C:
			}
			wait = min(2*wait, longestWait)
		}
	}
}

// once makes a call once. It carries the trace context of its span.
func once(ctx context.Context, cfg Config, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts []grpc.CallOption) error {
	ctx, cancel := context.WithTimeout(ctx, cfg.CallTimeout)
	defer cancel()
	spans := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, spans)
	for name, value := range spans {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	if err := invoke(ctx, method, req, reply, cc, opts...); err != nil {
		return err
	}
	return refused(reply)
}

var errNotReady = errors.New("the server is starting")

// refused finds errors that the SDK would overlook or not repeat. Newer servers
// report some errors by a code that the SDK does not read, and a starting
// server reports that in its response.
func refused(reply any) error {
	var answer *commonpb.Status
	switch r := reply.(type) {
	case *commonpb.Status:
		answer = r
	case interface{ GetStatus() *commonpb.Status }:
		answer = r.GetStatus()
	}
	if answer == nil {
		return nil
	}
	old := answer.GetErrorCode() //nolint:staticcheck // the only code that the SDK and servers before 2.3 know
	switch {
	case old == commonpb.ErrorCode_NotReadyServe:
		return fmt.Errorf("%w: %s", errNotReady, answer.GetReason())
	case old == commonpb.ErrorCode_Success && answer.GetCode() != 0:
		return fmt.Errorf("%s (code %d)", answer.GetReason(), answer.GetCode())
	}
	return nil
}

func unreachableError(cfg Config, err error) error {
	if s, ok := status.FromError(err); ok && s.Message() != "" {
		err = errors.New(strings.TrimSpace(s.Message()))
	}
	return &retrieval.UnreachableError{
		Server: "Milvus", Address: cfg.Address, Err: err,
		Remedy: "Start it, or set milvus_address to its address",
	}
}
