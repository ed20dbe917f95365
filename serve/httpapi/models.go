package httpapi

import (
	"net/http"
	"time"

	"selfrag/serve"
)

type modelJSON struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func modelOf(m serve.ModelInfo) modelJSON {
	created, _ := time.Parse(time.RFC3339, m.Created) // the zero time if Created is unknown
	return modelJSON{m.Name, "model", max(0, created.Unix()), "selfrag"}
}

func (s *Server) listModels(x *exchange) error {
	models, err := x.scope.Models(x.ctx())
	if err != nil {
		return err
	}
	data := make([]modelJSON, len(models))
	for i, m := range models {
		data[i] = modelOf(m)
	}
	return writeJSON(x, http.StatusOK, object{"object": "list", "data": data})
}

func (s *Server) getModel(x *exchange) error {
	m, err := x.scope.Model(x.ctx(), x.r.PathValue("model"))
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, modelOf(m))
}
