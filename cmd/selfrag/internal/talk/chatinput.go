package talk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/peterh/liner"

	"selfrag/cmd/selfrag/internal/term"
)

// errInterrupted is Ctrl-C at the prompt.
var errInterrupted = errors.New("interrupted at the prompt")

// prompt stands before a question.
const prompt = "> "

// lines is where the questions of a chat come from. Next waits for one until
// the context ends. It returns io.EOF after the last one, and errInterrupted
// when Ctrl-C was pressed instead.
type lines interface {
	Next(ctx context.Context) (string, error)
	Close()
}

// openLines edits lines on a terminal that can, with a history in the file;
// it reads them plainly from a dumb terminal, with a prompt, and from a pipe,
// without.
func openLines(io term.Streams, historyFile string, commands []string, interrupts <-chan os.Signal) lines {
	if io.In == os.Stdin && io.Out == os.Stdout && term.IsTerminal(os.Stdin) && term.Redrawable(os.Stdout) {
		return openEditor(historyFile, commands, io.Err)
	}
	plain := &plainLines{reader: bufio.NewReader(io.In), lines: make(chan line), interrupts: interrupts}
	if term.IsTerminal(io.In) {
		plain.prompt = io.Err
	}
	return plain
}

// line is what was read, or why nothing was.
type line struct {
	text string
	err  error
}

// plainLines reads lines as they come.
type plainLines struct {
	reader     *bufio.Reader
	prompt     io.Writer // nil for none
	lines      chan line
	interrupts <-chan os.Signal
	reading    bool
}

func (p *plainLines) Next(ctx context.Context) (string, error) {
	if p.prompt != nil {
		fmt.Fprint(p.prompt, prompt)
	}
	// One read at a time: one that was interrupted still waits for the line.
	if !p.reading {
		p.reading = true
		go func() {
			text, err := p.reader.ReadString('\n')
			p.lines <- line{text, err}
		}()
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-p.interrupts:
		fmt.Fprintln(p.prompt)
		return "", errInterrupted
	case got := <-p.lines:
		p.reading = false
		if got.err != nil && (got.text == "" || !errors.Is(got.err, io.EOF)) {
			if p.prompt != nil {
				fmt.Fprintln(p.prompt)
			}
			return "", got.err
		}
		return strings.ToValidUTF8(got.text, "\uFFFD"), nil
	}
}

func (p *plainLines) Close() {}

// editor edits lines in place.
type editor struct {
	state   *liner.State
	history *history
	stderr  io.Writer
}

func openEditor(historyFile string, commands []string, stderr io.Writer) *editor {
	if os.Getenv("RUNEWIDTH_EASTASIAN") == "" {
		// In a Korean locale the library takes quotation marks and the like for
		// two columns wide. Terminals of today draw them in one.
		runewidth.DefaultCondition.EastAsianWidth = false
	}
	e := &editor{state: liner.NewLiner(), history: &history{path: historyFile}, stderr: stderr}
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
	lines := make(chan line, 1)
	go func() {
		text, err := e.state.Prompt(prompt)
		lines <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case got := <-lines:
		if errors.Is(got.err, liner.ErrPromptAborted) {
			return "", errInterrupted
		}
		if got.err != nil {
			fmt.Fprintln(e.stderr)
			return "", got.err
		}
		if text := strings.TrimSpace(got.text); text != "" {
			e.state.AppendHistory(text)
			if err := e.history.append(text); err != nil {
				fmt.Fprintln(e.stderr, "The history of chats cannot be written:", err)
			}
		}
		return got.text, nil
	}
}

// Close gives the terminal back as it was.
func (e *editor) Close() { _ = e.state.Close() }
