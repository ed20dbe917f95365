package httpapi

import (
	"context"
	"errors"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"selfrag/serve"
)

// tooMany is the error for a caller that should try again later.
type tooMany struct {
	message string
	after   time.Duration
}

func (e *tooMany) Error() string { return e.message }

// Waiting returns the number of questions and searches that wait for a slot.
func (s *Server) Waiting() int { return s.gate.waits() }

// Refused returns the number of questions and searches that were refused since
// the start, because the queue was full or no slot was free in time.
func (s *Server) Refused() int { return int(s.gate.refused.Load()) }

// ended returns the error for a request whose context has ended.
func ended(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), serve.ErrShutdown) {
		return &serve.Error{Kind: serve.ShuttingDown, Message: "the server is shutting down: send the request again"}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &serve.Error{Kind: serve.TimedOut, Message: "the request took longer than the server allows", Err: ctx.Err()}
	}
	return &serve.Error{Kind: serve.Gone, Message: "the client went away", Err: ctx.Err()}
}

// rates limits the requests per second of each identity.
type rates struct {
	rate  float64
	burst int

	mu   sync.Mutex
	keys *lru.Cache[string, *rate.Limiter]
}

// maxRated is the maximum number of identities whose rate is remembered. An
// identity that was forgotten is treated as new.
const maxRated = 10_000

func newRates(perSecond float64, burst int) *rates {
	keys, _ := lru.New[string, *rate.Limiter](maxRated) // fails only for a size below 1
	return &rates{rate: perSecond, burst: burst, keys: keys}
}

// take counts a request of an identity. It returns an error if the identity
// exceeds its rate.
func (r *rates) take(id Identity) error {
	perSecond := r.rate
	if id.Rate != 0 {
		perSecond = id.Rate
	}
	if perSecond < 0 {
		return nil
	}
	r.mu.Lock()
	limiter, ok := r.keys.Get(id.ID)
	if !ok || limiter.Limit() != rate.Limit(perSecond) {
		limiter = rate.NewLimiter(rate.Limit(perSecond), max(1, r.burst))
		r.keys.Add(id.ID, limiter)
	}
	r.mu.Unlock()
	reservation := limiter.Reserve()
	if wait := reservation.Delay(); wait > 0 {
		reservation.Cancel()
		return &tooMany{"this key sends more requests than allowed", wait}
	}
	return nil
}
