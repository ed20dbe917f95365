package config

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"selfrag/fault"
	"selfrag/serve"
)

// GroupServe are the settings of the server.
const GroupServe = "serve"

// serveSettings are how the server behaves.
type serveSettings struct {
	Listen          string
	PublicURL       string
	CORSOrigins     string
	OpenWebUI       bool
	Page            bool
	Arms            string
	Experiment      string
	Concurrency     int
	Queue           int
	QueueTime       time.Duration
	Rate            float64
	Burst           int
	MaxUploadMB     int
	ShutdownTimeout time.Duration
	LogContent      bool
	Fence           bool
}

func defaultServeSettings() serveSettings {
	return serveSettings{
		Listen: "127.0.0.1:8080", Concurrency: 8, Queue: 64, QueueTime: 30 * time.Second, Rate: 20, Burst: 40, MaxUploadMB: 256,
		ShutdownTimeout: 30 * time.Second, Page: true, Fence: true, Experiment: "default",
	}
}

func (s *serveSettings) table() []setting {
	return []setting{
		{"listen", &s.Listen, "address of the server; others than localhost need a key, see selfrag keys", GroupServe},
		{"public_url", &s.PublicURL, "URL by which users reach the server, for links to sources; empty: as each request says", GroupServe},
		{"cors_origins", &s.CORSOrigins, "web origins, with commas between, that may call from browsers; empty: none", GroupServe},
		{"openwebui_events", &s.OpenWebUI, "add Open WebUI's status and source events to streamed chat completions", GroupServe},
		{"page", &s.Page, "serve the web page at /", GroupServe},
		{"arms", &s.Arms, "divide the questions that name no strategy among strategies, by weight, as in self-rag=50,two-stage=50; empty: all get --strategy", GroupServe},
		{"experiment", &s.Experiment, "name of what --arms compares; under another name who gets which arm is drawn anew", GroupServe},
		{"concurrency", &s.Concurrency, "questions and searches that are answered at a time", GroupServe},
		{"queue", &s.Queue, "questions and searches that wait for their turn; more are refused with status 429", GroupServe},
		{"queue_time", &s.QueueTime, "most time that one waits for its turn", GroupServe},
		{"rate", &s.Rate, "requests a second that a key may send; negative: no limit", GroupServe},
		{"burst", &s.Burst, "requests that a key may send at once", GroupServe},
		{"max_upload_mb", &s.MaxUploadMB, "most of one upload, in MB", GroupServe},
		{"shutdown_timeout", &s.ShutdownTimeout, "time for answers under way to finish after SIGTERM", GroupServe},
		{"fence", &s.Fence, "put passages between lines with a random mark in the server's prompts, a new one for each question", GroupServe},
		{"log_content", &s.LogContent, "write questions and answers into the log", GroupServe},
	}
}

func (s serveSettings) checkServe() error {
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return fault.Usagef("listen %q: write HOST:PORT, as in 127.0.0.1:8080", s.Listen)
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return fault.Usagef("public_url %q: write https://HOST[/PATH]", s.PublicURL)
	}
	for _, o := range s.Origins() {
		if u, err := url.Parse(o); err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" {
			return fault.Usagef("cors_origins: %q is no origin: write https://HOST[:PORT]", o)
		}
	}
	if _, err := serve.ParseArms(s.Experiment, s.Arms); err != nil {
		return fault.Usage(err)
	}
	if s.Rate == 0 {
		return fault.Usage(errors.New("rate must not be 0; a negative one is no limit"))
	}
	return cmp.Or(positive("concurrency", s.Concurrency), notNegative("queue", s.Queue), positive("queue_time", s.QueueTime), positive("burst", s.Burst),
		positive("max_upload_mb", s.MaxUploadMB), positive("shutdown_timeout", s.ShutdownTimeout))
}

// Origins are the web origins that may call from browsers.
func (s serveSettings) Origins() []string {
	var out []string
	for _, o := range Hosts(s.CORSOrigins) {
		out = append(out, strings.TrimSuffix(o, "/"))
	}
	return out
}
