package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"selfrag/fault"
	"selfrag/serve"
	"selfrag/serve/httpapi"
)

// GroupServe is the group of the server's settings.
const GroupServe = "serve"

// serveSettings holds the settings of the server.
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
	Sources         SourceList
}

func defaultServeSettings() serveSettings {
	server := httpapi.Defaults()
	return serveSettings{
		Listen: "127.0.0.1:8080", Concurrency: server.Concurrency, Queue: server.Queue, QueueTime: server.QueueTime,
		Rate: server.Rate, Burst: server.Burst, MaxUploadMB: int(server.MaxUpload >> 20),
		ShutdownTimeout: 30 * time.Second, Page: true, Fence: true, Experiment: "default",
	}
}

func (s *serveSettings) table() []setting {
	return []setting{
		{"listen", &s.Listen, "address of the server; addresses other than localhost need a key, see selfrag keys", GroupServe},
		{"public_url", &s.PublicURL, "URL by which users reach the server, for links to sources; empty: as each request says", GroupServe},
		{"cors_origins", &s.CORSOrigins, "comma-separated web origins that may call from browsers; empty: none", GroupServe},
		{"openwebui_events", &s.OpenWebUI, "add Open WebUI's status and source events to streamed chat completions", GroupServe},
		{"page", &s.Page, "serve the web page at /", GroupServe},
		{"arms", &s.Arms, "divide the questions that name no strategy among strategies, by weight, as in self-rag=50,two-stage=50; empty: all get --strategy", GroupServe},
		{"experiment", &s.Experiment, "name of the comparison of --arms; another name assigns all arms anew", GroupServe},
		{"concurrency", &s.Concurrency, "questions and searches that are answered at a time", GroupServe},
		{"queue", &s.Queue, "questions and searches that wait for their turn; more are refused with status 429", GroupServe},
		{"queue_time", &s.QueueTime, "longest time that one waits for its turn", GroupServe},
		{"rate", &s.Rate, "requests a second that a key may send; negative: no limit", GroupServe},
		{"burst", &s.Burst, "requests that a key may send at once", GroupServe},
		{"max_upload_mb", &s.MaxUploadMB, "largest upload, in MB", GroupServe},
		{"shutdown_timeout", &s.ShutdownTimeout, "time for answers under way to finish after SIGTERM", GroupServe},
		{"sources", &s.Sources, "places from which the server keeps collections up to date; a list in selfrag.yaml", groupNone},
		{"fence", &s.Fence, "put passages of the server's prompts between lines with a random mark that is new for each question", GroupServe},
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
		if err := CheckOrigin(o); err != nil {
			return fault.Usagef("cors_origins: %w", err)
		}
	}
	if _, err := serve.ParseArms(s.Experiment, s.Arms); err != nil {
		return fault.Usage(err)
	}
	if s.Rate == 0 {
		return fault.Usage(errors.New("rate must not be 0; a negative rate means no limit"))
	}
	return cmp.Or(positive("concurrency", s.Concurrency), notNegative("queue", s.Queue), positive("queue_time", s.QueueTime), positive("burst", s.Burst),
		positive("max_upload_mb", s.MaxUploadMB), positive("shutdown_timeout", s.ShutdownTimeout))
}

// ListensLocally reports whether only this machine can reach the server.
func (s serveSettings) ListensLocally() bool {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// CheckOrigin returns an error if a text is not a web origin.
func CheckOrigin(o string) error {
	if u, err := url.Parse(o); err != nil || u.Scheme == "" || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is not an origin: write https://HOST[:PORT]", o)
	}
	return nil
}

// Origins returns the web origins whose pages may call the server from a
// browser.
func (s serveSettings) Origins() []string {
	var out []string
	for _, o := range Hosts(s.CORSOrigins) {
		out = append(out, strings.TrimSuffix(o, "/"))
	}
	return out
}
