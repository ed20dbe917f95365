package httpapi

import "net/http"

func (s *Server) listKeptSources(x *exchange) error {
	kept, err := x.scope.Sources(x.ctx())
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, object{"sources": kept})
}

func (s *Server) getKeptSource(x *exchange) error {
	kept, err := x.scope.KeptSource(x.ctx(), x.r.PathValue("name"))
	if err != nil {
		return err
	}
	x.collection = kept.Collection
	return writeJSON(x, http.StatusOK, kept)
}

// syncKeptSource asks for a source to be synchronised now.
func (s *Server) syncKeptSource(x *exchange) error {
	name := x.r.PathValue("name")
	if kept, err := x.scope.KeptSource(x.ctx(), name); err == nil {
		x.collection = kept.Collection
	}
	if err := x.scope.SyncSource(x.ctx(), name); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusAccepted)
	return nil
}
