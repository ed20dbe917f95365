package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"selfrag/serve"
)

// Server is the handler of all routes.
type Server struct {
	cfg     Config
	mux     *http.ServeMux
	gate    *gate
	uploads *gate
	pages   *gate
	rates   *rates
	origins *http.CrossOriginProtection
	drained context.Context
	drain   context.CancelFunc
}

// uploadsAtATime is the number of uploads written to disk at once.
const uploadsAtATime = 4

// pagesAtATime is the number of pages of documents that are read or drawn at once. Each
// takes the memory of its file and of a picture.
const pagesAtATime = 2

// New returns the server of a service.
func New(cfg Config) (*Server, error) {
	if cfg.Service == nil || cfg.Authority == nil {
		return nil, errors.New("a server needs a service and an authority")
	}
	cfg = cfg.withDefaults()
	s := &Server{
		cfg: cfg, mux: http.NewServeMux(), gate: newGate(cfg.Concurrency, cfg.Queue, cfg.QueueTime),
		uploads: newGate(uploadsAtATime, cfg.Queue, cfg.QueueTime), pages: newGate(pagesAtATime, cfg.Queue, cfg.QueueTime),
		rates: newRates(cfg.Rate, cfg.Burst), origins: http.NewCrossOriginProtection(),
	}
	for _, o := range cfg.Origins {
		if err := s.origins.AddTrustedOrigin(o); err != nil {
			return nil, err
		}
	}
	s.drained, s.drain = context.WithCancel(context.Background())
	methods, asking := map[string][]string{}, map[string]bool{}
	for _, r := range routes() {
		if cfg.OnlyMounts && strings.Contains(r.path, "/v1/") {
			continue
		}
		methods[r.path] = append(methods[r.path], r.method)
		asking[r.path] = asking[r.path] || r.asking
		s.mux.HandleFunc(r.method+" "+r.path, s.layers(r))
	}
	for path, allowed := range methods {
		s.mux.HandleFunc(path, s.layers(route{path: path, handle: notAllowed(allowed), asking: asking[path]}))
	}
	for _, m := range cfg.Mounts {
		s.mount(m)
	}
	if cfg.Metrics != nil {
		s.mount(Mount{Pattern: "GET /metrics", Handler: cfg.Metrics, Public: true})
	}
	if !slices.ContainsFunc(cfg.Mounts, func(m Mount) bool { return m.Pattern == "/" }) {
		s.mux.HandleFunc("/", s.layers(route{path: "/", handle: func(*Server, *exchange) error {
			return &serve.Error{Kind: serve.NotFound, Message: "there is no such route"}
		}}))
	}
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.expectBody(w, r)
	s.mux.ServeHTTP(w, r)
}

// Drain makes the server report that it is not ready any more. Load balancers
// then send no new requests, and the current requests can finish.
func (s *Server) Drain() { s.drain() }

// OnDrain calls f when the server drains. It is for mounted handlers whose
// requests stay open.
func (s *Server) OnDrain(f func()) { context.AfterFunc(s.drained, f) }

// Enter waits for a slot, as heavy routes do, and returns the function that
// releases it. It is for mounted handlers that work with models in only some
// requests. The error is a *serve.Error.
func (s *Server) Enter(ctx context.Context) (leave func(), err error) {
	by, _ := ctx.Value(callerKey{}).(caller)
	leave, err = s.gate.enter(ctx, by.id)
	var many *tooMany
	if errors.As(err, &many) {
		err = &serve.Error{Kind: serve.TooMany, Message: many.message}
	}
	return leave, err
}

func (s *Server) mount(m Mount) {
	r := route{path: m.Pattern, need: aKey, handle: func(_ *Server, x *exchange) error {
		m.Handler.ServeHTTP(x.w, x.r.WithContext(context.WithValue(x.r.Context(), callerKey{}, caller{x.identity.ID, x.scope})))
		return nil
	}}
	if m.Public {
		r.need = nothing
	}
	if m.Heavy {
		r.cost = heavy
	}
	r.long = m.Long
	s.mux.HandleFunc(m.Pattern, s.layers(r))
}

type callerKey struct{}

type caller struct {
	id    string
	scope *serve.Scope
}

// ScopeOf returns the scope of the caller for a mounted handler. It returns nil
// for a public one.
func ScopeOf(ctx context.Context) *serve.Scope {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.scope
}

// CallerOf returns the public id of the caller for a mounted handler.
func CallerOf(ctx context.Context) string {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.id
}

