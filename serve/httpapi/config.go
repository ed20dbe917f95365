package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"selfrag/serve"
)

// Identity is the owner of a key.
type Identity struct {
	ID    string // public id, which appears in the log
	Grant serve.Grant
	Rate  float64 // requests a second; 0 means the server's rate
	// Origins are the web origins on whose pages the key may be used. If there are
	// any, the key works nowhere else. They need not be among Config.Origins.
	Origins []string
}

// Authority checks keys.
type Authority interface {
	// Identify returns the owner of a key. The error is a *serve.Error of kind
	// Unauthorised if the key is unknown, revoked or expired.
	Identify(ctx context.Context, key string) (Identity, error)
	// Required reports whether requests need a key.
	Required(ctx context.Context) (bool, error)
}

// Access is one line of the audit log. It records who did what, without the
// content of requests and answers.
type Access struct {
	Time       time.Time `json:"time"`
	Request    string    `json:"request"`
	Identity   string    `json:"identity,omitempty"`
	Remote     string    `json:"remote"`
	Method     string    `json:"method"`
	Route      string    `json:"route"`
	Collection string    `json:"collection,omitempty"`
	Status     int       `json:"status"`
	Millis     int64     `json:"ms"`
}

// Auditor writes the audit log.
type Auditor interface{ Record(a Access) error }

// Mount is a handler of another package, such as the web page or MCP.
type Mount struct {
	Pattern string // a pattern of http.ServeMux
	Handler http.Handler
	// Public handlers need no key. Other handlers get the caller's scope from
	// ScopeOf.
	Public bool
	// Heavy handlers need a slot, as questions do. Config.Concurrency is the
	// number of slots.
	Heavy bool
	// Long handlers have no time limit. They serve streams that stay open.
	Long bool
}

// Config configures a server. Zero fields take the defaults.
type Config struct {
	Service   *serve.Service
	Authority Authority
	// Anonymous is the grant of requests without a key, while no key is
	// required.
	Anonymous serve.Grant
	// Ready returns an error if a part cannot be reached. nil means always
	// ready.
	Ready func(ctx context.Context) error
	// Without returns a sentence about the parts, such as the language model,
	// that cannot be reached although the server is ready. It returns "" if no
	// part is missing. A nil Without means that no part is missing.
	Without func(ctx context.Context) string
	Audit   Auditor      // nil: no audit log
	Log     *slog.Logger // nil: discarded
	// LogContent writes questions and answers to the log, too.
	LogContent bool
	Metrics    http.Handler // serves /metrics; nil: no such route
	// Observe is called after each request has ended. It may be nil.
	Observe func(Access)
	Mounts  []Mount
	// OnlyMounts leaves out the routes of this package, except the routes for
	// operators, such as /healthz.
	OnlyMounts bool

	// NeedKey refuses requests without a key even if no key exists. It must be
	// set for a server that other machines can reach.
	NeedKey bool
	// Origins are the web origins whose pages may call the server (CORS); none
	// by default.
	Origins []string
	// KeyOrigins returns the origins of all keys; see Identity.Origins. If it is
	// nil, no key has origins.
	KeyOrigins func(ctx context.Context) ([]string, error)
	// PublicURL is the prefix of the URLs of sources. If it is empty, the
	// prefix is made from the request's Host header.
	PublicURL string
	// OpenWebUI adds Open WebUI's status and source events to streams.
	OpenWebUI bool

	MaxBody    int64         // maximum size of a JSON body; default 1 MiB
	MaxUpload  int64         // maximum size of an upload; default 256 MiB
	BodyTime   time.Duration // time limit for receiving a JSON body; default 15 s
	UploadTime time.Duration // time limit for receiving an upload; default 10 min
	// AnswerTime is the time limit for the work on a request; default 6 min.
	// The time budget of the agent should be smaller, so that the agent can
	// still answer when its budget is spent.
	AnswerTime time.Duration
	WriteTime  time.Duration // time limit for a client to receive each piece of an answer; default 30 s

	Concurrency int           // maximum number of heavy requests in progress; default 8
	Queue       int           // maximum number of heavy requests that wait for a slot; default 64
	QueueTime   time.Duration // time limit for waiting for a slot; default 30 s
	Rate        float64       // maximum number of requests a second of one key; default 20; negative: no limit
	Burst       int           // requests that a key may make at once before Rate applies; default 40

	// Beat is the interval at which a stream sends a comment, so that proxies
	// keep the connection open; default 10 s.
	Beat time.Duration
}

// Defaults returns the zero Config with its defaults filled in.
func Defaults() Config { return Config{}.withDefaults() }

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.MaxBody = cmp.Or(c.MaxBody, 1<<20)
	c.MaxUpload = cmp.Or(c.MaxUpload, 256<<20)
	c.BodyTime = cmp.Or(c.BodyTime, 15*time.Second)
	c.UploadTime = cmp.Or(c.UploadTime, 10*time.Minute)
	c.AnswerTime = cmp.Or(c.AnswerTime, 6*time.Minute)
	c.WriteTime = cmp.Or(c.WriteTime, 30*time.Second)
	c.Concurrency = cmp.Or(c.Concurrency, 8)
	c.Queue = cmp.Or(c.Queue, 64)
	c.QueueTime = cmp.Or(c.QueueTime, 30*time.Second)
	c.Rate = cmp.Or(c.Rate, 20)
	c.Burst = cmp.Or(c.Burst, 40)
	c.Beat = cmp.Or(c.Beat, 10*time.Second)
	return c
}
