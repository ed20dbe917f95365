package setup

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/setuptest"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/ollama"
)

// init gives up on a server whose pull makes no progress, and says what else to
// do.
func TestPullPatience(t *testing.T) {
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		for r.Context().Err() == nil {
			fmt.Fprintln(w, `{"status":"pulling manifest"}`) // the same line repeatedly, as Ollama sends it
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(time.Millisecond):
			}
		}
		close(gone)
	}))
	t.Cleanup(server.Close)
	client, err := ollama.New(ollama.Config{Address: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	err = pullPatiently(t.Context(), client, "m", 50*time.Millisecond, func(string, int64, int64) {})
	var failed *ollama.PullError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "nothing came for 50ms") {
		t.Errorf("got %v", err)
	}
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("the kind of the error is %s", fault.Of(err))
	}
	<-gone
}

func TestSetInYAML(t *testing.T) {
	for name, c := range map[string]struct {
		old, want string
		unchanged bool
		err       string
	}{
		"empty":        {old: "", want: "model: m\nrerank: auto\n"},
		"other keys":   {old: "# mine\nk1: 30 # many\n", want: "# mine\nk1: 30 # many\nmodel: m\nrerank: auto\n"},
		"in place":     {old: "model: old # the best\nk1: 30\n", want: "model: m # the best\nk1: 30\nrerank: auto\n"},
		"as it was":    {old: "rerank: auto\nmodel: m\n", want: "rerank: auto\nmodel: m\n", unchanged: true},
		"only notes":   {old: "# to be filled in\n", want: "# to be filled in\n\nmodel: m\nrerank: auto\n"},
		"null":         {old: "---\n", want: "model: m\nrerank: auto\n"},
		"no settings":  {old: "- a\n", err: "KEY: VALUE"},
		"broken":       {old: "k1: [\n", err: "yaml"},
		"a long value": {old: "model: >-\n  a\n  b\n", want: "model: m\nrerank: auto\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, changed, err := setInYAML([]byte(c.old), []keyValue{{"model", "m"}, {"rerank", "auto"}})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want %q", err, c.err)
				}
				return
			}
			if err != nil || string(got) != c.want || changed == c.unchanged {
				t.Errorf("got %q, changed %t, %v", got, changed, err)
			}
		})
	}
}

// FuzzSetInYAML checks that the written values can be read back, whatever the
// file held before.
func FuzzSetInYAML(f *testing.F) {
	f.Add([]byte("k1: 30 # x\n"), "qwen3:4b-instruct")
	f.Add([]byte("model: &a x\nembedder: *a\n"), "null")
	f.Add([]byte("# c"), "a: b # c\n- d")
	f.Fuzz(func(t *testing.T, old []byte, value string) {
		text, changed, err := setInYAML(old, []keyValue{{"model", value}})
		if err != nil {
			return
		}
		again, changedAgain, err := setInYAML(text, []keyValue{{"model", value}})
		if err != nil {
			t.Fatalf("%q became %q, which cannot be read: %v", old, text, err)
		}
		if changedAgain {
			t.Errorf("%q became %q, changed %t, and then %q", old, text, changed, again)
		}
	})
}

// Both languages have all words, with the same placeholders.
func TestInitWordsAreWhole(t *testing.T) {
	english, korean := reflect.ValueOf(*englishInit()), reflect.ValueOf(*koreanInit())
	places := regexp.MustCompile("%[sd]")
	for i := range english.NumField() {
		if english.Field(i).Kind() != reflect.String {
			continue
		}
		name, e, k := english.Type().Field(i).Name, english.Field(i).String(), korean.Field(i).String()
		if e == "" || k == "" || !slices.Equal(places.FindAllString(e, -1), places.FindAllString(k, -1)) {
			t.Errorf("%s: %q and %q", name, e, k)
		}
	}
	for locale, korean := range map[string]bool{"ko_KR.UTF-8": true, "ko": true, "ko.UTF-8": true, "kok_IN": false, "en_US.UTF-8": false, "": false} {
		w := initWordsFor(func(key string) string {
			if key == "LC_MESSAGES" {
				return locale
			}
			return ""
		})
		if got := w.model == koreanInit().model; got != korean {
			t.Errorf("locale %q: Korean is %t", locale, got)
		}
	}
}

// The proposed embedder depends on how the program was built.
func TestProposeEmbedder(t *testing.T) {
	server := httptest.NewServer(setuptest.Server())
	t.Cleanup(server.Close)
	t.Setenv("SELFRAG_CACHE", t.TempDir())
	env := map[string]string{"PIP_INDEX_URL": "http://127.0.0.1:1", "HOME": t.TempDir()}
	for name, c := range map[string]struct {
		hub, library    string
		built, notBuilt choice
	}{
		"nothing can be had": {"http://127.0.0.1:1", "none",
			choice{Name: "none", Setting: "none", Lacking: "multilingual-e5-small"}, choice{Name: "none", Setting: "none", Lacking: "ollama/bge-m3"}},
		"all can be had": {server.URL, server.URL + "/library",
			choice{Name: "multilingual-e5-small", Setting: "auto", From: fromHub}, choice{Name: "bge-m3", Setting: "ollama/bge-m3", From: fromOllama}},
	} {
		t.Run(name, func(t *testing.T) {
			env["HF_ENDPOINT"] = c.hub
			a := &initRun{Streams: term.Streams{In: &bytes.Buffer{}, Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, getenv: func(key string) string { return env[key] }}
			a.settings = config.Default(a.getenv)
			a.settings.OllamaAddress = server.URL + "/empty"
			a.parts = wire.New(a.settings, wire.Options{Getenv: a.getenv})
			defer a.parts.Close()
			p, err := a.propose(t.Context(), &Init{library: c.library, memory: 8, card: 0})
			if err != nil {
				t.Fatal(err)
			}
			want := c.notBuilt
			if onnx.Built {
				want = c.built
			}
			got := p.Embedder
			if got.Name != want.Name || got.Setting != want.Setting || got.From != want.From || got.Lacking != want.Lacking {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}
