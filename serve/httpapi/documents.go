package httpapi

import "net/http"

func (s *Server) getDocument(x *exchange) error {
	record, err := x.scope.DocumentRecord(x.ctx(), x.collection, x.r.PathValue("source"))
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, record)
}

func (s *Server) removeDocument(x *exchange) error {
	if err := x.scope.RemoveDocument(x.ctx(), x.collection, x.r.PathValue("source")); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// renaming is the body of a request to rename a document or a collection.
type renaming struct {
	Name string `json:"name"`
}

func (s *Server) renameDocument(x *exchange) error {
	var to renaming
	if err := decode(x, &to); err != nil {
		return err
	}
	record, err := x.scope.RenameDocument(x.ctx(), x.collection, x.r.PathValue("source"), to.Name)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, record)
}

func (s *Server) renameCollection(x *exchange) error {
	var to renaming
	if err := decode(x, &to); err != nil {
		return err
	}
	info, err := x.scope.RenameCollection(x.ctx(), x.collection, to.Name)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, info)
}
