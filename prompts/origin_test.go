package prompts

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
)

const ownDraft = "version: mine\n---\n### user\n{{range .Passages}}{{data .Text}}{{end}} {{data .Question}}"

// registered is a folder of one prompt that came as text, and is now as now.
func registered(t *testing.T, text, now string) fstest.MapFS {
	t.Helper()
	origins, err := json.Marshal(map[string]Origin{"draft.en.tmpl": OriginOf("selfrag/draft.en", 3, text)})
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"draft.en.tmpl": {Data: []byte(now)}, OriginsFile: {Data: origins}}
}

func TestOrigins(t *testing.T) {
	for name, c := range map[string]struct {
		now  string
		want Origin
	}{
		"as it came":    {ownDraft, OriginOf("selfrag/draft.en", 3, ownDraft)},
		"changed since": {ownDraft + "!", Origin{}},
	} {
		set, err := New(registered(t, ownDraft, c.now))
		if err != nil {
			t.Fatal(err)
		}
		p, err := set.Render(NameDraft, "en", Draft{Question: "what?"})
		if err != nil || p.Version != "mine" || p.Origin != c.want {
			t.Errorf("%s: got %+v, %v", name, p, err)
		}
		if p, _ := set.Render(NameDraft, "ko", Draft{Question: "뭐?"}); p.Origin != (Origin{}) {
			t.Errorf("%s: a built-in prompt has the origin %+v", name, p.Origin)
		}
	}
	if _, err := New(fstest.MapFS{OriginsFile: {Data: []byte("{")}}); err == nil || !strings.Contains(err.Error(), OriginsFile) {
		t.Errorf("broken origins: %v", err)
	}
}

func TestLaterFoldersComeFirst(t *testing.T) {
	later := fstest.MapFS{"draft.en.tmpl": {Data: []byte(strings.Replace(ownDraft, "mine", "later", 1))}}
	set, err := New(registered(t, ownDraft, ownDraft), nil, later)
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Render(NameDraft, "en", Draft{})
	if err != nil || p.Version != "later" || p.Origin != (Origin{}) {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := New(fstest.MapFS{"drift.en.tmpl": {}}, later); err == nil {
		t.Error("the names of an earlier folder are not checked")
	}
}

func TestCheck(t *testing.T) {
	set, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.Files() {
		if err := Check(f.Name, f.Language, f.Text); err != nil {
			t.Errorf("the built-in %s will not do: %v", f.Path(), err)
		}
	}
	for want, c := range map[string]struct{ name, language, text string }{
		"":                         {NameDraft, "en", ownDraft},
		"{{.Passages}}":            {NameDraft, "ko", "version: 1\n---\n### user\n{{data .Question}}"},
		"{{.Question}}":            {NameDraft, "en", "version: 1\n---\n### user\n{{range .Passages}}{{data .Text}}{{end}}"},
		"does not use {{.Known}},": {NameShouldRetrieve, "en", "version: 1\nreturns: label\nlabels: Yes No\n---\n### user\n{{data .Question}}{{/* .Known */}}"},
		"3 labels":                 {NameShouldRetrieve, "en", "version: 1\nreturns: label\nlabels: Yes No Perhaps\n---\n### user\n{{data .Question}}{{range .Known}}{{data .}}{{end}}"},
		"returns lines":            {NameDraft, "en", strings.Replace(ownDraft, "---", "returns: lines\n---", 1)},
		"no version":               {NameDraft, "en", "labels: A\n---\n### user\nhi"},
		"Querstion":                {NameDraft, "en", ownDraft + "{{.Querstion}}"},
		"is not a prompt":          {"drift", "en", ownDraft},
		"a language of en, ko":     {NameDraft, "fr", ownDraft},
	} {
		err := Check(c.name, c.language, c.text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}
