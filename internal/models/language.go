package models

import "strings"

// Language is a language model that init and ask know. docs/models.md says
// where each of its facts was read, and when.
type Language struct {
	Name       string  `json:"name"`       // in Ollama's library, with its tag
	Parameters float64 `json:"parameters"` // billions
	Download   int64   `json:"download"`   // bytes, about
	Languages  string  `json:"languages"`  // for people
	Korean     bool    `json:"korean"`     // its makers name Korean among its languages
	Licence    string  `json:"licence"`
	// Restricted models may not be used for business. None is proposed unless it
	// is there already.
	Restricted bool `json:"restricted,omitempty"`
	// Memory is what the machine must have for it to be proposed, in bytes: the
	// model, its cache of 4,096 tokens, the embedder and a desktop beside it.
	// Computed from the sizes of files and caches, not measured.
	Memory int64 `json:"memory"`
	// CardOnly models are proposed only where a graphics card holds them: on a
	// processor an answer would take minutes.
	CardOnly bool `json:"card_only,omitempty"`
	// Script is the one that makes it ready from a package mirror. Such models are
	// for machines that cannot reach the library.
	Script string `json:"script,omitempty"`
}

// Sizes of machines as their systems tell them: firmware and kernel keep a
// part of what is sold as 8 GB.
const (
	sold2  = 1_700_000_000
	sold4  = 3_500_000_000
	sold6  = 5_500_000_000
	sold8  = 7_000_000_000
	sold12 = 11_000_000_000
	sold16 = 14_500_000_000
)

const megabyte = 1_000_000

// LanguageModels lists the known language models, the best first.
func LanguageModels() []Language {
	const (
		many   = "100 and more, Korean among them"
		some   = "29, Korean among them"
		coder  = "English, Chinese; it reads Korean"
		apache = "Apache-2.0"
		gemma  = "Gemma Terms of Use"
		// Use for business is excluded by both.
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
		{Name: "qwen2.5-coder:1.5b", Parameters: 1.5, Download: 1120 * megabyte, Languages: coder, Licence: apache, Memory: sold6, Script: "scripts/model-better"},
		{Name: "qwen2.5:0.5b", Parameters: 0.5, Download: 400 * megabyte, Languages: some, Korean: true, Licence: apache, Memory: sold2},
		{Name: "qwen2.5-coder:0.5b", Parameters: 0.5, Download: 490 * megabyte, Languages: coder, Licence: apache, Memory: 0, Script: "scripts/model-small"},
	}
}

// FindLanguage returns the known language model of a name as Ollama writes it.
func FindLanguage(name string) (Language, bool) {
	for _, m := range LanguageModels() {
		if strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return Language{}, false
}

// Room is what there is for a language model.
type Room struct {
	Memory int64 // of the machine, in bytes; 0: not known
	// Card is the memory of its graphics card in bytes; 0: there is none, or it is
	// not known.
	Card int64
}

// Fits reports whether a model is proposed for the room.
func (r Room) Fits(m Language) bool {
	const besides = 1_000_000_000 // the cache and what the card shows
	if r.Card >= m.Download+besides {
		return true
	}
	return !m.CardOnly && (r.Memory == 0 || r.Memory >= m.Memory)
}

// ProposeLanguage returns the best known model for the room among those that
// are there or can be had; ok is false where there is none. obtainable is asked
// only of models that fit and are not there, the best first, until it says yes.
// What is there goes before what would have to be fetched, unless that has half
// as many parameters again: only then is the download worth it. Not measured.
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
