package milvus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	grpc_retry "github.com/grpc-ecosystem/go-grpc-middleware/retry"
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
	// rateTries is how often a call is repeated that exceeds the server's limit
	// of calls or bytes a second: for some 13 seconds.
	rateTries = 10
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
			}
			if err := final(cfg, err, try); err != nil {
				return err
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

// final returns the error to return for a call that has failed try times before,
// or nil if it should be repeated.
func final(cfg Config, err error, try int) error {
	var r *refusal
	answered := errors.As(err, &r)
	switch {
	case status.Code(err) == codes.DeadlineExceeded:
		return unreachableError(cfg, fmt.Errorf("no answer within %s", cfg.CallTimeout))
	case answered && r.rateLimit():
		if cfg.Retries < 0 || try >= max(cfg.Retries, rateTries) {
			return err
		}
	case answered && r.notReady(), status.Code(err) == codes.Unavailable:
		if try >= cfg.Retries {
			return unreachableError(cfg, err)
		}
	case !answered, !r.retriable, r.notLoaded(), try >= cfg.Retries:
		return err
	}
	return nil
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
	if err := refused(reply); err != nil {
		return err
	}
	return readable(req, reply)
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
