package talk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
	"github.com/peterh/liner"

	"selfrag/cmd/selfrag/internal/term"
)

// errInterrupted is the error of reading a line if the user pressed Ctrl-C.
var errInterrupted = errors.New("interrupted at the prompt")

// unreadableError is the error of a line that is not text in a known encoding. The
// lines after it can be read.
type unreadableError struct{ error }

// Unwrap returns the reason.
func (e unreadableError) Unwrap() error { return e.error }

// errTyped is the error of a line with characters that the terminal sent in another
// encoding than UTF-8. The line editor has replaced them by U+FFFD, so they cannot be
// decoded.
var errTyped = errors.New("the line has characters that are not UTF-8: set the terminal and the locale to UTF-8, or send the question through a pipe")

// prompt is the text in front of a question.
const prompt = "> "

// lines is the source of a chat's questions. Next waits for a question until
// the context ends. It returns io.EOF after the last question, errInterrupted
// after Ctrl-C, and an unreadableError for a line that cannot be read.
type lines interface {
	Next(ctx context.Context) (string, error)
	Close()
}

// openLines returns a line editor with a history file if the terminal supports
// that. On a dumb terminal it reads plain lines with a prompt, and from a pipe
// plain lines without a prompt.
func openLines(io term.Streams, historyFile string, commands []string, interrupts <-chan os.Signal) lines {
	if io.In == os.Stdin && term.Raw(io.Out) == os.Stdout && term.IsTerminal(os.Stdin) && term.Redrawable(os.Stdout) {
		return openEditor(historyFile, commands, interrupts, io.Err)
	}
	plain := &plainLines{reader: bufio.NewReader(term.Typed(io.In)), pending: pending{interrupts: interrupts}}
	if term.IsTerminal(io.In) {
		plain.prompt = io.Err
	}
	return plain
}

// line is a line of input, or the error of reading it.
type line struct {
	text string
	err  error
}

// pending reads lines in a goroutine, one at a time. After Ctrl-C the read still waits
// for its line, and the next one that is asked for is that.
type pending struct {
	interrupts <-chan os.Signal
	reading    chan line // of the read that waits for its line; nil if none does
}

// next waits for the line of the read that waits, or of a new one. It returns an error
// if ctx ends, and errInterrupted after Ctrl-C.
func (p *pending) next(ctx context.Context, read func() (string, error)) (line, error) {
	if p.reading == nil {
		lines := make(chan line, 1)
		p.reading = lines
		go func() {
			text, err := read()
			lines <- line{text, err}
		}()
	}
	select {
	case <-ctx.Done():
		return line{}, ctx.Err()
	case <-p.interrupts:
		return line{}, errInterrupted
	case got := <-p.reading:
		p.reading = nil
		return got, nil
	}
}

// plainLines reads lines without editing.
type plainLines struct {
	pending
	reader *bufio.Reader
	prompt io.Writer // nil for no prompt
}

func (p *plainLines) Next(ctx context.Context) (string, error) {
	if p.prompt != nil {
		fmt.Fprint(p.prompt, prompt)
	}
	got, err := p.next(ctx, func() (string, error) { return p.reader.ReadString('\n') })
	switch {
	case errors.Is(err, errInterrupted):
		fmt.Fprintln(p.prompt)
		return "", err
	case err != nil:
		return "", err
	case got.err != nil && (got.text == "" || !errors.Is(got.err, io.EOF)):
		if p.prompt != nil {
			fmt.Fprintln(p.prompt)
		}
		return "", got.err
	}
	question, err := term.Question(got.text)
	if err != nil {
		return "", unreadableError{err}
	}
	return question, nil
}

func (p *plainLines) Close() {}

// editor edits lines in place.
type editor struct {
	pending
	state   *liner.State
	history *history
	stderr  io.Writer
}

func openEditor(historyFile string, commands []string, interrupts <-chan os.Signal, stderr io.Writer) *editor {
	if os.Getenv("RUNEWIDTH_EASTASIAN") == "" {
		// In a Korean locale the package runewidth counts quotation marks and
		// similar characters as two columns wide. Modern terminals draw them
		// one column wide.
		runewidth.DefaultCondition.EastAsianWidth = false
	}
	e := &editor{state: liner.NewLiner(), history: &history{path: historyFile}, stderr: stderr, pending: pending{interrupts: interrupts}}
	e.state.SetMultiLineMode(true)
	e.state.SetCtrlCAborts(true)
	e.state.SetBeep(false)
	e.state.SetCompleter(func(begun string) (out []string) {
		for _, c := range commands {
			if strings.HasPrefix(c, begun) && begun != "" {
				out = append(out, c)
			}
		}
		return out
	})
	past, err := e.history.read()
	if err != nil {
		fmt.Fprintln(stderr, "The history of earlier chats cannot be read:", err)
	}
	for _, question := range past {
		e.state.AppendHistory(question)
	}
	return e
}

func (e *editor) Next(ctx context.Context) (string, error) {
	if e.reading != nil {
		fmt.Fprint(e.stderr, prompt) // the editor has shown its own before Ctrl-C
	}
	got, err := e.next(ctx, func() (string, error) { return e.state.Prompt(prompt) })
	switch {
	case errors.Is(err, errInterrupted):
		// The editor shows its prompt before it takes Ctrl-C from the terminal.
		// Until then Ctrl-C is a signal, and the editor goes on to wait.
		fmt.Fprintln(e.stderr)
		return "", err
	case err != nil:
		return "", err
	case errors.Is(got.err, liner.ErrPromptAborted):
		return "", errInterrupted
	case got.err != nil:
		fmt.Fprintln(e.stderr)
		return "", got.err
	case strings.ContainsRune(got.text, unicode.ReplacementChar):
		return "", unreadableError{errTyped}
	}
	if text := strings.TrimSpace(got.text); text != "" {
		e.state.AppendHistory(text)
		if err := e.history.append(text); err != nil {
			fmt.Fprintln(e.stderr, "The history of chats cannot be written:", err)
		}
	}
	return got.text, nil
}

// Close restores the terminal.
func (e *editor) Close() { _ = e.state.Close() }
