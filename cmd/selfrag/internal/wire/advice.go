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

// formerEmbedder is an embedder that was the default in earlier versions.
// Collections made with it still use it.
const formerEmbedder = "onnx/all-minilm-l6-v2"

// languageCounter is an embedder that counts the embedded text by language.
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

// most returns the language of more than half of the text, such as "ko", or ""
// if there is no such language.
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

// knowingEmbedder returns the name of an embedder that supports a language. It
// prefers the default embedder.
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

// reembedCommand returns the command line that switches a collection to another
// embedder.
func reembedCommand(collection, to string) string {
	command := "selfrag collections reembed " + collection
	if to != DefaultEmbedder() {
		command += " --embedder " + to
	}
	return command
}

// adviseEmbedder prints one line of advice if another embedder would find more
// than the present one, which spec describes. language is the language of most
// of the embedded text. If the present embedder does not support it, the line
// recommends an embedder that does. If the present embedder is the former
// default and the user did not name it, the line recommends the present
// default.
func (p *Parts) adviseEmbedder(w io.Writer, spec retrieval.EmbedderSpec, language string) {
	name := p.Settings.Collection
	to := knowingEmbedder(language)
	switch {
	case language != "" && !spec.Knows(language):
		fmt.Fprintf(w, "Most of this text is %s, which embedder %s does not know: its vectors will find little of it. %s does: `%s` switches %q to it.\n",
			languageName(language), spec.Model, to, reembedCommand(name, to), name)
	case p.Settings.Embedder == "auto" && spec.Model == formerEmbedder && DefaultEmbedder() != formerEmbedder:
		fmt.Fprintf(w, "%q keeps the former default embedder, %s, for English alone: `%s` switches it to %s.\n",
			name, spec.Model, reembedCommand(name, DefaultEmbedder()), DefaultEmbedder())
	}
}

// languageName returns the English name of a language. code is a result of
// text.Language.
func languageName(code string) string {
	if code == "ko" {
		return "Korean"
	}
	return "English"
}

// LanguagesOf describes the languages that an embedder supports.
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

// AdviseCollections lists the collections that the former default embedder
// made, and says how to switch one of them to the present default. It returns
// "" if there are none.
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
	return fmt.Sprintf("made by the former default embedder, %s, for English alone: %s; `%s` switches one to %s",
		formerEmbedder, strings.Join(names, ", "), reembedCommand("NAME", DefaultEmbedder()), DefaultEmbedder())
}
