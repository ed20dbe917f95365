package keys

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"selfrag/serve/httpapi"
)

func TestKeysAreKeptAsHashes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	s := In(dir)
	if required, err := s.Required(t.Context()); err != nil || required {
		t.Errorf("without keys: %t %v", required, err)
	}
	text, k, err := s.Create(Key{Name: "chat", Tenant: "harbour", Collections: []string{"notes"}, Write: true, Rate: 3})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, k.ID+".json"))
	if err != nil || strings.Contains(string(content), strings.SplitN(text, "_", 3)[2]) {
		t.Errorf("the file has the secret, or is not there: %v %s", err, content)
	}
	if info, _ := os.Stat(filepath.Join(dir, k.ID+".json")); info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v", info.Mode())
	}
	id, err := s.Identify(t.Context(), text)
	if err != nil || id.ID != k.ID || id.Rate != 3 {
		t.Errorf("%+v %v", id, err)
	}
	for _, wrong := range []string{"", "sr_", text + "A", strings.ToUpper(text), "sr_" + k.ID + "_", "sr_" + k.ID, "sr_../" + k.ID + "_x", strings.Replace(text, k.ID, "0000000000000000", 1)} {
		if _, err := s.Identify(t.Context(), wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	past := time.Now().Add(-time.Second)
	expired, _, err := s.Create(Key{Expires: &past})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Identify(t.Context(), expired); err == nil {
		t.Error("an expired key was taken")
	}
	if _, err := s.Revoke(k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Identify(t.Context(), text); err == nil {
		t.Error("a revoked key was taken")
	}
	for _, unknown := range []string{"../x", "0000000000000000", ""} {
		if _, err := s.Revoke(unknown); err == nil {
			t.Errorf("%q was revoked", unknown)
		}
	}
	if all, err := s.List(); err != nil || len(all) != 2 {
		t.Errorf("%v %v", all, err)
	}
	if required, err := s.Required(t.Context()); err != nil || !required {
		t.Errorf("with revoked keys: %t %v", required, err)
	}
	if err := os.WriteFile(filepath.Join(dir, k.ID+".json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Identify(t.Context(), text); err == nil {
		t.Error("a damaged key was taken")
	}
}

// Anybody can send an origin, so the files of the keys are read once a second,
// and a file that cannot be read takes no origin from the other keys.
func TestOriginsOfKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s := In(dir)
		create := func(k Key) Key {
			_, k, err := s.Create(k)
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		want := func(what string, wrong bool, want ...string) {
			t.Helper()
			got, err := s.Origins(t.Context())
			slices.Sort(got)
			if !slices.Equal(got, want) || (err != nil) != wrong {
				t.Errorf("%s: %q, %v", what, got, err)
			}
		}
		want("no key", false)
		past := time.Now().Add(-time.Second)
		create(Key{Origins: []string{"https://expired.example.org"}, Expires: &past})
		damaged := create(Key{Origins: []string{"https://b.example.org"}})
		create(Key{Origins: []string{"https://a.example.org"}})
		want("within a second", false)
		time.Sleep(originsAge)
		want("two keys", false, "https://a.example.org", "https://b.example.org")
		if err := os.WriteFile(filepath.Join(dir, damaged.ID+".json"), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(originsAge)
		want("a damaged file", true, "https://a.example.org")
		want("again at once", false, "https://a.example.org")
	})
}

func TestTheAuditLogHasALineForEachAccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "audit.jsonl")
	for range 2 { // the second Log appends to the lines of the first
		l, err := OpenLog(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Record(httpapi.Access{Identity: "a\nb", Route: "/v1/models", Status: 200}); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	var a httpapi.Access
	if len(lines) != 2 || json.Unmarshal([]byte(lines[1]), &a) != nil || a.Identity != "a\nb" {
		t.Errorf("%q", lines)
	}
}

// TestALineThatWasCutOffSpoilsNoOther checks a file that ends in half a line,
// as a full disk or a crash leaves it.
func TestALineThatWasCutOffSpoilsNoOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feedback.jsonl")
	if err := os.WriteFile(path, []byte("{\"a\":1}\n{\"a\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		l, err := OpenLog(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Keep(map[string]int{"a": 2}); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(path)
	if want := "{\"a\":1}\n{\"a\":\n{\"a\":2}\n{\"a\":2}\n"; err != nil || string(content) != want {
		t.Errorf("%v\n%s", err, content)
	}
}
