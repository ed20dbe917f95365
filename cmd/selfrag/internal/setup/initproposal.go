package setup

import (
	"strings"

	"selfrag/internal/machine"
	"selfrag/ollama"
)

// proposal holds what init found, what it proposes, and what it has done.
type proposal struct {
	Machine  machine.Machine `json:"machine"`
	Ollama   ollamaThere     `json:"ollama"`
	Library  bool            `json:"library"` // Ollama's library can be reached
	Model    choice          `json:"model"`
	Embedder choice          `json:"embedder"`
	Reranker choice          `json:"rerank"`
	File     string          `json:"file"`
	There    bool            `json:"file_there"` // the file existed before this run
	Fetched  []string        `json:"fetched,omitempty"`
	Written  bool            `json:"written"`
	Copy     string          `json:"copy,omitempty"` // path of a copy of the old file
}

// ollamaThere holds what init found out about the Ollama server.
type ollamaThere struct {
	Found   bool   `json:"found"`
	Address string `json:"address"`
	Version string `json:"version,omitempty"`
	// Elsewhere says that the server is on another machine, whose memory is not
	// known.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Card reports whether the server has a model loaded on a graphics card at
	// the moment.
	Card bool `json:"card,omitempty"`

	models []ollama.ModelInfo
}

// choice holds the proposed model of one kind, such as the language model.
type choice struct {
	Name      string `json:"name"`    // empty: no model fits or can be fetched
	Setting   string `json:"setting"` // value to write to selfrag.yaml; empty: the setting is not written
	There     bool   `json:"there"`
	Size      int64  `json:"size,omitempty"` // bytes to fetch or on disk; 0: not known
	Languages string `json:"languages,omitempty"`
	Licence   string `json:"licence,omitempty"`
	// From is the place to fetch the model from: ollama (Ollama's library), hub
	// (Hugging Face), or packages (the package index of Python). It is empty if
	// the model need not or cannot be fetched.
	From string `json:"from,omitempty"`
	// Kept says where the user chose the model, such as "environment
	// SELFRAG_MODEL". It is empty if init chose the model.
	Kept string `json:"kept,omitempty"`
	// Lacking is the name of a better model that cannot be fetched now.
	Lacking string `json:"lacking,omitempty"`
}

const (
	fromOllama   = "ollama"
	fromHub      = "hub"
	fromPackages = "packages"
)

// fetch reports whether init has to fetch the model.
func (c *choice) fetch() bool { return !c.There && c.From != "" }

// values returns the settings to write to the file.
func (p *proposal) values() []keyValue {
	var list []keyValue
	for _, kv := range []keyValue{{"model", p.Model.Setting}, {"embedder", p.Embedder.Setting}, {"rerank", p.Reranker.Setting}} {
		if kv.value != "" {
			list = append(list, kv)
		}
	}
	return list
}

// has returns the server's model with the given name. Upper and lower case do
// not matter, and name may lack the ":latest" of the model. The bool is false
// if the server has no such model.
func (o *ollamaThere) has(name string) (ollama.ModelInfo, bool) {
	for _, m := range o.models {
		if strings.EqualFold(m.Name, name) || strings.EqualFold(m.Name, name+":latest") {
			return m, true
		}
	}
	return ollama.ModelInfo{}, false
}
