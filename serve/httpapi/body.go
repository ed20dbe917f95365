package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// expectBody gives a client some time to send the body, or what is left of it:
// net/http reads the rest of a body that nobody took before it sends an answer,
// so that a refusal would wait for ever for a client that sends nothing.
func (s *Server) expectBody(w http.ResponseWriter, r *http.Request) {
	// Without a body the server reads on to notice that the client goes away,
	// and a deadline would look like that.
	var until time.Time
	if r.Body != nil && r.Body != http.NoBody {
		until = time.Now().Add(s.cfg.BodyTime)
	}
	// Servers of tests may know no deadlines; nobody slows them down.
	_ = http.NewResponseController(w).SetReadDeadline(until)
}

// readBody reads the body before a slot is taken: who sends slowly holds up
// nobody.
func (s *Server) readBody(x *exchange) error {
	x.w.within = s.cfg.WriteTime
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return nil
	}
	content, err := io.ReadAll(http.MaxBytesReader(x.w.ResponseWriter, x.r.Body, s.cfg.MaxBody))
	if err != nil {
		return malformed(err)
	}
	// The server goes on reading, to notice that the client goes away.
	_ = http.NewResponseController(x.w.ResponseWriter).SetReadDeadline(time.Time{})
	x.r.Body = io.NopCloser(bytes.NewReader(content))
	return nil
}

// passUpload leaves the body to the handler, which writes it to the disk.
func (s *Server) passUpload(x *exchange, of route) error {
	leave, err := s.uploads.enter(x.ctx())
	if err != nil {
		return err
	}
	defer leave()
	x.w.within = s.cfg.WriteTime
	_ = http.NewResponseController(x.w.ResponseWriter).SetReadDeadline(time.Now().Add(s.cfg.UploadTime))
	defer s.expectBody(x.w.ResponseWriter, x.r) // what a refused upload has left
	x.r.Body = http.MaxBytesReader(x.w.ResponseWriter, x.r.Body, s.cfg.MaxUpload)
	return of.handle(s, x)
}
