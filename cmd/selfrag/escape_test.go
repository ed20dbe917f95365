package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/term"
)

// takingOver acts on a terminal: it clears the screen, in two ways, turns the text
// round, goes back to the begin of the line, and rings.
const takingOver = "\x1b[2J\u009b2J\u202egnp\u2066\r\a\x7f"

// actsOnTerminal reports whether a rune of an output is more than shown.
func actsOnTerminal(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// printed is what a command prints. It must not act on a terminal.
func printed(t *testing.T, args ...string) (code int, stdout string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader("How long is leave?\n"+takingOver+"\n"), &out, &errs)
	for name, got := range map[string]string{"standard output": out.String(), "standard error": errs.String()} {
		if i := strings.IndexFunc(got, actsOnTerminal); i >= 0 || !utf8.ValidString(got) {
			t.Errorf("%q: %s is %q", args, name, got[max(0, i-40):min(len(got), max(0, i)+40)])
		}
	}
	return code, out.String()
}

// commands are all commands that do something, as they are called.
func commands(cmd *cobra.Command, path ...string) (all [][]string) {
	for _, sub := range cmd.Commands() {
		own := append(path[:len(path):len(path)], sub.Name())
		if sub.HasSubCommands() {
			all = append(all, commands(sub, own...)...)
		}
		all = append(all, own)
	}
	return all
}

// Nothing that a user, a file or the name of one says acts on a terminal,
// whichever command prints it.
func TestNothingActsOnTheTerminal(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SELFRAG_DATA_DIR", filepath.Join(dir, "data"))
	t.Setenv("HOME", dir)
	t.Setenv("SELFRAG_COLLECTION", "hostile")
	t.Setenv("SELFRAG_EMBEDDER", "none")
	t.Setenv("SELFRAG_MODE", "lexical")
	t.Setenv("SELFRAG_RERANK", "none")
	const name = "\x1b[2Jlea\u202eve"
	docs := filepath.Join(dir, "docs")
	for file, content := range map[string]string{
		name + ".txt":  "Leave is ten days " + takingOver + " long in all offices.\n",
		name + ".md":   "# Leave " + takingOver + "\n\nUnused leave " + takingOver + " carries over.\n",
		name + ".html": "<title>Leave &#27;[2J &#x9b;2J</title><p>Leave of Jeju &#x202e; is long.</p>",
		name + ".csv":  "kind,days\nleave " + takingOver + ",10\n",
		"rows.jsonl":   string(jsonOf(t, map[string]any{"_id": takingOver, "title": takingOver, "text": "Leave for a birth. " + takingOver, "team": takingOver})),
		name + ".pdf":  "no PDF " + takingOver, // its failure is told
		name + ".xml":  "left out",
	} {
		if err := os.MkdirAll(docs, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(docs, file), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, args := range [][]string{
		{"ingest", "docs", "--dry-run"},
		{"ingest", "docs"},
		{"ingest", "docs", "--json"},
		{"ingest", "docs/" + takingOver + ".md", takingOver},
		{"search", "leave days"},
		{"search", "leave " + takingOver},
		{"search", "leave", "--evidence"},
		{"search", "leave", "--json"},
		{"search", "leave", "--filter", takingOver},
		{"ask", "How many days is leave?", "--strategy", "extractive"},
		{"ask", "How many days is leave?", "--strategy", "extractive", "--why"},
		{"ask", "How many days is leave?", "--strategy", "extractive", "--json"},
		{"chat", "--strategy", "extractive"},
		{"collections", "list"},
		{"collections", "show"},
		{"collections", "show", "--json"},
		{"collections", "show", takingOver},
		{"sessions", "list"},
		{"config", "show", "--collection", takingOver},
		{"prompts", "list"},
		{"models", "list"},
		{"rerank", "--query", takingOver, "--model", takingOver},
		{"eval", "retrieval", "--data", takingOver},
		{"search", "x", "--config", takingOver},
	} {
		code, stdout := printed(t, args...)
		if args[0] == "search" && len(args) == 2 && code != exitDone || strings.HasPrefix(args[0], "collections") && len(args) == 2 && code != exitDone {
			t.Errorf("%q ends with %d", args, code)
		}
		if args[len(args)-1] == "--json" && !json.Valid([]byte(stdout)) {
			t.Errorf("%q prints no JSON: %.200s", args, stdout)
		}
	}
	// Every command tells what it was called with.
	root := newRootCmd(&app{Streams: term.Streams{In: strings.NewReader("")}, getenv: os.Getenv})
	all := commands(root)
	if len(all) < 20 {
		t.Fatalf("only %d commands: %q", len(all), all)
	}
	for _, command := range all {
		printed(t, append(command[:len(command):len(command)], "--"+takingOver)...)
	}
}

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
