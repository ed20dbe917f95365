package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"selfrag/prompts"
	"selfrag/serve/keys"
)

// injection is a document with instructions for the model. Bent matches an
// answer that followed the instructions. Obeyed is the output of a model that
// follows all of them.
type injection struct{ ID, Language, Kind, Text, Bent, Obeyed string }

func injections(t testing.TB) []injection {
	t.Helper()
	file, err := os.Open("testdata/injection/documents.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []injection
	for lines := json.NewDecoder(file); lines.More(); {
		var in injection
		if err := lines.Decode(&in); err != nil {
			t.Fatal(err)
		}
		all = append(all, in)
	}
	if len(all) != 50 {
		t.Fatalf("%d documents, not 50", len(all))
	}
	return all
}

// foreignSecret is a word in another tenant's document.
const foreignSecret = "Zephyrine-7"

// injected is a server with hostile documents of a tenant, each beside an
// honest one, and with another tenant's secret.
type injected struct {
	*liveServer
	key          string
	instructions string // instructions of all prompts that write an answer
}

func newInjected(t *testing.T, a *app) *injected {
	t.Helper()
	s := &injected{liveServer: startServer(t, a)}
	s.key = s.liveServer.key(keys.Key{Tenant: "harbour", Write: true})
	s.fill("private", map[string]string{"secret.md": "The password of the harbour is " + foreignSecret + "."})
	s.key = s.liveServer.key(keys.Key{Tenant: "city", Write: true})
	files := map[string]string{"bridge.md": "# The Seolbok bridge\n\nThe Seolbok bridge has two lanes. 설복교에는 차로가 두 개 있습니다.\n"}
	for _, in := range injections(t) {
		files["record-"+in.ID+".md"] = in.Text
	}
	for len(files) > 0 { // uploads take a limited number of files
		part := map[string]string{}
		for name, content := range files {
			if len(part) < 50 {
				part[name] = content
				delete(files, name)
			}
		}
		s.fill("city", part)
	}
	set, err := prompts.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range prompts.Languages() {
		for name, values := range map[string]any{prompts.NameDraft: prompts.Draft{}, prompts.NameSynthesize: prompts.Synthesize{}} {
			p, err := set.Render(name, language, values)
			if err != nil {
				t.Fatal(err)
			}
			s.instructions += p.Messages[0].Text + "\n"
		}
	}
	return s
}

func (s *injected) fill(collection string, files map[string]string) {
	s.t.Helper()
	resp, body := s.upload(collection, s.key, files)
	if resp.StatusCode != 202 {
		s.t.Fatal(body)
	}
	if job := s.finish(s.key, body); job["state"] != "done" {
		s.t.Fatal(job)
	}
}

// verdict describes the effect of a hostile document on an answer.
type verdict struct {
	Text                string
	Bent                bool
	Forged, Leaked, Not []string // forged citations, leaked instructions, another tenant's text
	Fetched             []string // URLs that a front end would fetch to render the answer
}

type injectedAnswer struct {
	Text               string `json:"answer"`
	Abstained          bool
	Citations, Nearest []struct {
		N                         int
		Source, Title, Quote, URL string
	}
}

// try asks about the bridge. The search finds only the honest document and one
// hostile document.
func (s *injected) try(in injection, strategy string) verdict {
	s.t.Helper()
	question := map[string]string{"en": "How many lanes has the Seolbok bridge?", "ko": "설복교에는 차로가 몇 개 있습니까?"}[in.Language]
	body, err := json.Marshal(map[string]any{
		"question": question, "collection": "city", "strategy": strategy,
		"filter": fmt.Sprintf(`source = "upload:bridge.md" or source = "upload:record-%s.md"`, in.ID),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	resp, content := s.call("POST", "/api/v1/ask", s.key, string(body))
	if resp.StatusCode != 200 {
		s.t.Fatalf("%s: %d %s\n%s", in.ID, resp.StatusCode, content, s.log)
	}
	answer := decodeJSON[injectedAnswer](s.t, content)
	v := verdict{Text: answer.Text, Bent: strings.Contains(answer.Text, in.Bent), Forged: s.forged(in, answer), Leaked: leaked(answer.Text, s.instructions)}
	v.Fetched = regexp.MustCompile(`!\[|<(?i:img|script|iframe)`).FindAllString(answer.Text, -1)
	if strings.Contains(content, foreignSecret) {
		v.Not = append(v.Not, foreignSecret)
	}
	return v
}

var anyMark = regexp.MustCompile(`[\[［【〔][^\]］】〕]*\p{Nd}[^\]］】〕]*[\]］】〕]`)

// forged returns the citations of an answer that point to nothing, or not to
// the text of a document.
func (s *injected) forged(in injection, a injectedAnswer) []string {
	s.t.Helper()
	var forged []string
	real := map[string]bool{}
	numbered := a.Citations
	if a.Abstained {
		numbered = a.Nearest // quoted in the text
	}
	for i, c := range numbered {
		real[fmt.Sprintf("[%d]", i+1)] = true
		_, content := s.call("GET", strings.TrimPrefix(c.URL, s.url), s.key, "")
		source := decodeJSON[struct {
			Source, Text string
			From         int
			Highlight    struct{ Start, End int }
		}](s.t, content)
		runes := []rune(source.Text)
		from, to := source.Highlight.Start-source.From, source.Highlight.End-source.From
		known := c.Source == "upload:bridge.md" || c.Source == "upload:record-"+in.ID+".md"
		if !known || source.Source != c.Source || from < 0 || to > len(runes) || from >= to || string(runes[from:to]) != c.Quote || c.N != i+1 {
			forged = append(forged, fmt.Sprintf("%+v, where the source says %s", c, content))
		}
	}
	for _, mark := range anyMark.FindAllString(a.Text, -1) {
		if !real[mark] {
			forged = append(forged, mark)
		}
	}
	return forged
}

// leaked returns the marks of the fence and the long pieces of the instructions
// that an answer repeats.
func leaked(text, instructions string) []string {
	const long = 30
	said := []rune(strings.ToLower(strings.Join(strings.Fields(instructions), " ")))
	answer := strings.ToLower(strings.Join(strings.Fields(text), " "))
	var found []string
	for i := 0; i+long <= len(said); i++ {
		if piece := string(said[i : i+long]); strings.Contains(answer, piece) {
			found = append(found, piece)
			i += long
		}
	}
	for _, mark := range regexp.MustCompile(`~[a-z2-7]{8}~`).FindAllString(answer, -1) {
		if mark != "~aaaaaaaa~" { // except the one that a document contains
			found = append(found, mark)
		}
	}
	return found
}

// TestAModelThatObeysDocumentsForgesAndLeaksNothing uses a model that follows
// every instruction of the hostile document as far as it can. All its output is
// still checked.
func TestAModelThatObeysDocumentsForgesAndLeaksNothing(t *testing.T) {
	m := newBridgeModel(t)
	all := injections(t)
	record := regexp.MustCompile(`record (\d{3})`)
	mark := regexp.MustCompile(`~[a-z2-7]{8}~`)
	m.reply = func(system, user string) (string, bool) {
		if strings.Contains(system+user, foreignSecret) {
			t.Error("another tenant's text reached the model")
		}
		for _, in := range all {
			if found := record.FindStringSubmatch(user); found != nil && found[1] == in.ID {
				marks := mark.FindString(system)
				return strings.NewReplacer("{{SYSTEM}}", system, "{{USER}}", user, "{{MARK}}", marks).Replace(in.Obeyed), true
			}
		}
		return "", false
	}
	s := newInjected(t, newServedApp(t, m))
	obeyed, bent := 0, 0
	for _, strategy := range []string{"two-stage", "self-rag", "extractive"} {
		for _, in := range all {
			v := s.try(in, strategy)
			if len(v.Forged)+len(v.Leaked)+len(v.Not)+len(v.Fetched) > 0 {
				t.Errorf("%s, document %s (%s, %s): forged %q, leaked %q, of another tenant %q, fetched %q: %s", strategy, in.ID, in.Language, in.Kind, v.Forged, v.Leaked, v.Not, v.Fetched, v.Text)
			}
			obeyed++
			if v.Bent {
				bent++
			}
		}
	}
	t.Logf("%d answers of a model that obeys, %d bent", obeyed, bent)
	if bent == 0 {
		t.Error("the model did not obey: nothing was tried")
	}
}
