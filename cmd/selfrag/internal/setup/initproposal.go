package setup

import (
	"strings"

	"selfrag/internal/machine"
	"selfrag/ollama"
)

// proposal is what init found and proposes, and in the end did.
type proposal struct {
	Machine  machine.Machine `json:"machine"`
	Ollama   ollamaThere     `json:"ollama"`
	Library  bool            `json:"library"` // Ollama's library can be reached
	Model    choice          `json:"model"`
	Embedder choice          `json:"embedder"`
	Reranker choice          `json:"rerank"`
	File     string          `json:"file"`
	There    bool            `json:"file_there"` // before
	Fetched  []string        `json:"fetched,omitempty"`
	Written  bool            `json:"written"`
	Copy     string          `json:"copy,omitempty"` // of what the file held before
}

// ollamaThere is what is known of the Ollama server.
type ollamaThere struct {
	Found   bool   `json:"found"`
	Address string `json:"address"`
	Version string `json:"version,omitempty"`
	// Elsewhere reports whether it is another machine, whose memory is not known.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Card reports whether it has a model on a graphics card now.
	Card bool `json:"card,omitempty"`

	models []ollama.ModelInfo
}

// choice is one model of a proposal.
type choice struct {
	Name      string `json:"name"`    // empty: none suits or can be had
	Setting   string `json:"setting"` // what selfrag.yaml will hold; empty: nothing
	There     bool   `json:"there"`
	Size      int64  `json:"size,omitempty"` // bytes to fetch, or on disk; 0: not known
	Languages string `json:"languages,omitempty"`
	Licence   string `json:"licence,omitempty"`
	// From is who has it: ollama (its library), hub (Hugging Face), or the script
	// that makes it ready; empty where it is not to be fetched.
	From string `json:"from,omitempty"`
	// Kept says which setting of the user's chose it, as in "environment SELFRAG_MODEL".
	Kept string `json:"kept,omitempty"`
	// Lacking is the model that would be better and cannot be had now.
	Lacking string `json:"lacking,omitempty"`
}

const (
	fromOllama = "ollama"
	fromHub    = "hub"
)

// fetch reports whether init itself has to fetch it.
func (c *choice) fetch() bool { return !c.There && (c.From == fromOllama || c.From == fromHub) }

// values are the settings to write.
func (p *proposal) values() []keyValue {
	var list []keyValue
	for _, kv := range []keyValue{{"model", p.Model.Setting}, {"embedder", p.Embedder.Setting}, {"rerank", p.Reranker.Setting}} {
		if kv.value != "" {
			list = append(list, kv)
		}
	}
	return list
}

// has reports whether the server has a model, by any way to write its name.
func (o *ollamaThere) has(name string) (ollama.ModelInfo, bool) {
	for _, m := range o.models {
		if strings.EqualFold(m.Name, name) || strings.EqualFold(m.Name, name+":latest") {
			return m, true
		}
	}
	return ollama.ModelInfo{}, false
}
