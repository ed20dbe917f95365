package httpjson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-secret-123"

func newClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.Pause == 0 {
		cfg.Pause = time.Millisecond
	}
	cfg.Header = http.Header{"Authorization": {"Bearer " + key}}
	c := New(cfg)
	t.Cleanup(c.Close)
	return c
}

// serve answers the n-th request, from 1, by answer.
func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) (address string, count *atomic.Int64) {
	t.Helper()
	count = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(int(count.Add(1)), w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, count
}

func TestPost(t *testing.T) {
	address, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/v1/x" || string(body) != `{"q":"물음"}` ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("got %s %s %s %v", r.Method, r.URL, body, r.Header)
		}
		fmt.Fprint(w, `{"a":1}`)
	})
	var out struct{ A int }
	if err := newClient(t, Config{}).Post(t.Context(), address+"/v1/x", map[string]string{"q": "물음"}, &out); err != nil || out.A != 1 {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestRetries(t *testing.T) {
	refuse := func(status int, after string) func(int, http.ResponseWriter, *http.Request) {
		return func(n int, w http.ResponseWriter, _ *http.Request) {
			if n < 3 {
				if after != "" {
					w.Header().Set("Retry-After", after)
				}
				http.Error(w, `{"message":"no, `+key+`"}`, status)
				return
			}
			fmt.Fprint(w, `{}`)
		}
	}
	for name, c := range map[string]struct {
		answer func(int, http.ResponseWriter, *http.Request)
		cfg    Config
		calls  int64
		want   string // part of the error; empty: none
	}{
		"429":             {refuse(429, "0.001"), Config{}, 3, ""},
		"503":             {refuse(503, ""), Config{}, 3, ""},
		"503, two tries":  {refuse(503, ""), Config{Tries: 2}, 2, "HTTP 503: no, ***"},
		"429, an hour":    {refuse(429, "3600"), Config{}, 1, "fewer requests"},
		"401":             {refuse(401, ""), Config{}, 1, "refused the key (HTTP 401): no, ***"},
		"404":             {refuse(404, ""), Config{}, 1, "no such address or model"},
		"400":             {refuse(400, ""), Config{}, 1, "HTTP 400"},
		"a redirect":      {func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, Config{}, 1, "HTTP 302: it redirects to http"},
		"not JSON":        {func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><title>Sign in</title>") }, Config{}, 1, "it answered / with a web page (Sign in) in place of JSON"},
		"plain text":      {func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Ollama is running") }, Config{}, 1, `with "Ollama is running" in place of JSON`},
		"an empty answer": {func(_ int, _ http.ResponseWriter, _ *http.Request) {}, Config{Tries: 2}, 2, "it is empty"},
		"NaN":             {func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"b":[NaN,-Infinity,"NaN"]}`) }, Config{}, 1, ""},
		"a spent quota": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}`, http.StatusTooManyRequests)
		}, Config{}, 1, "check the plan and the billing"},
		"a spent balance": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":{"message":"Insufficient Balance"}}`, http.StatusPaymentRequired)
		}, Config{}, 1, "check the plan and the billing"},
		"a spent quota in Korean": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"message":"크레딧이 부족합니다"}`, http.StatusTooManyRequests)
		}, Config{}, 1, "check the plan and the billing"},
		"an error in an answer": {func(n int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, map[bool]string{true: `{"error":{"message":"Provider returned error","code":502}}`, false: `{}`}[n == 1])
		}, Config{}, 2, ""},
		"a limit in an answer": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"error":{"message":"Rate limit exceeded","code":"429"}}`)
		}, Config{Tries: 2}, 2, "fewer requests (HTTP 429): Rate limit exceeded"},
		"a failure in words": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"error":"invalid model"}`)
		}, Config{}, 1, "HTTP 400: invalid model"},
		"a failure in a list": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}]`)
		}, Config{}, 1, "HTTP 400: API key not valid"},
		"a page with an error": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", http.StatusBadGateway)
		}, Config{Tries: 1}, 1, "HTTP 502: 502 Bad Gateway: try again later"},
		"an endless answer": {func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 2000)) }, Config{MaxAnswer: 1000}, 1, "larger than 1000 bytes"},
		"half of JSON": {func(n int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, map[bool]string{true: `{"a":[`, false: `{}`}[n == 1])
		}, Config{}, 2, ""},
		"it breaks off": {func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				w.Header().Set("Content-Length", "10")
				fmt.Fprint(w, "{")
				return
			}
			fmt.Fprint(w, "{}")
		}, Config{}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			address, count := serve(t, c.answer)
			var out struct{}
			err := newClient(t, c.cfg).Post(t.Context(), address, struct{}{}, &out)
			if count.Load() != c.calls {
				t.Errorf("%d requests, want %d", count.Load(), c.calls)
			}
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), key) {
				t.Errorf("the key is in the error: %v", err)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(nil)
	address := s.URL
	s.Close()
	err := newClient(t, Config{}).Post(t.Context(), address+"/?key="+key, nil, nil)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || strings.Contains(err.Error(), key) {
		t.Errorf("got %v", err)
	}
	if err := newClient(t, Config{}).Post(t.Context(), "ftp://x", nil, nil); err == nil {
		t.Error("an address that is not HTTP was taken")
	}
}

