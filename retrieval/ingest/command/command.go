// Package command reads files of further types through programs that the user names,
// such as a converter of RTF. A program is called with the path of a file and writes
// the text of the file to its standard output.
//
// The program gets a copy of the file in a folder of its own, which is also its
// working folder and is removed afterwards; an environment of PATH, HOME, TMPDIR and
// LANG alone; and no standard input. It is killed if it takes too long or
// writes too much. The programs that it started end with it. It is not kept from other files or from the
// network: run only programs that can be trusted with the files that they read.
package command

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/plain"
)

// Command is a program that reads files of one type.
type Command struct {
	Extension string // extension of the files, with its dot, in lower case
	// Args holds the program and its arguments. The path of the file replaces the
	// argument {}. If there is none, the path is added as the last argument.
	Args []string
	// Time is the maximum time for one file; default one minute.
	Time time.Duration
}

// Parse parses a text of the form EXT=COMMAND, such as "rtf=unrtf --text". Spaces
// separate the arguments, except within single or double quotation marks. No shell is
// used.
func Parse(text string) (Command, error) {
	extension, line, ok := strings.Cut(text, "=")
	extension = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(extension), "."))
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	if !ok || extension == "" || strings.ContainsFunc(extension, odd) {
		return Command{}, fmt.Errorf("%q: write EXT=COMMAND, as in 'rtf=unrtf --text'", text)
	}
	args, err := split(line)
	if err != nil {
		return Command{}, fmt.Errorf("%q: %w", text, err)
	}
	if len(args) == 0 {
		return Command{}, fmt.Errorf("%q: there is no command", text)
	}
	return Command{Extension: "." + extension, Args: args}, nil
}

// split splits a command line at spaces outside of quotation marks.
func split(line string) ([]string, error) {
	var args []string
	var arg strings.Builder
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			arg.WriteRune(r)
		case r == '"' || r == '\'':
			quote, begun = r, true
		case unicode.IsSpace(r):
			if begun {
				args = append(args, arg.String())
			}
			arg.Reset()
			begun = false
		default:
			arg.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quotation mark opens and never closes")
	}
	if begun {
		args = append(args, arg.String())
	}
	return args, nil
}

// Version returns a text that changes with the program and its arguments.
func (c Command) Version() string {
	sum := sha256.Sum256([]byte(strings.Join(c.Args, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// String returns the command in the form that Parse reads, but without quotation
// marks.
func (c Command) String() string {
	return strings.TrimPrefix(c.Extension, ".") + "=" + strings.Join(c.Args, " ")
}

// Read implements content.Reader. The program may write its text in any encoding that
// package plain reads, and at most maxBytes.
func (c Command) Read(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	dir, err := os.MkdirTemp("", "selfrag-reader-")
	if err != nil {
		return content.Content{}, fmt.Errorf("run %s: %w", c.Args[0], err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "file"+c.Extension)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return content.Content{}, fmt.Errorf("run %s: %w", c.Args[0], err)
	}
	text, err := c.run(ctx, dir, path, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	return plain.Text(ctx, text, maxBytes)
}

var errTooMuch = errors.New("the command wrote too much")

// run runs the program and returns what it wrote.
func (c Command) run(ctx context.Context, dir, path string, maxBytes int64) ([]byte, error) {
	limit := cmp.Or(c.Time, time.Minute)
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	timed, stop := context.WithCancelCause(timed)
	defer stop(nil)
	cmd := exec.CommandContext(timed, c.Args[0], c.arguments(path)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "TMP=" + dir, "TEMP=" + dir, "LANG=C.UTF-8"}
	cmd.WaitDelay = time.Second // a program in the background may hold the output open
	isolate(cmd)
	out := &bounded{most: maxBytes, full: func() { stop(errTooMuch) }}
	notes := &bounded{most: 4 << 10, full: func() {}}
	cmd.Stdout, cmd.Stderr = out, notes
	err := cmd.Run()
	end(cmd) // programs in the background outlive one that exits by itself
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case out.over:
		return nil, content.TooLarge(maxBytes)
	case timed.Err() != nil:
		return nil, fmt.Errorf("its reader %s did not end within %s", c.Args[0], limit)
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("its reader %s is not installed, or not in PATH", c.Args[0])
	case err != nil:
		return nil, fmt.Errorf("its reader %s failed (%w)%s", c.Args[0], err, lastLine(notes.text.String()))
	}
	return out.text.Bytes(), nil
}

// arguments returns the arguments of the program for a file.
func (c Command) arguments(path string) []string {
	var args []string
	placed := false
	for _, a := range c.Args[1:] {
		if a == "{}" {
			a, placed = path, true
		}
		args = append(args, a)
	}
	if !placed {
		args = append(args, path)
	}
	return args
}

// lastLine returns the last line that a program wrote about its failure, after a
// colon, or "" if it wrote nothing.
func lastLine(notes string) string {
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(notes, "\ufffd")), "\n")
	if line := strings.TrimSpace(lines[len(lines)-1]); line != "" {
		return ": " + content.Name(line)
	}
	return ""
}

// bounded keeps the beginning of what is written to it. It calls full when more comes.
type bounded struct {
	text bytes.Buffer
	most int64
	over bool
	full func()
}

func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - int64(b.text.Len())
	b.text.Write(p[:min(int64(len(p)), room)])
	if int64(len(p)) > room && !b.over {
		b.over = true
		b.full()
	}
	return len(p), nil
}
