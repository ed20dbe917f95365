package httpapi

import (
	_ "embed"
	"net/http"

	"selfrag/serve"
)

//go:embed openapi.yaml
var description []byte

// Description returns the OpenAPI description of all routes.
func Description() []byte { return append([]byte{}, description...) }

// health answers with status 200 as long as the process is alive. If this
// request fails, the process needs a restart.
func (s *Server) health(x *exchange) error {
	return writeJSON(x, http.StatusOK, object{"status": "ok"})
}

// readiness answers with status 200 if the server takes requests. It returns an
// error if a part that the server needs cannot be reached, or if the server is
// shutting down.
func (s *Server) readiness(x *exchange) error {
	if s.drained.Err() != nil {
		return &serve.Error{Kind: serve.ShuttingDown, Message: "the server is shutting down"}
	}
	if s.cfg.Ready != nil {
		if err := s.cfg.Ready(x.ctx()); err != nil {
			return &serve.Error{Kind: serve.Unavailable, Message: "a part that the server needs cannot be reached", Err: err}
		}
	}
	out := object{"status": "ready"}
	if s.cfg.Without != nil {
		if without := s.cfg.Without(x.ctx()); without != "" {
			out["degraded"] = without
		}
	}
	return writeJSON(x, http.StatusOK, out)
}

func (s *Server) describe(x *exchange) error {
	x.w.Header().Set("Content-Type", "application/yaml")
	_, _ = x.w.Write(description) // an error means that the client is gone, so nobody can be told
	return nil
}
