package httpapi

import (
	"encoding/json"
	"net/http"
	"time"
)

// recorder records the status and the size of an answer. If within is not 0, it
// is the time limit for the client to receive each piece of the answer.
type recorder struct {
	http.ResponseWriter
	status  int
	written int64
	within  time.Duration
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.within > 0 {
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.within)) // writers of tests may not support deadlines
	}
	n, err := w.ResponseWriter.Write(b)
	w.written += int64(n)
	return n, err
}

// Unwrap returns the inner writer. http.ResponseController calls it to find the
// method Flush.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// writeJSON answers with v as a JSON document.
func writeJSON(x *exchange, status int, v any) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(append(content, '\n')) // an error means that the client is gone, so nobody can be told
	return nil
}