func TestSlowServer(t *testing.T) {
	stop := make(chan struct{})
	address, count := serve(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	})
	defer close(stop)
	err := newClient(t, Config{Timeout: 20 * time.Millisecond, Tries: 2}).Post(t.Context(), address, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "no answer within 20ms") || count.Load() != 2 {
		t.Errorf("got %v after %d requests", err, count.Load())
	}
}

func TestPostEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	address, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		cancel()
	})
	if err := newClient(t, Config{Pause: time.Hour, MaxPause: 2 * time.Hour}).Post(ctx, address, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWanted(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for after, want := range map[string]time.Duration{
		"": 0, "20s": 20 * time.Second, "2": 2 * time.Second, "0.5": time.Second / 2, "-1": 0, "soon": 0, "1e300": 0,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute,
		now.Add(-time.Hour).Format(http.TimeFormat):  0,
	} {
		if got := Wanted(http.Header{"Retry-After": {after}}, now); got != want {
			t.Errorf("%q: got %s, want %s", after, got, want)
		}
	}
	if got := Wanted(http.Header{"Retry-After": {"2"}, "Retry-After-Ms": {"1500"}}, now); got != 1500*time.Millisecond {
		t.Errorf("in milliseconds: got %s", got)
	}
}

func TestStream(t *testing.T) {
	begin := func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/event-stream") }
	for name, test := range map[string]struct {
		answer func(n int, w http.ResponseWriter, r *http.Request)
		want   []string
		asked  int64
		fails  bool
	}{
		"events": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			begin(w)
			fmt.Fprint(w, ": hello\n\nevent: x\ndata: 하나\n\ndata:two\r\ndata: lines\r\n\r\ndata: last")
		}, want: []string{"하나", "two\nlines", "last"}, asked: 1},
		"in one piece": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"a":1}`)
		}, want: []string{`{"a":1}`}, asked: 1},
		"tried again before the first event": {answer: func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				http.Error(w, "busy", http.StatusServiceUnavailable)
				return
			}
			begin(w)
			fmt.Fprint(w, "data: 1\n\n")
		}, want: []string{"1"}, asked: 2},
		"not after it": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			begin(w)
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "data: 1\n\ndata: 2")
		}, want: []string{"1"}, asked: 1, fails: true},
		"of a type that says nothing": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, "\ufeff\r\n: hello\r\n\r\ndata:1\r\n\r\n")
		}, want: []string{"1"}, asked: 1},
		"lines of JSON": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "{\"a\":1}\n{\"a\":2}\n")
		}, want: []string{`{"a":1}`, `{"a":2}`}, asked: 1},
		"half of JSON, tried again": {answer: func(n int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, map[bool]string{true: `{"a":[`, false: `{"a":1}`}[n == 1])
		}, want: []string{`{"a":1}`}, asked: 2},
		"an error before the first event": {answer: func(n int, w http.ResponseWriter, _ *http.Request) {
			begin(w)
			fmt.Fprint(w, map[bool]string{true: "event: error\ndata: {\"message\":\"overloaded\",\"type\":\"overloaded_error\"}\n\n", false: "data: 1\n\n"}[n == 1])
		}, want: []string{"1"}, asked: 2},
		"a web page": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<!DOCTYPE html><title>Open WebUI</title>")
		}, asked: 1, fails: true},
		"plain text": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "upstream connect error")
		}, asked: 1, fails: true},
		"nothing": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) { begin(w) }, asked: 4, fails: true},
		"too large": {answer: func(_ int, w http.ResponseWriter, _ *http.Request) {
			begin(w)
			fmt.Fprint(w, "data: 1\n\ndata: ", strings.Repeat("x", 10_000), "\n\n")
		}, want: []string{"1"}, asked: 1, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			address, count := serve(t, test.answer)
			var got []string
			err := newClient(t, Config{MaxAnswer: 5000}).Stream(t.Context(), address, struct{}{}, func(data []byte) error {
				got = append(got, string(data))
				return nil
			})
			if fmt.Sprint(got) != fmt.Sprint(test.want) || count.Load() != test.asked || (err != nil) != test.fails {
				t.Errorf("got %q after %d requests, %v", got, count.Load(), err)
			}
		})
	}
}

func TestAnotherType(t *testing.T) {
	address, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"a":"one"}`) })
	var out struct {
		A int `json:"a"`
	}
	if err := newClient(t, Config{}).Get(t.Context(), address, &out); err == nil || !strings.Contains(err.Error(), `its field "a" is a string`) {
		t.Errorf("got %v", err)
	}
}

