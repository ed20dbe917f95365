package widget

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPagesOfAnySiteMayLoadTheScript(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle(Pattern, Handler())
	get := func(etag string) *http.Response {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/widget.js", nil)
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Result()
	}
	first := get("")
	for name, want := range map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff",
	} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if again := get(first.Header.Get("ETag")); first.StatusCode != 200 || again.StatusCode != 304 {
		t.Errorf("status %d, and %d for a script that is known", first.StatusCode, again.StatusCode)
	}
}

// TestTheScriptMakesNoMarkupOfTexts holds the script to ways of writing into the
// page that cannot turn a text into markup or code.
func TestTheScriptMakesNoMarkupOfTexts(t *testing.T) {
	for _, never := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc", "setHTML", "DOMParser", "createContextualFragment", ".href", "localStorage", "document.cookie"} {
		if strings.Contains(string(script), never) {
			t.Errorf("the script has %s", never)
		}
	}
}

// TestBothLanguagesSayTheSame compares the names of the texts.
func TestBothLanguagesSayTheSame(t *testing.T) {
	names := func(language string) []string {
		_, rest, found := strings.Cut(string(script), "\n    "+language+": {")
		block, _, ends := strings.Cut(rest, "\n    },")
		if !found || !ends {
			t.Fatalf("no texts in %s", language)
		}
		var out []string
		for _, m := range regexp.MustCompile(`(?m)(?:^ {6}|, )([a-z]+): `).FindAllStringSubmatch(block, -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return out
	}
	english, korean := names("en"), names("ko")
	if len(english) < 10 || !slices.Equal(english, korean) {
		t.Errorf("English has %v, Korean %v", english, korean)
	}
}
