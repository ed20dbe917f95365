package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"selfrag/serve"
)

// Identity is who a key belongs to.
type Identity struct {
	ID    string // public: it is logged
	Grant serve.Grant
	Rate  float64 // requests a second; 0: the server's
}

// Authority knows keys.
type Authority interface {
	// Identify tells whose key it is. The error is a *serve.Error of kind
	// Unauthorised for a key that is unknown, revoked or expired.
	Identify(ctx context.Context, key string) (Identity, error)
	// Required tells whether requests need a key.
	Required(ctx context.Context) (bool, error)
}

// Access is one line of the audit log: who did what, without content.
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

// Auditor keeps the audit log.
type Auditor interface{ Record(a Access) error }

// Mount is a handler of another package, such as the web page or MCP.
type Mount struct {
	Pattern string // of http.ServeMux
	Handler http.Handler
	// Public needs no key. Other handlers find the caller's scope by ScopeOf.
	Public bool
	// Heavy takes a slot, as questions do.
	Heavy bool
	// Long has no time limit: for streams that stand open.
	Long bool
}

// Config says how a server behaves. Zero fields take the defaults.
type Config struct {
	Service   *serve.Service
	Authority Authority
	// Anonymous is what requests without a key may do while none is required.
	Anonymous serve.Grant
	// Ready tells whether the parts can be reached; nil: always.
	Ready func(ctx context.Context) error
	// Without says what the server does without while it is ready; "" and nil:
	// nothing.
	Without func(ctx context.Context) string
	Audit   Auditor      // nil: none
	Log     *slog.Logger // nil: discarded
	// LogContent writes questions and answers into the log too.
	LogContent bool
	Metrics    http.Handler // of /metrics; nil: there is none
	// Observe is told of each request when it has ended; may be nil.
	Observe func(Access)
	Mounts  []Mount
	// OnlyMounts leaves our own routes out but for those of operators.
	OnlyMounts bool

	// NeedKey refuses requests without a key even while there is no key at all:
	// for a server that other machines reach.
	NeedKey bool
	// Origins are the web origins that may call from browsers (CORS); none.
	Origins []string
	// PublicURL begins the URLs of sources; empty: as the request's Host says.
	PublicURL string
	// OpenWebUI adds Open WebUI's status and source events to streams.
	OpenWebUI bool

	MaxBody    int64         // bytes of a JSON body; 1 MiB
	MaxUpload  int64         // bytes of an upload; 256 MiB
	BodyTime   time.Duration // in which a JSON body must be there; 15 s
	UploadTime time.Duration // in which an upload must be there; 10 min
	// AnswerTime bounds a request's work; 6 min. The agent's own budget comes
	// first and ends in an answer.
	AnswerTime time.Duration
	WriteTime  time.Duration // in which a client must take a piece; 30 s

	Concurrency int           // heavy requests at a time; 8
	Queue       int           // heavy requests that wait for a slot; 64
	QueueTime   time.Duration // for which one waits; 30 s
	Rate        float64       // requests a second of a key; 20; negative: no limit
	Burst       int           // requests of a key at once; 40

	// Beat is how often a stream without news says that it is alive; 10 s.
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