func TestGet(t *testing.T) {
	address, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Content-Type") != "" || r.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("got %s %v", r.Method, r.Header)
		}
		fmt.Fprint(w, `{"a":1}`)
	})
	var out struct{ A int }
	if err := newClient(t, Config{}).Get(t.Context(), address, &out); err != nil || out.A != 1 {
		t.Errorf("got %v, %v", out, err)
	}
}

// TestAPauseWithinTheTime checks that the client waits as long as the server asks
// if the context leaves time for it. If not, the error says how long that is.
func TestAPauseWithinTheTime(t *testing.T) {
	for name, test := range map[string]struct {
		after, body string
		time        time.Duration // that the context leaves
		asked       int64
		want        string
	}{
		"there is time":          {"0.05", `{}`, time.Minute, 2, ""},
		"there is none":          {"3600", `{}`, time.Minute, 1, "try again in 1h0m0s"},
		"told by the message":    {"", `{"error":{"message":"Limit reached. Please try again in 7m12s."}}`, time.Minute, 1, "try again in 7m12s"},
		"told by Google":         {"", `[{"error":{"code":429,"message":"current quota","details":[{"retryDelay": "90s"}]}}]`, time.Minute, 1, "try again in 1m30s"},
		"told in words, in time": {"", `{"message":"retry after 50 ms"}`, time.Minute, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			address, count := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				if n > 1 {
					fmt.Fprint(w, `{}`)
					return
				}
				w.Header().Set("Retry-After", test.after)
				http.Error(w, test.body, http.StatusTooManyRequests)
			})
			ctx, cancel := context.WithTimeout(t.Context(), test.time)
			defer cancel()
			var out struct{}
			err := newClient(t, Config{MaxPause: time.Millisecond}).Post(ctx, address, nil, &out)
			if count.Load() != test.asked || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v after %d requests", err, count.Load())
			}
		})
	}
}

// TestLoading checks that a server that is loading its model is tried more often
// than Config.Tries.
func TestLoading(t *testing.T) {
	address, count := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n < 9 {
			http.Error(w, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{}`)
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := newClient(t, Config{MaxPause: 2 * time.Millisecond}).Post(ctx, address, nil, &struct{}{}); err != nil || count.Load() != 9 {
		t.Errorf("got %v after %d requests", err, count.Load())
	}
}

// TestTraceContext checks that a request carries the context of its span.
func TestTraceContext(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	var got string
	address, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Traceparent")
		fmt.Fprint(w, `{}`)
	})
	ctx := propagation.TraceContext{}.Extract(t.Context(), propagation.MapCarrier{"traceparent": parent})
	if err := newClient(t, Config{}).Post(ctx, address, nil, &struct{}{}); err != nil || got != parent {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCode(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"m","type":"t","code":"c"}}`: "c",
		`{"error":{"message":"m","type":"t","code":400}}`: "t",
		`{"message":"m","type":"t"}`:                      "t",
		`{"error":"m"}`:                                   "",
		`<html>`:                                          "",
	} {
		if _, code := Message([]byte(body)); code != want {
			t.Errorf("%s: got %q", body, code)
		}
	}
}
