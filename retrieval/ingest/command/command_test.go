//go:build unix

package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/retrieval/ingest/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"rtf=unrtf --text": `.rtf ["unrtf" "--text"]`, ".RTF = unrtf": `.rtf ["unrtf"]`, `doc=sh -c 'cat "$1" | tr a b' x`: `.doc ["sh" "-c" "cat \"$1\" | tr a b" "x"]`,
		`x=a ""`: `.x ["a" ""]`, "한=읽기": `.한 ["읽기"]`,
		"rtf": "write EXT=COMMAND", "=cat": "write EXT=COMMAND", "a/b=cat": "write EXT=COMMAND", "rtf=": "no command", "rtf='cat": "never closes",
	} {
		c, err := Parse(text)
		got := fmt.Sprintf("%s %q", c.Extension, c.Args)
		if err != nil {
			got = err.Error()
		}
		if err == nil && got != want || err != nil && !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"rtf=unrtf --text", `a="b c" 'd`, "=", "a=b\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err == nil && (len(c.Args) == 0 || !strings.HasPrefix(c.Extension, ".") || strings.ContainsAny(c.Extension, `/\`)) {
			t.Errorf("%q became %+v", text, c)
		}
	})
}

func shell(script string) Command {
	return Command{Extension: ".xyz", Args: []string{"sh", "-c", script, "sh"}}
}

func TestRead(t *testing.T) {
	t.Setenv("SELFRAG_TEST_SECRET", "s3cret")
	for name, tc := range map[string]struct {
		command Command
		text    string // that must be in the text
		err     string // that must be in the error
	}{
		"the path is the last argument": {shell(`cat "$1"`), "연차는 15일입니다.", ""},
		"the path has its place":        {Command{Extension: ".xyz", Args: []string{"cat", "{}", "-"}}, "연차는 15일입니다.", ""}, // standard input is empty
		"another encoding":              {shell(`printf '\277\254\302\367'`), "연차", ""},
		"nothing of the environment":    {shell(`env; pwd; ls -a`), "LANG=C.UTF-8", ""},
		"it fails":                      {shell(`echo begin >&2; echo no table >&2; exit 3`), "", "its reader sh failed (exit status 3): no table"},
		"it is not there":               {Command{Extension: ".xyz", Args: []string{"selfrag-no-such-program"}}, "", "is not installed"},
		"it writes too much":            {shell(`yes`), "", "larger than"},
		"it takes too long":             {Command{Extension: ".xyz", Args: []string{"sh", "-c", "sleep 600 & wait"}, Time: 100 * time.Millisecond}, "", "did not end within 100ms"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := tc.command.Read(t.Context(), []byte("연차는 15일입니다."), 1<<16)
			switch {
			case tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)):
				t.Errorf("got %v, want %q", err, tc.err)
			case tc.err == "" && (err != nil || !strings.Contains(c.Text, tc.text)):
				t.Errorf("got %q, %v, want %q", c.Text, err, tc.text)
			case strings.Contains(c.Text, "s3cret") || strings.Contains(c.Text, "SELFRAG"):
				t.Errorf("the environment is there: %q", c.Text)
			}
		})
	}
}

// A program finds only its own copy in its folder, and nothing stays behind.
func TestTheFolderIsItsOwn(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	c, err := shell(`ls -A; echo x > "$TMPDIR/left"; echo y > "$HOME/left too"`).Read(t.Context(), []byte("x"), 1<<16)
	if err != nil || strings.Fields(c.Text)[0] != "file.xyz" {
		t.Fatalf("got %q, %v", c.Text, err)
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A program in the background ends with the one that started it. It holds a pipe open
// for writing, whose other side ends when it does.
func TestNothingStaysInTheBackground(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := os.ReadFile(pipe)
		ended <- err
	}()
	c, err := shell(`exec 3>"`+pipe+`"; sleep 600 >/dev/null 2>&1 & echo text`).Read(t.Context(), []byte("x"), 1<<16)
	if err != nil || strings.TrimSpace(c.Text) != "text" {
		t.Errorf("got %q, %v", c.Text, err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it is still there")
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(t.TempDir(), "started")
	done := make(chan error, 1)
	go func() {
		_, err := Command{Extension: ".xyz", Args: []string{"sh", "-c", `mkfifo "` + started + `" && cat < "` + started + `"; sleep 600`}, Time: time.Hour}.Read(ctx, []byte("x"), 100)
		done <- err
	}()
	for { // the pipe is there once the program runs
		if f, err := os.OpenFile(started, os.O_WRONLY, 0); err == nil {
			_ = f.Close()
			break
		}
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestVersionIsThatOfTheArguments(t *testing.T) {
	a, b := shell("cat"), shell("cat -v")
	if a.Version() == b.Version() || a.Version() != shell("cat").Version() {
		t.Errorf("versions %s, %s", a.Version(), b.Version())
	}
	if !slices.Equal(a.arguments("/p"), []string{"-c", "cat", "sh", "/p"}) {
		t.Errorf("arguments %q", a.arguments("/p"))
	}
	if _, err := shell("true").Read(t.Context(), nil, 100); err != nil && !errors.Is(err, content.ErrEmpty) {
		t.Errorf("got %v", err)
	}
}
