package trace_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"selfrag/internal/langfusetest"
	"selfrag/trace"
)

// scored returns a closed tracing that has sent many scores in one batch. The
// score in the middle is called odd.
func scored(t *testing.T, server *langfusetest.Server, scores int, change func(*trace.Config)) *trace.Tracing {
	t.Helper()
	tracing := open(t, server, func(c *trace.Config) {
		c.Every, c.Flush, c.Pause = time.Hour, time.Minute, time.Millisecond
		if change != nil {
			change(c)
		}
	})
	for i := range scores {
		name := "f1"
		if i == scores/2 {
			name = "odd"
		}
		tracing.Score(fmt.Sprintf("%032x", i+1), "", name, float64(i))
	}
	if err := tracing.Close(); err != nil {
		t.Error(err)
	}
	return tracing
}

// TestScoresOutlastALimitOfRequests makes Langfuse accept a few scores at a
// time and then refuse requests, one fewer than the tries of a batch.
func TestScoresOutlastALimitOfRequests(t *testing.T) {
	const scores, tries = 60, 3
	server := langfusetest.Start(t)
	var mu sync.Mutex
	taken, refused := 0, 0
	server.Answer(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if taken == 5 {
			if refused++; refused == tries-1 {
				taken, refused = 0, 0
			}
			status(429, "Retry-After", "0")(w, r)
			return
		}
		taken++
		server.Take(w, r)
	})
	tracing := scored(t, server, scores, func(c *trace.Config) { c.Tries = tries })
	for _, d := range tracing.Drops() {
		t.Error(d)
	}
	if got, posts := server.Scores(); len(got) != scores || posts != scores {
		t.Errorf("%d of %d scores arrived, of %d that were taken", len(got), scores, posts)
	}
}

// TestWhatOneRefusalCosts makes Langfuse refuse one of many scores.
func TestWhatOneRefusalCosts(t *testing.T) {
	const scores = 20
	rest := scores - scores/2
	for _, c := range []struct {
		status, lost int
	}{
		{400, 1}, {404, 1}, {413, 1}, {422, 1},
		// The key or the address is wrong, or the server is out of order, so
		// later scores are refused as well.
		{401, rest}, {403, rest}, {308, rest}, {408, rest}, {429, rest}, {500, rest},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			server := langfusetest.Start(t)
			server.Answer(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				if bytes.Contains(body, []byte(`"name":"odd"`)) {
					status(c.status)(w, r)
					return
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				server.Take(w, r)
			})
			tracing := scored(t, server, scores, nil)
			if got, _ := server.Scores(); len(got) != scores-c.lost {
				t.Errorf("%d of %d scores arrived, want %d", len(got), scores, scores-c.lost)
			}
			drops := tracing.Drops()
			if len(drops) != 1 || drops[0].Count != c.lost || drops[0].Of != scores || !strings.Contains(drops[0].Why, fmt.Sprintf("HTTP %d", c.status)) {
				t.Errorf("told: %v", drops)
			}
		})
	}
}

// TestARefusedRequestOfSpansIsLostAlone makes Langfuse refuse the first of
// several requests for a large batch of spans.
func TestARefusedRequestOfSpansIsLostAlone(t *testing.T) {
	const spans = 60
	server := langfusetest.Start(t)
	var mu sync.Mutex
	requests := 0
	server.Answer(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if requests++; requests == 1 {
			status(413)(w, r)
			return
		}
		server.Take(w, r)
	})
	tracing := open(t, server, func(c *trace.Config) { c.Every, c.Flush, c.MaxRunes = time.Hour, time.Minute, 200_000 })
	text := attribute.String("input.value", `"`+strings.Repeat("x", 150_000)+`"`)
	for range spans {
		_, span := tracing.Tracer().Start(t.Context(), "ask")
		span.SetAttributes(text)
		span.End()
	}
	if err := tracing.Close(); err != nil {
		t.Error(err)
	}
	arrived := len(server.Spans())
	drops := tracing.Drops()
	if len(drops) != 1 || drops[0].Count != spans-arrived || drops[0].Of != spans || !strings.Contains(drops[0].Why, "HTTP 413") {
		t.Errorf("%d of %d spans arrived; told: %v", arrived, spans, drops)
	}
	if requests != 3 || arrived < spans/2 {
		t.Errorf("%d spans arrived by %d requests", arrived, requests)
	}
}
