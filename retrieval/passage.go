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
	Text     string         // the extracted text that the offsets of passages refer to
	Metadata map[string]any // values are strings, float64 or bool
}

// Passage is a span of a document: Document.Text[Start:End], in runes, equals
// Text.
type Passage struct {
	ID       string         `json:"id"`
	Document string         `json:"document"`
	Source   string         `json:"source"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
	Start    int            `json:"start"` // rune offset, inclusive
	End      int            `json:"end"`   // rune offset, exclusive
	Metadata map[string]any `json:"metadata,omitempty"`

	// Score is the score of the stage that ran last, on that stage's scale;
	// higher is better. The scores of all stages that ran are kept beside it:
	// Dense is a cosine in [-1,1], Lexical is BM25 (>= 0), and Rerank is on the
	// reranker's own scale. nil means that the stage did not see the passage.
	Score   float64  `json:"score"`
	Dense   *float64 `json:"dense,omitempty"`
	Lexical *float64 `json:"lexical,omitempty"`
	Rerank  *float64 `json:"rerank,omitempty"`

	// Copies are the sources of other documents of the same content in which it
	// was found, too, in order.
	Copies []string `json:"copies,omitempty"`
}

// Searchable returns the text by which a passage is found: its title, then its
// text. A passage from the middle of a document often does not name its
// subject; the title does. This text is embedded, indexed and reranked; Text is
// shown and cited.
func (p Passage) Searchable() string {
	if p.Title == "" || strings.HasPrefix(p.Text, p.Title) {
		return p.Text
	}
	return p.Title + "\n" + p.Text
}

// TitleOrFirstLine returns the passage's title. A passage without one that
// begins its document, as in plain text files, has its first line as title.
// Otherwise the result is empty.
func (p Passage) TitleOrFirstLine() string {
	if p.Title != "" || p.Start > 0 {
		return p.Title
	}
	line, _, _ := strings.Cut(strings.TrimSpace(p.Text), "\n")
	return line
}

// EmbedderSpec identifies the embedder of a collection and says how to use it.
// It is fixed when the collection is created: vectors of different embedders,
// or of one embedder used in different ways, cannot be compared.
type EmbedderSpec struct {
	Model      string   `json:"model"`               // such as "onnx/all-minilm-l6-v2" or "ollama/mxbai-embed-large@512"
	Dimensions int      `json:"dimensions"`          // length of each vector
	Metric     string   `json:"metric"`              // "cosine": vectors are stored with unit length
	Languages  []string `json:"languages,omitempty"` // ISO 639-1 codes of the training languages; empty: many

	// Pooling says how token vectors are combined into one: "mean", "cls",
	// "last", or "server" if the model's server decides. Records from before
	// these fields existed have no pooling; the fields below then mean nothing.
	Pooling       string `json:"pooling,omitempty"`
	Normalised    bool   `json:"normalised,omitempty"`     // the embedder scales vectors to unit length
	QueryPrompt   string `json:"query_prompt,omitempty"`   // prepended to each query
	PassagePrompt string `json:"passage_prompt,omitempty"` // prepended to each passage
	MaxTokens     int    `json:"max_tokens,omitempty"`     // the length at which texts are cut; 0: the server decides
}

// Same reports whether vectors made under the two specs can be compared. A spec
// that does not say how its model is used matches any use.
func (s EmbedderSpec) Same(o EmbedderSpec) bool {
	if s.Model != o.Model || s.Dimensions != o.Dimensions || s.Metric != o.Metric {
		return false
	}
	return !s.SaysUse() || !o.SaysUse() || s.use() == o.use()
}

// SaysUse reports whether the spec says how its model is used: the fields from
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

// Knows reports whether the embedder was trained on the language (an ISO 639-1
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
