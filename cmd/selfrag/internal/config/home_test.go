package config

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/spf13/pflag"
)

func TestHomeAndSpaces(t *testing.T) {
	env := map[string]string{
		"HOME": "/home/나", "SELFRAG_DATA_DIR": "~/data", "SELFRAG_PROMPTS": "~", "SELFRAG_TRACE_FILE": "~other/x", "SELFRAG_MILVUS_TOKEN": " root:x\r\n",
		"SELFRAG_OLLAMA_ADDRESS": "http://me:p%40ss@host:11434",
	}
	s, err := Load("", func(name string) string { return env[name] }, pflag.NewFlagSet("", pflag.ContinueOnError))
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.FromSlash("/home/나/data"); s.DataDir != want || s.Prompts != filepath.FromSlash("/home/나") || s.Tracing.File != "~other/x" {
		t.Errorf("got %q, %q, %q", s.DataDir, s.Prompts, s.Tracing.File)
	}
	if string(s.MilvusToken) != "root:x" {
		t.Errorf("the token is %q", string(s.MilvusToken))
	}
	if got := s.Secrets(); !slices.Equal(got, []string{"p%40ss", "p@ss"}) {
		t.Errorf("the secrets are %q", got)
	}
}
