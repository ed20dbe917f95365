//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"selfrag/cmd/selfrag/internal/screentest"
)

// terminal is a program in a pseudo-terminal with its screen.
type terminal struct {
	t      *testing.T
	tty    *os.File
	output chan string // closed when the program has ended; its buffer is larger than any test's output
	cmd    *exec.Cmd
	screen *screentest.Screen
	raw    strings.Builder
}

const terminalColumns = 60

// chatIn runs selfrag chat on the handbook in a pseudo-terminal.
func chatIn(t *testing.T, host string, vars ...string) *terminal {
	t.Helper()
	home := t.TempDir()
	if code := run([]string{"ingest", handbookDir(t), "--embedder", "none", "--data-dir", home}, strings.NewReader(""), new(strings.Builder), os.Stderr); code != exitDone {
		t.Fatalf("ingest: exit code %d", code)
	}
	return inTerminal(t, home, host, []string{"chat", "--timeout", "1h", "--model", "qwen2.5-coder:0.5b", "--strategy", "two-stage", "--k2", "3"}, vars...)
}

// inTerminal runs a command of selfrag in a pseudo-terminal.
func inTerminal(t *testing.T, home, host string, args []string, vars ...string) *terminal {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Args[0] = "selfrag" // TestMain runs main under this name
	cmd.Env = append([]string{"TESTSCRIPT_COMMAND=selfrag", "HOME=" + home, "SELFRAG_DATA_DIR=" + home, "OLLAMA_HOST=" + host, "TERM=xterm",
		"PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + home}, vars...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: terminalColumns})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, tty: tty, cmd: cmd, output: make(chan string, 1<<16), screen: screentest.New(terminalColumns)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = tty.Close()
	})
	go func() {
		defer close(term.output)
		buffer := make([]byte, 4096)
		for {
			n, err := tty.Read(buffer)
			if n > 0 {
				term.output <- string(buffer[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	return term
}

// press types text or keys.
func (term *terminal) press(keys string) {
	term.t.Helper()
	if _, err := term.tty.WriteString(keys); err != nil {
		term.t.Fatalf("type %q: %v", keys, err)
	}
}

// until waits until the screen satisfies a condition.
func (term *terminal) until(what string, is func(s *screentest.Screen) bool) {
	term.t.Helper()
	deadline := time.After(2 * time.Minute)
	for !is(term.screen) {
		select {
		case text, ok := <-term.output:
			if !ok {
				term.t.Fatalf("it ended before %s; the screen:\n%s", what, term.screen)
			}
			term.raw.WriteString(text)
			term.screen.Write(text)
		case <-deadline:
			term.t.Fatalf("no %s; the screen, with the cursor at %d, %d:\n%s", what, term.screen.Row, term.screen.Col, term.screen)
		}
	}
}

// line waits until the cursor is in the given line and column.
func (term *terminal) line(text string, col int) {
	term.t.Helper()
	term.until("line "+text, func(s *screentest.Screen) bool { return s.Line() == strings.TrimRight(text, " ") && s.Col == col })
}

// shows waits until a text is anywhere on the screen.
func (term *terminal) shows(text string) {
	term.t.Helper()
	term.until("text "+text, func(s *screentest.Screen) bool { return strings.Contains(s.String(), text) })
}

// ends waits until the program ends and checks its exit code.
func (term *terminal) ends(code int) {
	term.t.Helper()
	for text := range term.output {
		term.raw.WriteString(text)
		term.screen.Write(text)
	}
	_ = term.cmd.Wait()
	if got := term.cmd.ProcessState.ExitCode(); got != code {
		term.t.Errorf("exit code %d, want %d; the screen:\n%s", got, code, term.screen)
	}
}

const (
	left, right, up       = "\x1b[D", "\x1b[C", "\x1b[A"
	backspace, remove     = "\x7f", "\x1b[3~"
	home, end             = "\x01", "\x05"
	interrupt, endOfInput = "\x03", "\x04"
)

// TestLineEditing types, deletes and moves among letters of one and of two
// columns, in locales that count some characters as wide.
func TestLineEditing(t *testing.T) {
	for _, locale := range []string{"C.UTF-8", "ko_KR.UTF-8"} {
		t.Run(locale, func(t *testing.T) {
			term := chatIn(t, recordedOllama(t, nil), "LC_ALL="+locale)
			term.line("> ", 2)
			term.press("연차는")
			term.line("> 연차는", 8)
			term.press(backspace + " 며칠?")
			term.line("> 연차 며칠?", 12)
			term.press(left + left + left)
			term.line("> 연차 며칠?", 7)
			term.press("“2026”년 ")
			term.line("> 연차 “2026”년 며칠?", 16)
			term.press(backspace + backspace + backspace + remove)
			term.line("> 연차 “2026칠?", 12)
			term.press(home + right + remove)
			term.line("> 연 “2026칠?", 4)
			term.press(end + " ABC")
			term.line("> 연 “2026칠? ABC", 17)
			term.press("\x15") // erases the text before the cursor
			term.line("> ", 2)

			// The line is longer than the terminal, and the last column has
			// room for half a letter.
			term.press("a" + strings.Repeat("가", 40))
			term.until("two rows", func(s *screentest.Screen) bool {
				return strings.Contains(s.String(), "\n> a"+strings.Repeat("가", 28)+"\n"+strings.Repeat("가", 12)) && s.Col == 24
			})
			term.press(strings.Repeat(backspace, 38))
			term.line("> a가가", 7)
			term.press("\x15/도움" + backspace + backspace + "hel\t\r")
			term.shows("/collection [NAME]")
			term.press(up)
			term.line("> /help", 7)
			term.press("\x15\xc7\xd1?\r") // as a terminal in CP949 sends Hangul
			term.shows("characters that are not UTF-8")
			// The prompt may not be there yet. Ctrl-C counts nevertheless.
			term.press(interrupt)
			term.shows("Ctrl-C again, Ctrl-D or /quit leaves.")
			term.press(interrupt)
			term.ends(exitDone)
			if len(term.screen.Unknown) > 0 {
				t.Errorf("sequences that the screen does not know: %q", term.screen.Unknown)
			}
		})
	}
}

const passwords = "How many characters must passwords have at least under the information security rules of Narubyeol?"

// TestChatFoldsItsSteps asks a question in a terminal.
func TestChatFoldsItsSteps(t *testing.T) {
	term := chatIn(t, recordedOllama(t, nil))
	term.line("> ", 2)
	term.press(passwords + "\r")
	term.shows("[1] Information Security Rules")
	term.line("> ", 2)
	text := term.screen.String()
	if !strings.Contains(text, "\n1 search, 3 passages, 1 LLM call,") || strings.Contains(text, "draft ") || !strings.Contains(term.raw.String(), "draft ") {
		t.Errorf("the steps were not shown, or did not fold:\n%s", text)
	}
	if !strings.Contains(term.raw.String(), "\x1b[2m") {
		t.Error("the steps are not dimmed")
	}
	term.press("/why\r")
	term.shows("└─ 1 LLM call")
	for _, line := range term.screen.Lines() {
		if strings.HasPrefix(line, "│ └─") {
			t.Errorf("a line of the tree was broken by the terminal: %q", line)
		}
	}
	term.press(endOfInput)
	term.ends(exitDone)

	// The history is still there after the chat.
	kept, err := os.ReadFile(filepath.Join(dataDirOf(term), "chat-history"))
	if err != nil || string(kept) != passwords+"\n/why\n" {
		t.Errorf("the history is %q, %v", kept, err)
	}
}

// dataDirOf returns the data folder of the program.
func dataDirOf(term *terminal) string {
	for _, v := range term.cmd.Env {
		if dir, ok := strings.CutPrefix(v, "SELFRAG_DATA_DIR="); ok {
			return dir
		}
	}
	return ""
}

// neverAnswers returns a handler for a model that never answers. It sends to
// asked when a request arrives and to stopped when its client goes away.
func neverAnswers(asked, stopped chan<- struct{}) func(http.ResponseWriter, *http.Request) bool {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/chat" {
			return false
		}
		// A server notices that a client goes away only after it has read the
		// request.
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-r.Context().Done()
		stopped <- struct{}{}
		return true
	}
}

// TestCtrlCStopsTheAnswer presses Ctrl-C while the model works. The answer
// stops and the chat continues.
func TestCtrlCStopsTheAnswer(t *testing.T) {
	for _, name := range []string{"xterm", "dumb"} {
		t.Run(name, func(t *testing.T) {
			asked, stopped := make(chan struct{}, 1), make(chan struct{}, 1)
			term := chatIn(t, recordedOllama(t, neverAnswers(asked, stopped)), "TERM="+name)
			for range 2 {
				term.line("> ", 2)
				term.press(passwords + "\n")
				<-asked
				term.press(interrupt)
				<-stopped
				term.until("next prompt after the stop", func(s *screentest.Screen) bool {
					return strings.Contains(s.String(), "Stopped.") && s.Line() == ">" && s.Col == 2
				})
				term.screen = screentest.New(terminalColumns)
				term.screen.Write("> ")
			}
			term.press("/quit\n")
			term.ends(exitDone)
		})
	}
}

// TestTermination sends the signals that a closing system sends.
func TestTermination(t *testing.T) {
	for _, name := range []string{"xterm", "dumb"} {
		term := chatIn(t, recordedOllama(t, nil), "TERM="+name)
		term.line("> ", 2)
		if err := term.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		term.ends(exitInterrupted)
	}
}

// TestDumbTerminal asks in a terminal that cannot redraw. No escape sequence
// may be sent, and the steps must stay.
func TestDumbTerminal(t *testing.T) {
	term := chatIn(t, recordedOllama(t, nil), "TERM=dumb")
	term.line("> ", 2)
	term.press(passwords + "\n")
	term.shows("[1] Information Security Rules")
	term.line("> ", 2)
	term.press(interrupt)
	term.shows("Ctrl-C again")
	term.line("> ", 2)
	term.press("/quit 지금\n")
	term.shows("/quit takes nothing after it")
	term.line("> ", 2)
	term.press(interrupt)
	term.until("hint a second time", func(s *screentest.Screen) bool { return strings.Count(s.String(), "Ctrl-C again") == 2 })
	term.press(interrupt)
	term.ends(exitDone)
	if raw := term.raw.String(); strings.Contains(raw, "\x1b") || !strings.Contains(raw, "  draft  ") {
		t.Errorf("got %q", raw)
	}
}
