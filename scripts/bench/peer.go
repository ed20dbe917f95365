package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

//go:embed peer.py
var peerProgram string

// pythonSearch starts a search by sentence-transformers with the same weights and
// numpy, over the same documents cut at empty lines. It embeds the question, compares
// it with every passage and returns the best 20: dense search alone.
func (s settings) pythonSearch(ctx context.Context, questions []string) (side, func() error, error) {
	cmd := exec.CommandContext(ctx, s.python, "-c", peerProgram, s.models, s.handbook) //nolint:gosec // the peer to measure
	cmd.Env, cmd.Stderr = plainEnvironment(), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return side{}, nil, fmt.Errorf("start the peer: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return side{}, nil, fmt.Errorf("start the peer: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return side{}, nil, fmt.Errorf("start the peer: %w", err)
	}
	stop := func() error {
		if err := in.Close(); err != nil {
			return fmt.Errorf("stop the peer: %w", err)
		}
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("the peer ended: %w", err)
		}
		return nil
	}
	lines := bufio.NewScanner(out)
	return side{name: "sentence-transformers, dense alone", run: func(context.Context) (turn, error) {
		return askPeer(in, lines, questions)
	}}, stop, nil
}

func askPeer(in io.Writer, lines *bufio.Scanner, questions []string) (turn, error) {
	if err := json.NewEncoder(in).Encode(questions); err != nil {
		return turn{}, fmt.Errorf("ask the peer: %w", err)
	}
	if !lines.Scan() {
		return turn{}, fmt.Errorf("the peer does not answer: %w", lines.Err())
	}
	var said struct {
		Wall, Processor float64 // seconds
		Memory          int64   // bytes
	}
	if err := json.Unmarshal(lines.Bytes(), &said); err != nil {
		return turn{}, fmt.Errorf("read the answer of the peer: %w", err)
	}
	return turn{wall: seconds(said.Wall), processor: seconds(said.Processor), memory: said.Memory}, nil
}
