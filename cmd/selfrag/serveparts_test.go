package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// TestFaultsOfPartsAreForTheLog makes a reranking service fail. The service's
// answer may appear in the log only.
func TestFaultsOfPartsAreForTheLog(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error":"upstream Zephyrine","error_type":"x"}`, http.StatusBadRequest)
	}))
	t.Cleanup(service.Close)
	a := newServedApp(t, newBridgeModel(t))
	a.settings.Reranker, a.settings.RerankAddress = "tei", service.URL
	s := startServer(t, a)
	for path, request := range map[string]string{
		"/api/v1/search": `{"query":"bridge lanes"}`, "/api/v1/ask": `{"question":"How many lanes has the bridge?","stream":true}`,
		"/v1/chat/completions": `{"model":"two-stage/notes","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`,
	} {
		resp, body := s.call("POST", path, "", request)
		if resp.StatusCode != 200 || !strings.Contains(body, "The reranker failed; passages") || strings.Contains(body, "Zephyrine") || strings.Contains(body, service.URL) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if !strings.Contains(s.log.String(), "Zephyrine") {
		t.Errorf("the log does not tell: %s", s.log)
	}
}

// TestRerankersOfTheServerFence checks the prompts that reach the language
// model.
func TestRerankersOfTheServerFence(t *testing.T) {
	mark := regexp.MustCompile(`~[a-z2-7]{8}~`)
	for _, reranker := range []string{"llm", "llm/listwise"} {
		for _, fence := range []bool{true, false} {
			m := newBridgeModel(t)
			var mu sync.Mutex
			marks, asked := map[string]bool{}, 0
			m.seen = func(body []byte) {
				mu.Lock()
				defer mu.Unlock()
				asked++
				for _, one := range mark.FindAllString(string(body), -1) {
					marks[one] = true
				}
			}
			a := newServedApp(t, m)
			a.settings.Reranker, a.settings.Fence = reranker, fence
			s := startServer(t, a)
			if resp, body := s.upload("notes", "", map[string]string{"other.md": "Another bridge has three lanes."}); resp.StatusCode != 202 {
				t.Fatal(body)
			} else { // a list of one passage needs no order
				s.finish("", body)
			}
			for _, query := range []string{"bridge lanes", "bridge"} {
				if resp, body := s.call("POST", "/api/v1/search", "", fmt.Sprintf(`{"query":%q}`, query)); resp.StatusCode != 200 {
					t.Errorf("%d %s", resp.StatusCode, body)
				}
			}
			mu.Lock()
			if want := map[bool]int{true: 2}[fence]; len(marks) != want || asked < 2 {
				t.Errorf("%s, fenced %t: %d questions have marks %v, want %d", reranker, fence, asked, marks, want)
			}
			mu.Unlock()
		}
	}
}

// TestASilentModelHoldsUpNoSearch checks that only callers that need the model
// wait for it.
func TestASilentModelHoldsUpNoSearch(t *testing.T) {
	m := newBridgeModel(t)
	address, err := url.Parse(m.URL)
	if err != nil {
		t.Fatal(err)
	}
	asked, release := make(chan struct{}, 10), make(chan struct{})
	proxy := httputil.NewSingleHostReverseProxy(address)
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-release:
			proxy.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(silent.Close)
	a := newServedApp(t, m)
	a.settings.OllamaAddress = silent.URL
	s := startServer(t, a)
	answered := make(chan int)
	go func() {
		resp, err := http.Post(s.url+"/v1/chat/completions", "application/json", strings.NewReader(chatQuestion))
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		_ = resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-asked
	if resp, body := s.call("POST", "/api/v1/search", "", `{"query":"bridge"}`); resp.StatusCode != 200 {
		t.Errorf("a search: %d %s", resp.StatusCode, body)
	}
	close(release)
	if status := <-answered; status != 200 {
		t.Errorf("the question: %d", status)
	}
}

// TestReadinessIsThePartsOwn checks that a client that goes away does not
// affect the state of the parts.
func TestReadinessIsThePartsOwn(t *testing.T) {
	parts, end, err := newServedApp(t, newBridgeModel(t)).server().Open(t.Context(), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{gone, t.Context()} {
		if err := parts.Ready(ctx); err != nil {
			t.Errorf("not ready: %v", err)
		}
	}
}
