package models

import "strings"

// Language is a language model that init and ask know. docs/guides/models.md says
// where and when each fact was read.
type Language struct {
	Name       string  `json:"name"`       // in Ollama's library, with its tag
	Parameters float64 `json:"parameters"` // billions
	Download   int64   `json:"download"`   // bytes, approximate
	Languages  string  `json:"languages"`  // for people
	Korean     bool    `json:"korean"`     // its makers list Korean among its languages
	Licence    string  `json:"licence"`
	// Restricted models may not be used for business. None is proposed unless
	// it is already installed.
	Restricted bool `json:"restricted,omitempty"`
	// Memory is the machine memory, in bytes, from which the model is proposed:
	// the model, its cache of 4,096 tokens, the embedder, and a desktop.
	// Computed from the sizes of files and caches, not measured.
	Memory int64 `json:"memory"`
	// CardOnly models are proposed only if a graphics card holds them, because
	// on a processor an answer would take minutes.
	CardOnly bool `json:"card_only,omitempty"`
}

// Memory sizes as systems report them: firmware and kernel keep a part of what
// is sold as 8 GB.
const (
	sold2  = 1_700_000_000
	sold4  = 3_500_000_000
	sold6  = 5_500_000_000
	sold8  = 7_000_000_000
	sold12 = 11_000_000_000
	sold16 = 14_500_000_000
)

const megabyte = 1_000_000

// LanguageModels returns the known language models, the best first.
func LanguageModels() []Language {
	const (
		many   = "100 and more, Korean among them"
		some   = "29, Korean among them"
		coder  = "English, Chinese; it reads Korean"
		apache = "Apache-2.0"
		gemma  = "Gemma Terms of Use"
		// Both exclude business use.
		exaone = "EXAONE 1.1 NC (research only)"
		qwen   = "Qwen Research (no business)"
	)
	return []Language{
		{Name: "gemma3:12b", Parameters: 12.2, Download: 8100 * megabyte, Languages: many, Korean: true, Licence: gemma, Memory: sold16, CardOnly: true},
		{Name: "qwen3:4b-instruct", Parameters: 4, Download: 2500 * megabyte, Languages: many, Korean: true, Licence: apache, Memory: sold8},
		{Name: "gemma3:4b", Parameters: 4.3, Download: 3300 * megabyte, Languages: many, Korean: true, Licence: gemma, Memory: sold8},
		{Name: "qwen2.5:7b", Parameters: 7.6, Download: 4700 * megabyte, Languages: some, Korean: true, Licence: apache, Memory: sold12},
		{Name: "exaone3.5:2.4b", Parameters: 2.7, Download: 1600 * megabyte, Languages: "English, Korean", Korean: true, Licence: exaone, Restricted: true, Memory: sold6},
		{Name: "qwen2.5:3b", Parameters: 3.1, Download: 1900 * megabyte, Languages: some, Korean: true, Licence: qwen, Restricted: true, Memory: sold6},
		{Name: "qwen2.5:1.5b", Parameters: 1.5, Download: 990 * megabyte, Languages: some, Korean: true, Licence: apache, Memory: sold4},
		{Name: "qwen2.5-coder:1.5b", Parameters: 1.5, Download: 1120 * megabyte, Languages: coder, Licence: apache, Memory: sold6},
		{Name: "qwen2.5:0.5b", Parameters: 0.5, Download: 400 * megabyte, Languages: some, Korean: true, Licence: apache, Memory: sold2},
		{Name: "qwen2.5-coder:0.5b", Parameters: 0.5, Download: 490 * megabyte, Languages: coder, Licence: apache, Memory: 0},
	}
}

// FindLanguage returns the known language model with a name as Ollama writes
// it.
func FindLanguage(name string) (Language, bool) {
	for _, m := range LanguageModels() {
		if strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return Language{}, false
}

// Room is the memory available for a language model.
type Room struct {
	Memory int64 // of the machine, in bytes; 0 means unknown
	// Card is the memory of the graphics card in bytes. 0 means that there is
	// none or that it is unknown.
	Card int64
}

// Fits reports whether a model is proposed for the room.
func (r Room) Fits(m Language) bool {
	const besides = 1_000_000_000 // for the cache and the display
	if r.Card >= m.Download+besides {
		return true
	}
	return !m.CardOnly && (r.Memory == 0 || r.Memory >= m.Memory)
}

// ProposeLanguage returns the best known model for the room among the models
// that are installed or can be obtained. ok is false if there is none.
// obtainable is called only for models that fit and are not installed, the best
// first, until it returns true. An installed model takes precedence unless the
// other has at least half as many parameters again: only then is the download
// worth it. Not measured.
func ProposeLanguage(r Room, there, obtainable func(Language) bool) (best Language, ok bool) {
	var had, offered *Language
	for _, m := range LanguageModels() {
		switch {
		case !r.Fits(m):
		case there(m):
			if had == nil {
				had = &m
			}
		case offered == nil && !m.Restricted && obtainable(m):
			offered = &m
		}
	}
	switch {
	case had != nil && (offered == nil || offered.Parameters < 1.5*had.Parameters):
		return *had, true
	case offered != nil:
		return *offered, true
	}
	return Language{}, false
}
