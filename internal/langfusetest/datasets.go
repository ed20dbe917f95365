package langfusetest

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
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

// Dataset returns the id of a dataset, or "".
func (s *Project) Dataset(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.datasets[name]
}

// Items returns the items of a dataset, in the order of their creation.
func (s *Project) Items(dataset string) []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.itemsOf(dataset)
}

func (s *Project) itemsOf(dataset string) []Item {
	out := []Item{}
	for _, id := range s.order {
		if i := s.items[id]; i.DatasetName == dataset {
			out = append(out, i)
		}
	}
	return out
}

func (s *Project) createDataset(r *http.Request) (any, error) {
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

func (s *Project) putItem(r *http.Request) (any, error) {
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
	switch before, known := s.items[in.ID]; {
	case known && before.DatasetName != in.DatasetName:
		return nil, refuse(http.StatusNotFound, "The dataset item with id %s already exists in a dataset other than %s", in.ID, in.DatasetName)
	case !known:
		s.order = append(s.order, in.ID)
	}
	in.Status = "ACTIVE"
	s.items[in.ID] = in
	return in, nil
}

func (s *Project) listItems(r *http.Request) (any, error) {
	name := r.URL.Query().Get("datasetName")
	if s.datasets[name] == "" {
		return nil, refuse(http.StatusNotFound, "Dataset not found")
	}
	return page(r.URL.Query(), s.itemsOf(name))
}
