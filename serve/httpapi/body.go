package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// expectBody sets a deadline for the client to send the body, or the rest of
// it. net/http reads an unread body to its end before it sends an answer.
// Without the deadline, the server would wait for ever before it refuses a
// client that sends nothing.
func (s *Server) expectBody(w http.ResponseWriter, r *http.Request) {
	// There is no deadline for a request without a body. The server keeps
	// reading such a request to notice that the client goes away, and a passed
	// deadline would look the same.
	var until time.Time
	if r.Body != nil && r.Body != http.NoBody {
		until = time.Now().Add(s.cfg.BodyTime)
	}
	// Ignore the error. Only the writers of tests may not support deadlines,
	// and tests have no slow clients.
	_ = http.NewResponseController(w).SetReadDeadline(until)
}

// readBody reads the body before the request takes a slot, so that a slow
// client does not keep others waiting.
func (s *Server) readBody(x *exchange) error {
	x.w.within = s.cfg.WriteTime
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return nil
	}
	content, err := io.ReadAll(http.MaxBytesReader(x.w.ResponseWriter, x.r.Body, s.cfg.MaxBody))
	if err != nil {
		return malformed(err)
	}
	// Remove the deadline. net/http keeps reading from the connection to notice
	// that the client goes away, and a passed deadline would look the same.
	_ = http.NewResponseController(x.w.ResponseWriter).SetReadDeadline(time.Time{})
	x.r.Body = io.NopCloser(bytes.NewReader(content))
	return nil
}

// passUpload calls the handler of an upload, without reading the body first.
// The handler writes the body to disk.
func (s *Server) passUpload(x *exchange, of route) error {
	leave, err := s.uploads.enter(x.ctx(), x.identity.ID)
	if err != nil {
		return err
	}
	defer leave()
	x.w.within = s.cfg.WriteTime
	_ = http.NewResponseController(x.w.ResponseWriter).SetReadDeadline(time.Now().Add(s.cfg.UploadTime))
	defer s.expectBody(x.w.ResponseWriter, x.r) // for the rest of a refused upload
	x.r.Body = http.MaxBytesReader(x.w.ResponseWriter, x.r.Body, s.cfg.MaxUpload)
	return of.handle(s, x)
}
