package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const chatQuestion = `{"model":"two-stage/notes","stream":true,"messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`

// begin sends a streamed question and returns when the model begins a draft.
func (s *liveServer) begin(m *bridgeModel) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+"/v1/chat/completions", strings.NewReader(chatQuestion))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	<-m.drafting
	return resp
}

func TestAnswersUnderWayFinishAtShutdown(t *testing.T) {
	m := newBridgeModel(t)
	m.hold = make(chan struct{})
	s := startServer(t, newServedApp(t, m))
	resp := s.begin(m)
	s.stop()
	for s.connects() { // wait until the listener is closed
		time.Sleep(time.Millisecond)
	}
	close(m.hold)
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), "two") || !strings.HasSuffix(string(body), "data: [DONE]\n\n") {
		t.Errorf("%v: %s", err, body)
	}
	if err := <-s.done; err != nil {
		t.Errorf("serve ended: %v", err)
	}
}

func (s *liveServer) connects() bool {
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(s.url + "/healthz")
	if err == nil {
		_ = resp.Body.Close()
	}
	return err == nil
}

func TestAnswersThatOutliveTheShutdownAreTold(t *testing.T) {
	m := newBridgeModel(t)
	m.hold = make(chan struct{})
	a := newServedApp(t, m)
	a.settings.ShutdownTimeout = 50 * time.Millisecond
	s := startServer(t, a)
	resp := s.begin(m)
	s.stop()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), "shutting down") || strings.Contains(string(body), "[DONE]") {
		t.Errorf("%v: %s", err, body)
	}
	if err := <-s.done; err != nil {
		t.Errorf("serve ended: %v", err)
	}
}

func TestAClientThatGoesAwayStopsTheModel(t *testing.T) {
	m := newBridgeModel(t)
	m.hold = make(chan struct{})
	gone := make(chan struct{})
	m.left = gone
	s := startServer(t, newServedApp(t, m))
	resp := s.begin(m)
	_ = resp.Body.Close()
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the model goes on writing")
	}
}

func TestAnUploadSurvivesARestart(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	s := startServer(t, a)
	resp, job := s.upload("kept", "", map[string]string{"a.md": "The bridge has two lanes.", "b.pdf": "%PDF-1.4 broken"})
	if resp.StatusCode != 202 {
		t.Fatal(job)
	}
	s.stop() // whether or not the job has started
	<-s.done
	s = startServer(t, a)
	ended := s.finish("", job)
	files := ended["files"].([]any)
	outcomes := map[string]string{}
	for _, f := range files {
		file := f.(map[string]any)
		outcomes[file["name"].(string)] = file["outcome"].(string)
	}
	if ended["state"] != "done" || outcomes["b.pdf"] != "failed" || outcomes["a.md"] != "added" && outcomes["a.md"] != "unchanged" {
		t.Errorf("%v", ended)
	}
	if _, body := s.call("POST", "/api/v1/search", "", `{"query":"lanes","collection":"kept"}`); !strings.Contains(body, "upload:a.md") {
		t.Errorf("it is not found: %s", body)
	}
}

func TestReadinessIsApartFromLiveness(t *testing.T) {
	t.Parallel()
	m := newBridgeModel(t)
	s := startServer(t, newServedApp(t, m))
	m.Close()
	if resp, _ := s.call("GET", "/healthz", "", ""); resp.StatusCode != 200 {
		t.Errorf("healthz: %d", resp.StatusCode)
	}
	resp, body := s.call("GET", "/readyz", "", "")
	if resp.StatusCode != 200 || !strings.Contains(body, "No language model can be reached") || strings.Contains(body, m.URL) {
		t.Errorf("readyz: %d %s", resp.StatusCode, body)
	}
	resp, body = s.call("POST", "/v1/chat/completions", "", strings.Replace(chatQuestion, `"stream":true,`, "", 1))
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, "server_error") || strings.Contains(body, m.URL) {
		t.Errorf("a question without a model: %d %s", resp.StatusCode, body)
	}
}

func TestStreamsSayThatTheyAreAlive(t *testing.T) {
	m := newBridgeModel(t)
	m.hold = make(chan struct{})
	s := startServer(t, newServedApp(t, m))
	resp := s.begin(m)
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil || line != ": working\n" {
		t.Errorf("%q %v", line, err)
	}
	close(m.hold)
}
