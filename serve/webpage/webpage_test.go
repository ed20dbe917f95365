package webpage

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/retrieval"
)

func get(t *testing.T, target string, header ...string) *http.Response {
	t.Helper()
	mux := http.NewServeMux()
	for _, p := range Patterns() {
		mux.Handle(p, Handler())
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w.Result()
}

func sources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := static.ReadFile(name)
		out[path.Base(name)] = string(content)
		return err
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d files: %v", len(out), err)
	}
	return out
}

func TestFilesAreServedWithTheirTypesAndAPolicy(t *testing.T) {
	for target, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/page/app.js": "text/javascript; charset=utf-8", "/page/page.css": "text/css; charset=utf-8", "/page/icon.svg": "image/svg+xml",
	} {
		resp := get(t, target)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", target, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		csp := resp.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s: %s", target, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: a loose policy: %s", target, csp)
		}
		etag := resp.Header.Get("ETag")
		if again := get(t, target, "If-None-Match", etag); etag == "" || again.StatusCode != 304 {
			t.Errorf("%s with ETag %s: %d", target, etag, again.StatusCode)
		}
	}
	for _, target := range []string{"/page/", "/page/none.js", "/page/..%2Fwebpage.go", "/page/static/app.js", "/nothing"} {
		if resp := get(t, target); resp.StatusCode != 404 {
			t.Errorf("%s: %d", target, resp.StatusCode)
		}
	}
}

// TestNoMarkupIsMadeOfText checks that the modules build elements and parse no
// markup. The Content-Security-Policy is the second line of defence; this is
// the first.
func TestNoMarkupIsMadeOfText(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc|setHTML|createContextualFragment|\.href\s*=|javascript:|setTimeout\("`)
	elsewhere := regexp.MustCompile(`(?:https?:)?//[a-z0-9-]+\.[a-z]`)
	inline := regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<script>|<style`)
	for name, text := range sources(t) {
		if m := forbidden.FindString(text); m != "" {
			t.Errorf("%s has %s", name, m)
		}
		if m := elsewhere.FindString(strings.ReplaceAll(text, "http://www.w3.org/", "")); m != "" {
			t.Errorf("%s names another server: %s", name, m)
		}
		if m := inline.FindString(text); m != "" && path.Ext(name) == ".html" {
			t.Errorf("%s has what the policy refuses: %s", name, m)
		}
	}
}

func TestEveryFileNamedIsThere(t *testing.T) {
	files := sources(t)
	named := regexp.MustCompile(`(?:from|import) "\./([a-z]+\.js)"|(?:src|href)="page/([a-z.]+)"`)
	used := map[string]bool{"index.html": true}
	for name, text := range files {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			of := m[1] + m[2]
			used[of] = true
			if files[of] == "" {
				t.Errorf("%s names %s, which is not there", name, of)
			}
		}
	}
	for name := range files {
		if !used[name] {
			t.Errorf("nothing uses %s", name)
		}
	}
}

// TestEveryStrategyCanBeChosen holds the page's list of strategies to the agent's,
// and wants a name for each of them.
func TestEveryStrategyCanBeChosen(t *testing.T) {
	files := sources(t)
	want := fmt.Sprintf(`strategies = ["%s"];`, strings.Join(agent.StrategyNames(), `", "`))
	if !strings.Contains(files["choices.js"], want) {
		t.Errorf("choices.js does not have %s", want)
	}
	for _, name := range agent.StrategyNames() {
		if !strings.Contains(files["english.js"], `"strategy.`+name+`":`) {
			t.Errorf("english.js has no strategy.%s", name)
		}
	}
}

// TestEveryCauseIsSaid wants a sentence for each cause for which a file cannot be read.
func TestEveryCauseIsSaid(t *testing.T) {
	files := sources(t)
	for _, c := range retrieval.Causes() {
		if key := strings.ReplaceAll(string(c), "_", "-"); !strings.Contains(files["englishmanage.js"], `"cause.`+key+`":`) {
			t.Errorf("englishmanage.js has no cause.%s", key)
		}
	}
}

// TestBothLanguagesSayTheSame checks that both languages have the same keys
// with the same placeholders, and that the modules use existing keys only.
func TestBothLanguagesSayTheSame(t *testing.T) {
	files := sources(t)
	entry := regexp.MustCompile(`(?m)^  "?([a-z][A-Za-z.-]*)"?: "(.*)",$`)
	value := regexp.MustCompile(`\{[a-z]+\}`)
	texts := func(language string) map[string]string {
		out := map[string]string{}
		for _, name := range []string{language + ".js", language + "manage.js"} {
			for _, m := range entry.FindAllStringSubmatch(files[name], -1) {
				if out[m[1]] != "" {
					t.Errorf("%s says %s a second time", name, m[1])
				}
				out[m[1]] = m[2]
			}
			delete(files, name)
		}
		return out
	}
	english, korean := texts("english"), texts("korean")
	if len(english) < 80 || len(english) != len(korean) {
		t.Errorf("%d English texts, %d Korean ones", len(english), len(korean))
	}
	for key, text := range english {
		a, b := value.FindAllString(text, -1), value.FindAllString(korean[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if korean[key] == "" || !slices.Equal(a, b) {
			t.Errorf("%s: %q, %q", key, text, korean[key])
		}
	}
	said := regexp.MustCompile(`data-(?:say|label|hint)="([^"]+)"|\b(?:say|label|hint): \[?"([^"]+)"|\b(?:say|label|hint|t|#begin|#at|#item|#text|#tally|#unverified)\((?:[^"()]+, )?"([^"]+)"`)
	var all strings.Builder
	n := 0
	for name, text := range files {
		all.WriteString(text)
		for _, m := range said.FindAllStringSubmatch(text, -1) {
			n++
			if key := m[1] + m[2] + m[3]; english[key] == "" && english[key+".other"] == "" && !strings.Contains(key, " ") {
				t.Errorf("%s says %q, which no language has", name, key)
			}
		}
	}
	if n < 80 {
		t.Errorf("only %d places say something", n)
	}
	for key := range english {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		used := strings.Contains(all.String(), `"`+base+`"`)
		for i, c := range base { // or as one of a family of keys whose end is a value
			used = used || (c == '.' || c == '-') && strings.Contains(all.String(), "`"+base[:i+1]+"${")
		}
		if !used {
			t.Errorf("nothing says %q", key)
		}
	}
}
