package langfusetest

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// Item is an item of a dataset.
type Item struct {
	ID             string          `json:"id"`
	DatasetName    string          `json:"datasetName"`
	Input          json.RawMessage `json:"input"`
	ExpectedOutput json.RawMessage `json:"expectedOutput"`
	Metadata       json.RawMessage `json:"metadata"`
	Status         string          `json:"status"`
}

// Score is a score of a trace.
type Score struct {
	ID            string   `json:"id"`
	TraceID       string   `json:"traceId"`
	SessionID     string   `json:"sessionId"`
	ObservationID string   `json:"observationId"`
	Name          string   `json:"name"`
	Value         *float64 `json:"value"`
	DataType      string   `json:"dataType"`
	Comment       string   `json:"comment"`
	Environment   string   `json:"environment"`
}

// Span is a span with those of its attributes that are text.
type Span struct {
	Trace, ID, Parent, Name string
	Attributes              map[string]string
}

// Dataset is the id of a dataset, or "".
func (s *Server) Dataset(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.datasets[name]
}

// Items are those of a dataset, in the order in which they were made.
func (s *Server) Items(dataset string) []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.itemsOf(dataset)
}

func (s *Server) itemsOf(dataset string) []Item {
	out := []Item{}
	for _, id := range s.order {
		if s.owners[id] != dataset {
			continue
		}
		var i Item
		_ = json.Unmarshal(s.items[id], &i) // it was written from one
		out = append(out, i)
	}
	return out
}

// Scores are all scores, by id.
func (s *Server) Scores() map[string]Score {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Score{}
	for id, score := range s.scores {
		out[id] = score
	}
	return out
}

// Spans are all spans, in the order in which they came.
func (s *Server) Spans() []Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.spans)
}

func (s *Server) createDataset(r *http.Request) (any, error) {
	var in struct {
		Name        string          `json:"name"`
		Description *string         `json:"description"`
		Metadata    json.RawMessage `json:"metadata"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.Name == "" {
		return nil, refuse(http.StatusBadRequest, "Invalid request data: name")
	}
	if s.datasets[in.Name] == "" {
		s.datasets[in.Name] = "dataset-of-" + hex.EncodeToString([]byte(in.Name))
	}
	return map[string]string{"id": s.datasets[in.Name], "name": in.Name}, nil
}

func (s *Server) putItem(r *http.Request) (any, error) {
	var in Item
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if s.datasets[in.DatasetName] == "" {
		return nil, refuse(http.StatusNotFound, "Dataset not found")
	}
	if in.ID == "" {
		return nil, refuse(http.StatusBadRequest, "these tests want ids")
	}
	switch owner, known := s.owners[in.ID]; {
	case known && owner != in.DatasetName:
		return nil, refuse(http.StatusNotFound, "The dataset item with id %s already exists in a dataset other than %s", in.ID, in.DatasetName)
	case !known:
		s.order = append(s.order, in.ID)
	}
	in.Status = "ACTIVE"
	s.owners[in.ID] = in.DatasetName
	s.items[in.ID], _ = json.Marshal(in)
	return in, nil
}

func (s *Server) listItems(r *http.Request) (any, error) {
	name := r.URL.Query().Get("datasetName")
	if s.datasets[name] == "" {
		return nil, refuse(http.StatusNotFound, "Dataset not found")
	}
	return page(r.URL.Query(), s.itemsOf(name))
}

func (s *Server) putScore(r *http.Request) (any, error) {
	var in Score
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.Name == "" || in.Value == nil || (in.TraceID == "" && in.SessionID == "") || in.ObservationID != "" && in.TraceID == "" {
		return nil, refuse(http.StatusBadRequest, "Invalid request data: name, value, traceId")
	}
	if in.DataType != "NUMERIC" && (in.DataType != "BOOLEAN" || *in.Value != 0 && *in.Value != 1) {
		return nil, refuse(http.StatusBadRequest, "Invalid request data: dataType")
	}
	s.scores[in.ID] = in
	return map[string]string{"id": in.ID}, nil
}

func (s *Server) putSpans(r *http.Request) (any, error) {
	in := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%v", err)
		}
		in = unzipped
	}
	b, err := io.ReadAll(in)
	var batch collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(b, &batch)
	}
	if err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" || r.Header.Get("x-langfuse-ingestion-version") != "4" {
		return nil, refuse(http.StatusBadRequest, "no spans: %v", err)
	}
	for _, resource := range batch.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				out := Span{
					Trace: hex.EncodeToString(span.TraceId), ID: hex.EncodeToString(span.SpanId), Parent: hex.EncodeToString(span.ParentSpanId), Name: span.Name,
					Attributes: map[string]string{},
				}
				for _, a := range span.Attributes {
					switch v := a.Value.Value.(type) {
					case *common.AnyValue_StringValue:
						out.Attributes[a.Key] = v.StringValue
					case *common.AnyValue_IntValue:
						text, _ := json.Marshal(v.IntValue)
						out.Attributes[a.Key] = string(text)
					}
				}
				s.spans = append(s.spans, out)
			}
		}
	}
	return map[string]any{}, nil
}
