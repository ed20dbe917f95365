package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// command is a side that runs a command from beginning to end. prepare runs before
// it and is not measured.
func command(name string, prepare func() error, argv ...string) side {
	return side{name: name, run: func(ctx context.Context) (turn, error) {
		if prepare != nil {
			if err := prepare(); err != nil {
				return turn{}, err
			}
		}
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr, cmd.Env = &out, &out, plainEnvironment()
		begin := time.Now()
		err := cmd.Run()
		t := turn{wall: time.Since(begin)}
		if err != nil {
			return turn{}, fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out.Bytes())
		}
		t.processor = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			t.memory = usage.Maxrss << 10
		}
		return t, nil
	}}
}

// program runs Selfrag, without measuring it.
func (s settings) program(ctx context.Context, arguments ...string) error {
	cmd := exec.CommandContext(ctx, s.selfrag, arguments...) //nolint:gosec // the program to measure
	cmd.Env = plainEnvironment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("selfrag %s: %w\n%s", strings.Join(arguments, " "), err, out)
	}
	return nil
}

// plainEnvironment is the environment without the settings of whoever measures.
func plainEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SELFRAG_") || strings.HasPrefix(v, "SELFRAG_CACHE=") {
			out = append(out, v)
		}
	}
	return append(out, "SELFRAG_CONFIG=", "HF_HUB_OFFLINE=1")
}

// emptied returns a function that empties a folder.
func emptied(dir string) func() error {
	return func() error {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("empty %s: %w", dir, err)
		}
		return nil
	}
}

// installed returns the path of a program, or "" if there is none.
func installed(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// emptyProgram builds a Go program that does nothing, the floor of every start.
func (s settings) emptyProgram(ctx context.Context) (string, error) {
	source, program := filepath.Join(s.dir, "empty.go"), filepath.Join(s.dir, "empty")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return "", fmt.Errorf("write a program: %w", err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", program, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build a program: %w\n%s", err, out)
	}
	return program, nil
}
