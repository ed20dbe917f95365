//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/screentest"
)

// TestConfirm answers the question before a document or a collection is
// deleted. The cases share one collection, which the last one deletes.
func TestConfirm(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(t.TempDir(), "휴가.md")
	if err := os.WriteFile(file, []byte("# 휴가\n\n연차는 15일입니다.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		if code := run(append(args, "--data-dir", home), strings.NewReader(""), &out, os.Stderr); code != exitDone {
			t.Fatalf("%q: exit code %d", args, code)
		}
		return out.String()
	}
	do("ingest", file, "--embedder", "none")
	deleteAll := []string{"collections", "delete", "default"}
	removeOne := []string{"documents", "remove", file}
	for _, tc := range []struct {
		args    []string
		keys    string
		deletes bool
	}{
		{deleteAll, "\r", false},
		{deleteAll, "n\r", false},
		{deleteAll, "아니요\r", false},
		{deleteAll, "yes please\r", false},
		{deleteAll, endOfInput, false},
		{removeOne, "n\r", false},
		{removeOne, "yes\r", true},
		{deleteAll, "Y\r", true},
	} {
		t.Run(tc.args[0]+" "+tc.keys, func(t *testing.T) {
			before := do(tc.args[0], "list")
			term := inTerminal(t, home, "127.0.0.1:1", tc.args)
			term.until("the question", func(*screentest.Screen) bool { return strings.Contains(term.raw.String(), "[y/N] ") })
			term.press(tc.keys)
			code := exitFailed
			if tc.deletes {
				code = exitDone
			}
			term.ends(code)
			if deleted := do(tc.args[0], "list") != before; deleted != tc.deletes {
				t.Errorf("deleted: %v, want %v; the screen:\n%s", deleted, tc.deletes, term.screen)
			}
			if told := strings.Contains(term.raw.String(), "nothing deleted"); told == tc.deletes {
				t.Errorf("the screen:\n%s", term.screen)
			}
		})
	}
}
