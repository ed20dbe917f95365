package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// lacking maps what a block of a guide may need, and this test does not have, to
// the reason. Such a block is not run.
var lacking = map[string]string{
	"checkout":  "it builds the program, which this test is already",
	"cluster":   "it needs a container engine and a Kubernetes cluster",
	"converter": "it needs programs that read old formats",
	"end":       "it goes on until it is stopped, and a script tries it",
	"gpu":       "it needs a graphics card with NVIDIA's driver",
	"langfuse":  "it needs Langfuse with a project",
	"messenger": "it needs an app of Slack or a channel of KakaoTalk, and Go compiles the bot for minutes",
	"milvus":    "it needs a Milvus server; the tests of package milvus start one",
	"model":     "it needs a language model, whose answers take minutes",
	"network":   "it fetches from the internet",
	"ollama":    "it needs Ollama and fetches gigabytes",
	"port":      "the page has started a server already",
	"release":   "it needs the archive of a release, and may install it",
	"scripts":   "it starts or builds servers of this machine",
	"traffic":   "it needs the logs of a server that people have used",
}

// TestGuides runs the blocks of commands of each guide and each page of the
// reference, in order, in a folder of their own with a copy of the demo handbook.
// The words after "sh" at the beginning of a block say how:
//
//	exit=N       the exit code, 0 if there is none; any accepts each
//	background   the command goes on until the page ends; the next block waits
//	             until the server answers
//	needs=NAME   the block is not run; lacking has the reason
//
// There is no language model and no embedder, so searches compare words and
// answers are sentences of the documents.
func TestGuides(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Fatal("the guides are written for bash, which is not on PATH")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"README*.md", "docs/guides/*.md", "docs/reference/*.md"} {
		matches, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, matches...)
	}
	found := 0
	for _, file := range files {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := blocksOf(string(content))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, b := range blocks {
			if b.needs == "" {
				found++
			}
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(name), "docs/"), ".md"), func(t *testing.T) {
			t.Parallel()
			g := &guide{t: t, name: name}
			for _, b := range blocks {
				if b.needs != "" {
					t.Logf("%s:%d is not run: %s", name, b.line, lacking[b.needs])
					continue
				}
				g.run(b)
			}
		})
	}
	if found < 20 {
		t.Errorf("only %d blocks to run were found", found)
	}
}

// TestBlocksOfGuides checks that a page cannot leave out a block unnoticed.
func TestBlocksOfGuides(t *testing.T) {
	for text, want := range map[string]string{
		"no block": "[]",
		"```sh\na\nb\n```\n\n```json\n{}\n```\n```sh exit=4\nc\n```": "[{1 a\nb\n 0  false} {9 c\n 4  false}]",
		"- in a list\n\n  ```sh needs=model\n  a \\\n      b\n  ```": "[{3 a \\\n    b\n 0 model false}]",
		"```sh background\nserve\n```":                               "[{1 serve\n 0  true}]",
		"```sh needs=luck\na\n```":                                   "line 1: nothing is known of needs=luck",
		"```sh twice\na\n```":                                        "line 1: sh is not followed by exit=N, background or needs=NAME, but by twice",
		"text\n```sh\na":                                             "line 2: the block does not end",
	} {
		blocks, err := blocksOf(text)
		got := fmt.Sprint(blocks)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// block is a block of commands.
type block struct {
	line       int
	commands   string
	exit       string
	needs      string
	background bool
}

// blocksOf returns the blocks of commands of a page.
func blocksOf(text string) ([]block, error) {
	opening := regexp.MustCompile("^( *)```(\\S*) ?(.*)$")
	var blocks []block
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		m := opening.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		b := block{line: i + 1, exit: "0"}
		for i++; ; i++ {
			if i == len(lines) {
				return nil, fmt.Errorf("line %d: the block does not end", b.line)
			}
			if strings.TrimSpace(lines[i]) == "```" {
				break
			}
			b.commands += strings.TrimPrefix(lines[i], m[1]) + "\n"
		}
		if m[2] != "sh" {
			continue
		}
		for word := range strings.FieldsSeq(m[3]) {
			key, value, _ := strings.Cut(word, "=")
			switch {
			case key == "exit" && value != "":
				b.exit = value
			case word == "background":
				b.background = true
			case key == "needs" && lacking[value] != "":
				b.needs = value
			case key == "needs":
				return nil, fmt.Errorf("line %d: nothing is known of needs=%s", b.line, value)
			default:
				return nil, fmt.Errorf("line %d: sh is not followed by exit=N, background or needs=NAME, but by %s", b.line, word)
			}
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// guide runs the blocks of a page.
type guide struct {
	t       *testing.T
	name    string
	dir     string
	address string // of the server that the page starts, in place of port 8080
}

// run runs a block and fails the test if its exit code is another one.
func (g *guide) run(b block) {
	g.t.Helper()
	if g.dir == "" {
		g.dir, g.address = g.t.TempDir(), freeAddress(g.t)
		if err := os.CopyFS(filepath.Join(g.dir, "handbook"), os.DirFS(handbookDir(g.t))); err != nil {
			g.t.Fatal(err)
		}
	}
	_, port, _ := net.SplitHostPort(g.address)
	cmd := exec.CommandContext(g.t.Context(), "bash", "-euo", "pipefail", "-c", strings.ReplaceAll(b.commands, ":8080", ":"+port))
	if b.background {
		cmd.Args[len(cmd.Args)-1] = "exec " + cmd.Args[len(cmd.Args)-1]
	}
	cmd.Dir = g.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + g.dir, "GOCOVERDIR=" + g.dir, "LC_ALL=C.UTF-8",
		"SELFRAG_EMBEDDER=none", "SELFRAG_LISTEN=" + g.address, "SELFRAG_CACHE=" + filepath.Join(g.dir, "cache"),
		"OLLAMA_HOST=127.0.0.1:1", // nothing listens there
	}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if b.background {
		g.start(b, cmd, &out)
		return
	}
	err := cmd.Run()
	if cmd.ProcessState == nil {
		g.t.Fatalf("%s:%d: %v", g.name, b.line, err)
	}
	if code := fmt.Sprint(cmd.ProcessState.ExitCode()); b.exit != "any" && code != b.exit {
		g.t.Fatalf("%s:%d: exit code %s, want %s:\n%s\n%s", g.name, b.line, code, b.exit, b.commands, out.String())
	}
}

// start starts a server and waits until it answers.
func (g *guide) start(b block, cmd *exec.Cmd, out *strings.Builder) {
	g.t.Helper()
	if err := cmd.Start(); err != nil {
		g.t.Fatalf("%s:%d: %v", g.name, b.line, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is ended below
	}()
	g.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	ctx, cancel := context.WithTimeout(g.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			g.t.Fatalf("%s:%d: the server has ended:\n%s", g.name, b.line, out.String())
		case <-ctx.Done():
			g.t.Fatalf("%s:%d: the server does not answer", g.name, b.line)
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.address+"/readyz", nil)
		if err != nil {
			g.t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
		if slices.Contains([]int{http.StatusOK, http.StatusServiceUnavailable}, resp.StatusCode) {
			return
		}
	}
}
