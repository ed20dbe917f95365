package httpapi

import (
	"net/http"
	"net/url"
	"strconv"

	"selfrag/agent"
	"selfrag/serve"
)

func (s *Server) listCollections(x *exchange) error {
	infos, err := x.scope.Collections(x.ctx())
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, object{"collections": infos, "default": s.cfg.Service.CollectionOr(""), "writes": x.scope.Writes()})
}

func (s *Server) listQuestions(x *exchange) error {
	questions, err := x.scope.Questions(x.ctx(), x.collection)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, object{"questions": questions})
}

func (s *Server) getCollection(x *exchange) error {
	info, err := x.scope.Collection(x.ctx(), x.collection)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, info)
}

func (s *Server) deleteCollection(x *exchange) error {
	if err := x.scope.DeleteCollection(x.ctx(), x.collection); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// documentsAtOnce is the maximum number of documents in one list.
const documentsAtOnce = 1000

func (s *Server) listDocuments(x *exchange) error {
	if err := onlyParams(x, "offset", "limit"); err != nil {
		return err
	}
	offset, err := number(x, "offset", 0)
	if err != nil {
		return err
	}
	limit, err := number(x, "limit", 100)
	if err != nil {
		return err
	}
	if limit > documentsAtOnce {
		return serve.Wrong("limit", "at most %d documents are possible at once", documentsAtOnce)
	}
	docs, err := x.scope.Documents(x.ctx(), x.collection)
	if err != nil {
		return err
	}
	type document struct {
		ID       string `json:"id"`
		Source   string `json:"source"`
		Title    string `json:"title"`
		Passages int    `json:"passages"`
		SourceID string `json:"source_id"`
	}
	out := []document{}
	for _, d := range docs[min(offset, len(docs)):min(offset+limit, len(docs))] {
		out = append(out, document{d.ID, d.Source, d.Title, d.Passages, serve.SourceID(d.ID, d.Source)})
	}
	return writeJSON(x, http.StatusOK, object{"documents": out, "total": len(docs), "root": serve.Root(docs)})
}

func (s *Server) getSource(x *exchange) error {
	if err := onlyParams(x, "start", "end", "around"); err != nil {
		return err
	}
	start, end, err := span(x)
	if err != nil {
		return err
	}
	around, err := number(x, "around", -1)
	if err != nil {
		return err
	}
	src, err := x.scope.Source(x.ctx(), x.collection, x.r.PathValue("source"), start, end, around)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, object{
		"id": src.ID, "collection": src.Collection, "document": src.Document, "source": src.Source, "title": src.Title, "metadata": src.Metadata,
		"length": src.Length, "from": src.From, "to": src.To, "text": src.Text,
		"highlight": object{"start": src.Start, "end": src.End}, "hidden": src.Hidden,
	})
}

// sourceURL returns the URL that shows the quote of a citation. The URL leads
// to this server even if the document came from the web, because only this
// server has the text that was cited.
func (s *Server) sourceURL(x *exchange, c agent.Citation) string {
	base := s.cfg.PublicURL
	if base == "" {
		base = "http://" + x.r.Host
		if x.r.TLS != nil {
			base = "https://" + x.r.Host
		}
	}
	return base + "/api/v1/collections/" + url.PathEscape(x.collection) + "/sources/" + serve.SourceID(c.Document, c.Source) +
		"?start=" + strconv.Itoa(c.Start) + "&end=" + strconv.Itoa(c.End)
}
