package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// stream writes server-sent events. Data is JSON on one line and event names
// are constants, so no text can end an event or begin another.
type stream struct {
	x  *exchange
	mu sync.Mutex
}

// openStream begins an answer that consists of events. Until done is called,
// the stream also sends a comment at each interval beat, so that proxies keep
// the connection open.
func openStream(x *exchange, beat time.Duration) (s *stream, done func()) {
	h := x.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // nginx would buffer the events otherwise
	x.w.WriteHeader(http.StatusOK)
	s = &stream{x: x}
	s.write([]byte(": working\n\n"))
	ctx, stop := context.WithCancel(x.ctx())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(beat)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				s.write([]byte(": working\n\n"))
			}
		}
	}()
	return s, func() {
		stop()
		<-ended
	}
}

// send writes an event. If name is empty, the event has only data. send ignores
// errors, because they mean that the client is gone, and then the context of
// the request ends.
func (s *stream) send(name string, v any) { s.write(event(nil, name, v)) }

// event appends an event to b.
func event(b []byte, name string, v any) []byte {
	content, err := json.Marshal(v)
	if err != nil { // cannot happen with the types of this package
		return b
	}
	if name != "" {
		b = append(append(append(b, "event: "...), name...), '\n')
	}
	return append(append(append(b, "data: "...), content...), "\n\n"...)
}

func (s *stream) write(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.x.w.Write(b); err == nil {
		_ = http.NewResponseController(s.x.w).Flush() // errors are ignored, as in send
	}
}
