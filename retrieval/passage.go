package retrieval

import (
	"fmt"
	"strings"
)

// Document is one ingested file (or one line of a JSONL file).
type Document struct {
	ID       string         // SHA-256 of the content, in hex
	Source   string         // path or URL, as given at ingestion
	Title    string         // may be empty
	Text     string         // the extracted text that passages' offsets count in
	Metadata map[string]any // values are strings, float64 or bool
}

// Passage is a span of a document: Document.Text[Start:End], counted in runes,
// equals Text.
type Passage struct {
	ID       string         `json:"id"`
	Document string         `json:"document"`
	Source   string         `json:"source"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
	Start    int            `json:"start"` // rune offset, inclusive
	End      int            `json:"end"`   // rune offset, exclusive
	Metadata map[string]any `json:"metadata,omitempty"`

	// Score orders a list of passages, higher is better; its scale is that of
	// the stage that ran last. The scores of the stages that ran are kept
	// beside it: Dense is a cosine in [-1,1], Lexical is BM25 (>= 0), Rerank
	// is on the reranker's own scale. nil means that the stage did not see
	// the passage.
	Score   float64  `json:"score"`
	Dense   *float64 `json:"dense,omitempty"`
	Lexical *float64 `json:"lexical,omitempty"`
	Rerank  *float64 `json:"rerank,omitempty"`

	// Copies are the sources of other documents of the same content in which it
	// was found, too, in order.
	Copies []string `json:"copies,omitempty"`
}

// Searchable is the text by which a passage is found: its title, then its
// text. A passage cut from the middle of a document often does not name what
// it is about; its title does. What is embedded, indexed and reranked is this;
// what is shown and cited is Text.
func (p Passage) Searchable() string {
	if p.Title == "" || strings.HasPrefix(p.Text, p.Title) {
		return p.Text
	}
	return p.Title + "\n" + p.Text
}

// TitleOrFirstLine is the passage's title, or the first line of a text that begins
// its document, as plain text files have it; empty where there is neither.
func (p Passage) TitleOrFirstLine() string {
	if p.Title != "" || p.Start > 0 {
		return p.Title
	}
	line, _, _ := strings.Cut(strings.TrimSpace(p.Text), "\n")
	return line
}

// EmbedderSpec identifies the embedder of a collection, and how it is used. It
// is fixed when the collection is created: vectors of two embedders, or of one
// used in two ways, cannot be compared.
type EmbedderSpec struct {
	Model      string   `json:"model"`               // such as "onnx/all-minilm-l6-v2" or "ollama/mxbai-embed-large@512"
	Dimensions int      `json:"dimensions"`          // length of each vector
	Metric     string   `json:"metric"`              // "cosine": vectors are stored with unit length
	Languages  []string `json:"languages,omitempty"` // ISO 639-1 codes the model was trained on; empty: many

	// Pooling is how token vectors become one: "mean", "cls", "last", or
	// "server" when the model's server decides. Records made before these
	// fields were kept have none, and then the fields below say nothing.
	Pooling       string `json:"pooling,omitempty"`
	Normalised    bool   `json:"normalised,omitempty"`     // the embedder scales vectors to unit length
	QueryPrompt   string `json:"query_prompt,omitempty"`   // put before each query
	PassagePrompt string `json:"passage_prompt,omitempty"` // put before each passage
	MaxTokens     int    `json:"max_tokens,omitempty"`     // where texts are cut; 0: the server decides
}

// Same tells whether vectors made under the two specs can be compared. A spec
// that does not say how its model is used is held to be used as the other.
func (s EmbedderSpec) Same(o EmbedderSpec) bool {
	if s.Model != o.Model || s.Dimensions != o.Dimensions || s.Metric != o.Metric {
		return false
	}
	return !s.SaysUse() || !o.SaysUse() || s.use() == o.use()
}

// SaysUse tells whether the spec says how its model is used: the fields from
// Pooling on.
func (s EmbedderSpec) SaysUse() bool { return s.Pooling != "" }

func (s EmbedderSpec) use() string {
	length := ""
	if s.Normalised {
		length = ", unit length"
	}
	return fmt.Sprintf("pooling %s%s, query prompt %q, passage prompt %q, %d tokens at most",
		s.Pooling, length, s.QueryPrompt, s.PassagePrompt, s.MaxTokens)
}

// Knows tells whether the embedder was trained on the language (an ISO 639-1
// code).
func (s EmbedderSpec) Knows(language string) bool {
	if len(s.Languages) == 0 {
		return true
	}
	for _, l := range s.Languages {
		if l == language {
			return true
		}
	}
	return false
}

// CollectionInfo describes a collection for people.
type CollectionInfo struct {
	Name      string       `json:"name"`
	Embedder  EmbedderSpec `json:"embedder"`
	Documents int          `json:"documents"`
	Passages  int          `json:"passages"`
	// Copies counts the documents whose content another one has already; nil
	// where the store does not count them.
	Copies  *int   `json:"copies,omitempty"`
	Created string `json:"created"` // RFC 3339, UTC
}

// DocumentInfo describes a document of a collection for people.
type DocumentInfo struct {
	Source   string `json:"source"`
	ID       string `json:"id"` // SHA-256 of the content, in hex
	Title    string `json:"title"`
	Passages int    `json:"passages"`
}
