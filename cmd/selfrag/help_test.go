package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/term"
)

var update = flag.Bool("update", false, "write the goldens of the help")

// plainRoot returns the root command as somebody sees it whose home folder is
// /home/me and who has set nothing.
func plainRoot(out *bytes.Buffer) *cobra.Command {
	return newRootCmd(&app{Streams: term.Streams{In: strings.NewReader(""), Out: out, Err: out}, getenv: func(name string) string {
		if name == "HOME" {
			return "/home/me"
		}
		return ""
	}})
}

// The help of commands that a person meets first, in groups, and of one command
// with the flags for experts.
func TestHelp(t *testing.T) {
	for name, args := range map[string][]string{
		"selfrag":     {"--help"},
		"ask":         {"ask", "--help"},
		"ask-all":     {"ask", "--help", "--all"},
		"serve":       {"help", "serve"},
		"ingest":      {"ingest", "-h"},
		"setup":       {"setup", "--help"},
		"collections": {"collections", "--help"},
		"ab":          {"ab", "--help"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			root := plainRoot(&out)
			root.SetArgs(args)
			if err := root.Execute(); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "help", name+".txt")
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != string(want) {
				t.Errorf("the help differs from %s; run the test with -update and read the difference:\n%s", golden, out.String())
			}
		})
	}
}

// Each value is named by what it is, and no line is wider than a wide terminal.
func TestHelpNamesValues(t *testing.T) {
	var out bytes.Buffer
	for _, cmd := range everyCommand(plainRoot(&out)) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			switch name, _ := pflag.UnquoteUsage(f); name {
			case "string", "int", "uint", "float", "duration", "strings", "stringArray", "NAME":
				if name != "NAME" || !strings.Contains("tenant collection experiment trace-user session stdin-name name langfuse-dataset", f.Name) {
					t.Errorf("%s --%s: its value is called %s: name what it is", cmd.CommandPath(), f.Name, name)
				}
			}
		})
		out.Reset()
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), len([]rune(line)), line)
			}
		}
	}
}

// Each command of the program stands in a group.
func TestHelpGroupsCommands(t *testing.T) {
	for _, cmd := range plainRoot(new(bytes.Buffer)).Commands() {
		if cmd.GroupID == "" && cmd.IsAvailableCommand() && cmd.Name() != "help" {
			t.Errorf("%s is in no group", cmd.Name())
		}
	}
}

// everyCommand returns a command and all commands below it.
func everyCommand(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		all = append(all, everyCommand(c)...)
	}
	return all
}

// --all without --help is refused, because it would be taken for something else.
func TestAllNeedsHelp(t *testing.T) {
	root := plainRoot(new(bytes.Buffer))
	root.SetArgs([]string{"version", "--all"})
	if err := root.Execute(); err == nil || !strings.Contains(err.Error(), "--help") {
		t.Errorf("got %v", err)
	}
}

// The manual has a page for each command, with the flags for experts, and names
// no folder of this machine.
func TestManual(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	root := plainRoot(&out)
	root.SetArgs([]string{"man", dir, "--date", "2026-11-30T00:00:00Z"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "selfrag-ask.1"))
	if err != nil {
		t.Fatal(err)
	}
	home, _ := os.UserHomeDir()
	for want, has := range map[string]bool{"weight-relevance": true, "~/.local/share/selfrag": true, "Nov 2026": true, home: false} {
		if want != "" && strings.Contains(strings.ReplaceAll(string(page), `\-`, "-"), want) != has {
			t.Errorf("selfrag-ask.1: has %q: want %t", want, has)
		}
	}
	for _, cmd := range everyCommand(plainRoot(&out)) {
		if !cmd.IsAvailableCommand() {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")); err != nil {
			t.Error(err)
		}
	}
}
