package httpapi

import (
	"io"
	"mime"
	"net/http"

	"selfrag/serve"
)

func (s *Server) listSessions(x *exchange) error {
	infos, err := x.scope.Sessions(x.ctx())
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, object{"sessions": infos})
}

func (s *Server) getSession(x *exchange) error {
	name := x.r.PathValue("session")
	kept, err := x.scope.Session(x.ctx(), name)
	if err != nil {
		return err
	}
	x.collection = kept.Collection
	turns := []object{}
	for _, t := range kept.Turns {
		turns = append(turns, object{"asked": t.Asked, "answer": s.answerJSON(x, t.Answer, t.Assignment)})
	}
	return writeJSON(x, http.StatusOK, object{
		"name": name, "created": kept.Created, "updated": kept.Updated, "collection": kept.Collection, "strategy": kept.Strategy, "turns": turns,
	})
}

// exportSession answers with a session as a Markdown file.
func (s *Server) exportSession(x *exchange) error {
	name := x.r.PathValue("session")
	kept, err := x.scope.Session(x.ctx(), name)
	if err != nil {
		return err
	}
	x.collection = kept.Collection
	h := x.w.Header()
	h.Set("Content-Type", "text/markdown; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".md"}))
	x.w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(x.w, kept.Markdown(name)) // an error means that the client is gone
	return nil
}

func (s *Server) deleteSession(x *exchange) error {
	name := x.r.PathValue("session")
	if kept, err := x.scope.Session(x.ctx(), name); err == nil {
		x.collection = kept.Collection
	}
	if err := x.scope.DeleteSession(x.ctx(), name); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

type feedbackRequest struct {
	Answer  string       `json:"answer"`
	Thumb   string       `json:"thumb"`
	Comment string       `json:"comment"`
	Compare *compareNote `json:"compare"`
}

// compareNote is a vote in a feedbackRequest. It says which of two answers to
// the same question is better: the answer of the request, or the answer With.
type compareNote struct {
	With   string `json:"with"`
	Better string `json:"better"`
	Blind  bool   `json:"blind"`
}

func (s *Server) giveFeedback(x *exchange) error {
	var req feedbackRequest
	if err := decode(x, &req); err != nil {
		return err
	}
	f := serve.Feedback{Answer: req.Answer, Thumb: req.Thumb, Comment: req.Comment, Identity: x.identity.ID}
	if c := req.Compare; c != nil {
		f.Comparison = &serve.Comparison{With: c.With, Better: c.Better, Blind: c.Blind}
	}
	if err := x.scope.Feedback(x.ctx(), f); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}
