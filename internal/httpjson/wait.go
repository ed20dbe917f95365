package httpjson

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// pause returns how long to wait before the next try after a failure. ok is
// false if there must be no further try. A server that is loading its model is
// tried again for as long as the context allows.
func (c *Client) pause(ctx context.Context, try int, err error) (d time.Duration, ok bool) {
	var asked time.Duration
	loading := false
	if refused := (*StatusError)(nil); errors.As(err, &refused) {
		asked = refused.RetryAfter
		loading = refused.Status == http.StatusServiceUnavailable && strings.Contains(strings.ToLower(refused.Said), "loading")
	}
	most := c.cfg.MaxPause
	deadline, bounded := ctx.Deadline()
	if bounded {
		most = time.Until(deadline)
	}
	d = max(asked, c.backoff(try))
	return d, d <= most && (try < c.cfg.Tries || loading && bounded)
}

// backoff returns a random wait between half and all of Pause, doubled with
// each try. Callers that failed together thus do not come back together.
func (c *Client) backoff(try int) time.Duration {
	d := c.cfg.Pause << min(try-1, 16)
	return min(d/2+rand.N(d/2+1), c.cfg.MaxPause)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Wanted returns how long the headers of an answer ask to wait. It reads
// Retry-After-Ms in milliseconds, which some services send, or else Retry-After
// in seconds or as a date (RFC 9110, 10.2.3). It returns 0 if neither is there
// or valid.
func Wanted(header http.Header, now time.Time) time.Duration {
	if ms := seconds(header.Get("Retry-After-Ms"), time.Millisecond); ms > 0 {
		return ms
	}
	after := header.Get("Retry-After")
	if at, err := http.ParseTime(after); err == nil {
		return max(at.Sub(now), 0)
	}
	if d := seconds(after, time.Second); d > 0 {
		return d
	}
	if d, err := time.ParseDuration(after); err == nil && d > 0 {
		return d
	}
	return 0
}

func seconds(s string, unit time.Duration) time.Duration {
	if n, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil && n > 0 && n < 1e9 {
		return time.Duration(n * float64(unit))
	}
	return 0
}

// askedToWait matches a pause in a service's message: "try again in 6m0s",
// "retry after 5 seconds", "retryDelay": "17s".
var askedToWait = regexp.MustCompile(`(?i)(?:(?:retry|again) (?:in|after)|"retryDelay" ?:) ?"?(\d[\d.a-z]*)(?: ([a-z]+))?`)

// wantedIn returns how long a message asks to wait, or 0.
func wantedIn(message string) time.Duration {
	m := askedToWait.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	number := strings.TrimRight(strings.ToLower(m[1]), ".")
	if d, err := time.ParseDuration(number); err == nil {
		return max(d, 0)
	}
	switch unit := strings.ToLower(m[2]); {
	case strings.HasPrefix(unit, "ms"), strings.HasPrefix(unit, "milli"):
		return seconds(number, time.Millisecond)
	case strings.HasPrefix(unit, "min"):
		return seconds(number, time.Minute)
	case strings.HasPrefix(unit, "h"):
		return seconds(number, time.Hour)
	}
	return seconds(number, time.Second)
}
