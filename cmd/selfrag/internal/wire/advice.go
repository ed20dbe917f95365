package wire

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"selfrag/internal/models"
	"selfrag/internal/onnx"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
	"selfrag/retrieval/text"
)

// formerEmbedder was the default before; collections that it made keep it.
const formerEmbedder = "onnx/all-minilm-l6-v2"

// languageCounter counts the text that an embedder gets by its language.
type languageCounter struct {
	Embedder
	runes map[string]int // by ISO 639-1 code
}

// EmbedDocuments implements ingest.Embedder.
func (l *languageCounter) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	for _, t := range texts {
		l.runes[text.Language(t)] += utf8.RuneCountInString(t)
	}
	return l.Embedder.EmbedDocuments(ctx, texts)
}

// most is the language of more than half of the text; empty when there is none.
func (l *languageCounter) most() string {
	all := 0
	for _, n := range l.runes {
		all += n
	}
	for language, n := range l.runes {
		if 2*n > all {
			return language
		}
	}
	return ""
}

// knowingEmbedder is an embedder for a language: the default one where that
// knows it.
func knowingEmbedder(language string) string {
	if onnx.Built {
		return DefaultEmbedder()
	}
	name, err := embed.ParseName(DefaultEmbedder())
	if p, _ := embed.ProfileOf(name.Model); err == nil && (retrieval.EmbedderSpec{Languages: p.Languages}).Knows(language) {
		return name.String()
	}
	return "ollama/bge-m3"
}

// reembedCommand is what changes a collection over to an embedder.
func reembedCommand(collection, to string) string {
	command := "selfrag collections reembed " + collection
	if to != DefaultEmbedder() {
		command += " --embedder " + to
	}
	return command
}

// adviseEmbedder says in one line which embedder would find more: one that knows
// the language of most of the text that was embedded, or else the default in
// place of the former one, where the user has named none.
func (p *Parts) adviseEmbedder(w io.Writer, spec retrieval.EmbedderSpec, language string) {
	name := p.Settings.Collection
	to := knowingEmbedder(language)
	switch {
	case language != "" && !spec.Knows(language):
		fmt.Fprintf(w, "Most of this text is %s, which embedder %s does not know: its vectors will find little of it. %s does: `%s` changes %q over.\n",
			languageName(language), spec.Model, to, reembedCommand(name, to), name)
	case p.Settings.Embedder == "auto" && spec.Model == formerEmbedder && DefaultEmbedder() != formerEmbedder:
		fmt.Fprintf(w, "%q keeps the former default embedder, %s, for English alone: `%s` changes it over to %s.\n",
			name, spec.Model, reembedCommand(name, DefaultEmbedder()), DefaultEmbedder())
	}
}

// languageName is the English name of a language that text.Language tells.
func languageName(code string) string {
	if code == "ko" {
		return "Korean"
	}
	return "English"
}

// LanguagesOf says for people which languages an embedder knows.
func LanguagesOf(spec retrieval.EmbedderSpec) string {
	if name, err := embed.ParseName(spec.Model); err == nil {
		model, _, _ := strings.Cut(name.Model, "#")
		if m, err := models.Find(model); err == nil {
			return "languages: " + m.Languages
		}
	}
	if len(spec.Languages) == 0 {
		return "languages: many"
	}
	names := make([]string, len(spec.Languages))
	for i, code := range spec.Languages {
		names[i] = code
		if code == "en" || code == "ko" {
			names[i] = languageName(code)
		}
	}
	return "languages: " + strings.Join(names, ", ")
}

// AdviseCollections says which collections the former default embedder made, and
// how to change one over; empty when there are none.
func AdviseCollections(infos []retrieval.CollectionInfo) string {
	var names []string
	for _, info := range infos {
		if info.Embedder.Model == formerEmbedder {
			names = append(names, info.Name)
		}
	}
	if len(names) == 0 || DefaultEmbedder() == formerEmbedder {
		return ""
	}
	return fmt.Sprintf("made by the former default embedder, %s, for English alone: %s; `%s` changes one over to %s",
		formerEmbedder, strings.Join(names, ", "), reembedCommand("NAME", DefaultEmbedder()), DefaultEmbedder())
}