// exchange holds a request, the writer of its answer, and what is known about
// its caller.
type exchange struct {
	w        *recorder
	r        *http.Request
	id       string
	began    time.Time
	identity Identity
	scope    *serve.Scope // nil if the route needs no key
	// fromKeyOrigin is set if the request comes from a page whose origin is allowed
	// only by a key and not by Config.Origins.
	fromKeyOrigin bool
	// collection is written to the audit log.
	collection string
}

func (x *exchange) ctx() context.Context { return x.r.Context() }

// layers returns the handler of a route, with the checks and the logging that
// every request needs.
func (s *Server) layers(of route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{w: &recorder{ResponseWriter: w}, r: r, id: requestID(r), began: time.Now(), collection: r.PathValue("collection")}
		w.Header().Set("X-Request-Id", x.id)
		harden(w.Header())
		defer func() {
			if broken := recover(); broken != nil {
				s.cfg.Log.Error("a request panicked", "request", x.id, "route", of.path, "panic", broken, "stack", string(debug.Stack()))
				s.fail(x, &serve.Error{Kind: serve.Internal, Message: "the server failed; its log says why, under the id of this request"})
			}
			s.report(x, of)
		}()
		if err := s.pass(x, of); err != nil {
			s.fail(x, err)
		}
	}
}

// pass checks the caller and the limits, then calls the handler.
func (s *Server) pass(x *exchange, of route) error {
	if preflight := s.cors(x, of); preflight {
		return nil
	}
	if of.need != nothing {
		if err := s.identify(x); err != nil {
			return err
		}
		if x.identity.Grant.OnlyAsks() && !of.asking {
			return &serve.Error{Kind: serve.Forbidden, Message: "this key may only ask questions"}
		}
		if err := s.rates.take(x.identity); err != nil {
			return err
		}
	}
	if of.cost == upload {
		return s.passUpload(x, of)
	}
	if err := s.readBody(x); err != nil {
		return err
	}
	// The spans of the request belong to the trace of the caller, if it sent one.
	ctx := propagation.TraceContext{}.Extract(x.ctx(), propagation.HeaderCarrier(x.r.Header))
	if !of.long {
		limited, cancel := context.WithTimeout(ctx, s.cfg.AnswerTime)
		defer cancel()
		ctx = limited
	}
	x.r = x.r.WithContext(ctx)
	if slots := map[cost]*gate{heavy: s.gate, drawing: s.pages}[of.cost]; slots != nil {
		leave, err := slots.enter(ctx, x.identity.ID)
		if err != nil {
			return err
		}
		defer leave()
	}
	return of.handle(s, x)
}

// report logs a request and its outcome. It logs no path, no query and no
// content.
func (s *Server) report(x *exchange, of route) {
	a := Access{
		Time: x.began.UTC(), Request: x.id, Identity: x.identity.ID, Remote: remote(x.r), Method: x.r.Method, Route: of.path,
		Collection: x.collection, Status: x.w.status, Millis: time.Since(x.began).Milliseconds(),
	}
	if x.w.status == 0 {
		a.Status = 499 // nothing was written, because the client went away
	}
	s.cfg.Log.LogAttrs(context.WithoutCancel(x.ctx()), slog.LevelInfo, "request", slog.String("request", a.Request), slog.String("identity", a.Identity),
		slog.String("remote", a.Remote), slog.String("method", a.Method), slog.String("route", a.Route), slog.Int("status", a.Status),
		slog.Int64("ms", a.Millis), slog.Int64("bytes", x.w.written))
	if s.cfg.Audit != nil && of.need != nothing {
		if err := s.cfg.Audit.Record(a); err != nil {
			s.cfg.Log.Error("the audit log cannot be written", "error", err)
		}
	}
	if s.cfg.Observe != nil {
		s.cfg.Observe(a)
	}
}

// requestID returns the caller's request id if it is a plain word, or else a
// new one.
func requestID(r *http.Request) string {
	given := r.Header.Get("X-Request-Id")
	odd := func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}
	if given != "" && len(given) <= 64 && !strings.ContainsFunc(given, odd) {
		return given
	}
	random := make([]byte, 12)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)
}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func harden(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
}

// logContent logs a question and its answer if the operator wants that.
func (s *Server) logContent(x *exchange, question, answer string) {
	if s.cfg.LogContent {
		s.cfg.Log.Info("content", "request", x.id, "question", question, "answer", answer)
	}
}
