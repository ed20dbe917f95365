package main

import (
	"context"
	"fmt"
	"os"
)

// programRows are the start of the program and its size.
func programRows(ctx context.Context, s settings) ([]row, error) {
	empty, err := s.emptyProgram(ctx)
	if err != nil {
		return nil, err
	}
	starts := row{name: "start", count: 1, unit: "starts", sides: []side{
		command("selfrag version", nil, s.selfrag, "version"),
		command("floor: a Go program that does nothing", nil, empty),
	}}
	if ollama := installed("ollama"); ollama != "" {
		starts.sides = append(starts.sides, command("ollama --version", nil, ollama, "--version"))
	}
	if s.python != "" {
		starts.sides = append(starts.sides, command("Python with sentence-transformers", nil, s.python, "-c", "import sentence_transformers"))
	}
	ours, err := os.Stat(s.selfrag)
	if err != nil {
		return nil, fmt.Errorf("read the size of the program: %w", err)
	}
	least, err := os.Stat(empty)
	if err != nil {
		return nil, fmt.Errorf("read the size of a program: %w", err)
	}
	fmt.Fprintf(s.log, "the program has %.1f MB, a Go program that does nothing %.1f MB\n", float64(ours.Size())/1e6, float64(least.Size())/1e6)
	return []row{starts}, nil
}
