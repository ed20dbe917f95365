package session

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/agent"
	"selfrag/agent/conversation"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func someSession() Session {
	return Session{
		Collection: "handbook", Strategy: "self-rag",
		State: conversation.State{Summary: "다리를 물었습니다.", Exchanges: []conversation.Exchange{{Question: "언제?", Answer: "1931년."}}},
		Turns: []Turn{{Asked: noon, Answer: agent.Answer{
			Question: "언제?", Text: "1931년. [1]", Citations: []agent.Citation{{N: 1, Source: "다리.md", Start: 3, End: 9, Quote: "1931년에"}},
			Iterations: []agent.Iteration{{Subquery: "다리는 언제?", Passages: []agent.GradedPassage{{ID: "p", Score: 1, Relevance: agent.Known(0.5)}}}},
		}, Assignment: Assignment{Experiment: "default", Arm: "cot", Unit: "user-1"}}},
	}
}

func open(t *testing.T, s *Store, name string) (*File, Session, bool) {
	t.Helper()
	f, kept, fresh, err := s.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return f, kept, fresh
}

func TestSavedSessionsAreResumed(t *testing.T) {
	s := In(filepath.Join(t.TempDir(), "sessions"))
	f, _, fresh := open(t, s, "연차-문의")
	if !fresh {
		t.Error("a session that is not there is not fresh")
	}
	for i := range 2 { // twice: a File also continues from what it wrote itself
		if err := f.Save(someSession(), noon.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	_, kept, fresh := open(t, s, "연차-문의")
	want := someSession()
	want.Version, want.Created, want.Updated = version, noon.Add(time.Hour), noon.Add(time.Hour)
	if fresh || !reflect.DeepEqual(kept, want) {
		t.Errorf("got %+v\nwant %+v", kept, want)
	}
	info, err := os.Stat(s.path("연차-문의"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v", info.Mode())
	}
	list, err := s.List()
	if err != nil || len(list) != 1 || list[0] != (Info{"연차-문의", "언제?", noon.Add(time.Hour), "handbook", 1, ""}) {
		t.Errorf("listed %+v, %v", list, err)
	}
	if err := s.Delete("연차-문의"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("연차-문의"); err == nil || !strings.Contains(err.Error(), "no session") {
		t.Errorf("deleted twice: %v", err)
	}
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestDamagedFilesAreToldAndKept(t *testing.T) {
	for name, content := range map[string]string{
		"empty":  "",
		"cut":    `{"version": 1, "turns": [{"asked": "20`,
		"other":  `[1, 2]`,
		"binary": "\x00\xff\xfe",
		"future": `{"version": 2}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := In(t.TempDir())
			if err := os.WriteFile(s.path(name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			var damaged *DamagedError
			if _, _, _, err := s.Open(name); !errors.As(err, &damaged) || !strings.Contains(err.Error(), s.path(name)) {
				t.Errorf("got %v", err)
			}
			if list, err := s.List(); err != nil || len(list) != 1 || list[0].Problem == "" {
				t.Errorf("listed %+v, %v", list, err)
			}
			if left, err := os.ReadFile(s.path(name)); err != nil || string(left) != content {
				t.Errorf("the file is %q now, %v", left, err)
			}
			if err := s.Delete(name); err != nil {
				t.Errorf("a damaged session cannot be deleted: %v", err)
			}
		})
	}
}

func TestWhatAnotherWroteIsNotLost(t *testing.T) {
	s := In(t.TempDir())
	mine, _, _ := open(t, s, "both")
	theirs, _, _ := open(t, s, "both")
	if err := theirs.Save(someSession(), noon); err != nil {
		t.Fatal(err)
	}
	if err := mine.Save(Session{}, noon); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	if _, kept, _ := open(t, s, "both"); len(kept.Turns) != 1 {
		t.Errorf("got %+v", kept)
	}
}

// TestFailedSaveLeavesTheOldFile saves to a place where nothing can be written.
func TestFailedSaveLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, _, fresh, err := In(filepath.Join(file, "sessions")).Open("a")
	if err == nil { // a path through a file may look like a missing file
		if err = f.Save(someSession(), noon); err == nil || !fresh {
			t.Error("saved beneath a file")
		}
	}
	if left, err := os.ReadFile(file); err != nil || len(left) != 0 {
		t.Errorf("the file is %q now, %v", left, err)
	}
}

// TestErrorsOfFilesNameNoSession: errors are logged, and the name of a session
// may reveal a question.
func TestErrorsOfFilesNameNoSession(t *testing.T) {
	s := In(t.TempDir())
	f, _, _ := open(t, s, "talk")
	if err := os.Mkdir(s.path("talk"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, _, _, opened := s.Open("talk")
	saved := f.Save(someSession(), noon)
	for _, err := range []error{opened, saved} {
		if err == nil || strings.Contains(err.Error(), "talk") {
			t.Errorf("got %v", err)
		}
	}
}

func TestNames(t *testing.T) {
	for name, good := range map[string]bool{
		"leave": true, "휴가": true, "a-b_2": true, "1": true,
		"": false, ".": false, "..": false, "../up": false, "a/b": false, `a\b`: false, "-x": false, ".hidden": false, "a b": false,
		"a.json": false, "nul": false, "CON": false, "a\x00": false, "a\n": false, strings.Repeat("a", 65): false, strings.Repeat("가", 64): true, strings.Repeat("𠀀", 50): true, strings.Repeat("𠀀", 51): false,
	} {
		if got := Check(name) == nil; got != good {
			t.Errorf("%q: good %v, want %v", name, got, good)
		}
		if _, _, _, err := In(t.TempDir()).Open(name); (err == nil) != good {
			t.Errorf("%q: opened with %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version": 1, "state": {"exchanges": [{}]}, "turns": [{"answer": {"iterations": [{"support": null}]}}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		kept, err := decode("file", content)
		var damaged *DamagedError
		if err != nil && !errors.As(err, &damaged) {
			t.Fatalf("got %v", err)
		}
		if err == nil && kept.Version != version {
			t.Fatalf("read version %d", kept.Version)
		}
	})
}
