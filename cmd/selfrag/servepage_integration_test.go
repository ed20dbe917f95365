//go:build integration

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/serve/keys"
)

// hostile is markup that runs a script if any of it becomes an element.
const hostile = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script><svg onload="window.pwned=1"></svg>`

// leave is a document with long Korean words that fills a screen.
const leave = `# 연차와 휴가 규정

사용하지 않은 연차는 다음 해 3월 31일까지 최대 5일을 이월할 수 있습니다. 이월한 연차는 그날까지 쓰지 않으면 사라집니다.

이월을 신청하려는 사람은 12월 15일까지 인사팀에 신청서를 내야 합니다. 신청서에는 남은 연차 일수와 사용 계획을 적습니다.

## 신청하는 곳

개인정보처리방침및위치정보이용약관동의철회신청서작성안내페이지는 사내 게시판에 있습니다.
`

// TestWebPage drives the page in a real browser. SELFRAG_SHOTS names a folder:
// then every state of the page is checked at three widths, in both languages and
// both themes, and a screenshot of each is written there. SELFRAG_PAGE_ROUNDS
// says how often to do what people do on the page, and SELFRAG_PAGE_TEST is a
// regular expression that selects tests by name.
func TestWebPage(t *testing.T) {
	rounds := 1
	if n, err := strconv.Atoi(os.Getenv("SELFRAG_PAGE_ROUNDS")); err == nil && n > 0 {
		rounds = n
	}
	m := newBridgeModel(t, func(m *bridgeModel) {
		m.perSecond = 12
		m.slow = "Take your time"
		m.drafts = map[string]string{
			"이월":            "사용하지 않은 연차는 다음 해 3월 31일까지 최대 5일을 이월할 수 있습니다 [1]. 이월한 연차는 그날까지 쓰지 않으면 사라집니다 [1]. 이월을 신청하려는 사람은 12월 15일까지 인사팀에 신청서를 내야 합니다 [1].",
			"hostile lanes": "The bridge has two lanes, says " + hostile + " [1].",
			"Mongolia":      "NOT FOUND",
		}
	})
	a := newServedApp(t, m)
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	korean := write("연차와 휴가 규정.md", leave)
	if err := runIngest(t.Context(), a, wire.Ingestion{Paths: []string{korean}}); err != nil {
		t.Fatal(err)
	}
	files := filesToView(t)
	viewed := a.settings
	viewed.Collection = "files"
	if err := runIngest(t.Context(), a.with(viewed), wire.Ingestion{Paths: []string{files}}); err != nil {
		t.Fatal(err)
	}
	away := httptest.NewServer(http.NotFoundHandler())
	defer away.Close()
	if err := os.Mkdir(filepath.Join(dir, "house"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("house/gate.md", "# The gate\n\nThe gate opens at six.\n")
	write("house/empty.md", " ")
	a.settings.AllowURLs = "127.0.0.1"
	a.settings.Sources = config.SourceList{
		{Name: "house", Collection: "kept", Folder: filepath.Join(dir, "house")},
		{Name: "away", Collection: "kept", Site: away.URL + "/docs/", Private: true},
	}
	open := startServer(t, a)
	locked := startServer(t, newServedApp(t, newBridgeModel(t)))
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(20+10*rounds)*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/page/page.mjs")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it closes the browser at SIGTERM
	cmd.WaitDelay = 10 * time.Second
	input, err := json.Marshal(map[string]any{
		"url": open.url, "lockedURL": locked.url, "key": locked.key(keys.Key{Name: "page", Write: true}), "readKey": locked.key(keys.Key{Name: "reader"}), "folder": handbookFolder(t), "modules": installed(t, "page-tests", "node_modules"),
		"browser": chromium(t), "shots": os.Getenv("SELFRAG_SHOTS"), "hostile": hostile, "rounds": rounds, "files": files,
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output() // at once: a hundred rounds take hours
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, open.log)
	}
	if os.Getenv("SELFRAG_PAGE_TEST") != "" {
		return
	}
	if m.cancelled.Load() == 0 {
		t.Error("stopping cancelled no call of the model")
	}
	holdFeedback(t, filepath.Join(a.settings.DataDir, "feedback.jsonl"), rounds)
}

// handbookFolder returns a folder as people have them, with what systems and programs
// leave in it.
func handbookFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "handbook")
	for name, text := range map[string]string{
		"read me.md":         "# Read me\n\nThis is the handbook.\n",
		"hr/leave.md":        "# Leave\n\nLeave has ten days.\n",
		"it/leave.md":        "# Leave of IT\n\nThe pager goes round.\n",
		"photo.png":          "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		".git/HEAD":          "ref: refs/heads/main\n",
		"hr/.DS_Store":       "\x00",
		"__MACOSX/._read me": "\x00",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// chromium returns the path of the browser. If there is none,
// scripts/page-tests installs one.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no Chromium on PATH: scripts/page-tests installs it")
	return ""
}

// holdFeedback checks the file for the feedback that the page sent in the
// rounds.
func holdFeedback(t *testing.T, path string, rounds int) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var votes, thumbs, comments int
	for line := range bytes.Lines(content) {
		var f struct {
			Strategy, Thumb, Comment string
			Compare                  *struct {
				Strategy, Better string
				Blind            bool
			}
		}
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		switch {
		case f.Compare != nil:
			votes++
			if f.Strategy == f.Compare.Strategy || f.Strategy == "" || f.Compare.Strategy == "" || f.Compare.Better == "" {
				t.Errorf("a vote says %s", line)
			}
		case f.Comment != "":
			comments++
		default:
			thumbs++
		}
	}
	if votes != 2*rounds || thumbs == 0 || comments == 0 {
		t.Errorf("%d votes, %d thumbs, %d comments: %s", votes, thumbs, comments, content)
	}
}
