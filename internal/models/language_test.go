package models

import (
	"slices"
	"strings"
	"testing"
)

const gb = 1_000_000_000

func TestProposeLanguage(t *testing.T) {
	for name, c := range map[string]struct {
		room    Room
		there   []string
		library bool
		want    string
	}{
		"a laptop":                             {Room{Memory: 8 * gb}, nil, true, "qwen3:4b-instruct"},
		"what is sold as 8 GB":                 {Room{Memory: 7_500_000_000}, nil, true, "qwen3:4b-instruct"},
		"less memory":                          {Room{Memory: 6 * gb}, nil, true, "qwen2.5:1.5b"},
		"little memory":                        {Room{Memory: 2 * gb}, nil, true, "qwen2.5:0.5b"},
		"next to none":                         {Room{Memory: 1 * gb}, nil, true, ""},
		"memory that is not known":             {Room{}, nil, true, "qwen3:4b-instruct"},
		"a processor alone, much memory":       {Room{Memory: 128 * gb}, nil, true, "qwen3:4b-instruct"},
		"a card":                               {Room{Memory: 16 * gb, Card: 12 * gb}, nil, true, "gemma3:12b"},
		"a card of 8 GB":                       {Room{Memory: 16 * gb, Card: 8 * gb}, nil, true, "qwen3:4b-instruct"},
		"a card, little memory":                {Room{Memory: 4 * gb, Card: 6 * gb}, nil, true, "qwen3:4b-instruct"},
		"no library, 6 GB":                     {Room{Memory: 6 * gb}, nil, false, "qwen2.5-coder:1.5b"},
		"no library, 5 GB":                     {Room{Memory: 5 * gb}, nil, false, "qwen2.5-coder:0.5b"},
		"no library, a card":                   {Room{Memory: 16 * gb, Card: 24 * gb}, nil, false, "qwen2.5-coder:1.5b"},
		"it is there":                          {Room{Memory: 8 * gb}, []string{"gemma3:4b"}, true, "gemma3:4b"},
		"the better of those that are there":   {Room{Memory: 8 * gb}, []string{"qwen2.5:0.5b", "qwen2.5:1.5b"}, false, "qwen2.5:1.5b"},
		"much better can be had":               {Room{Memory: 8 * gb}, []string{"qwen2.5-coder:0.5b"}, true, "qwen3:4b-instruct"},
		"a little better can be had":           {Room{Memory: 8 * gb}, []string{"qwen2.5:3b"}, true, "qwen2.5:3b"},
		"there, but too large":                 {Room{Memory: 4 * gb}, []string{"gemma3:4b"}, true, "qwen2.5:1.5b"},
		"restricted, and there":                {Room{Memory: 6 * gb}, []string{"exaone3.5:2.4b"}, true, "exaone3.5:2.4b"},
		"the packages' model, with no library": {Room{Memory: 8 * gb}, []string{"qwen2.5-coder:0.5b"}, false, "qwen2.5-coder:1.5b"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := ProposeLanguage(c.room, func(m Language) bool { return slices.Contains(c.there, m.Name) },
				func(m Language) bool { return c.library != inPackages(m) })
			if got.Name != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %t, want %q", got.Name, ok, c.want)
			}
		})
	}
}

// What is proposed unasked may be used by everybody, and knows Korean wherever
// the library can be reached.
func TestProposedModelsAreFree(t *testing.T) {
	none := func(Language) bool { return false }
	library := func(m Language) bool { return !inPackages(m) }
	packages := inPackages
	for memory := int64(gb); memory < 200*gb; memory += gb / 2 {
		for _, card := range []int64{0, 8 * gb, 80 * gb} {
			if m, ok := ProposeLanguage(Room{memory, card}, none, library); ok && (m.Restricted || !m.Korean || inPackages(m)) {
				t.Errorf("%d bytes of memory and %d on a card: %+v", memory, card, m)
			}
			if m, ok := ProposeLanguage(Room{memory, card}, none, packages); ok && !inPackages(m) {
				t.Errorf("without the library, %d bytes of memory: %+v", memory, m)
			}
		}
	}
}

func TestLanguageModelsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range LanguageModels() {
		if _, tag, _ := strings.Cut(m.Name, ":"); tag == "" || m.Parameters <= 0 || m.Download <= 0 || m.Languages == "" || m.Licence == "" {
			t.Errorf("%+v lacks something", m)
		}
		if m.Memory != 0 && m.Memory < m.Download {
			t.Errorf("%s: %d bytes do not fit into %d", m.Name, m.Download, m.Memory)
		}
		if seen[m.Name] {
			t.Errorf("%s is there twice", m.Name)
		}
		seen[m.Name] = true
		if found, ok := FindLanguage(strings.ToUpper(m.Name)); !ok || found.Name != m.Name {
			t.Errorf("%s is not found", m.Name)
		}
	}
	if _, ok := FindLanguage("nobody/has:this"); ok {
		t.Error("a model that nobody knows is found")
	}
}

// inPackages reports whether a model can be had without Ollama's library.
func inPackages(m Language) bool { return strings.HasPrefix(m.Name, "qwen2.5-coder:") }
