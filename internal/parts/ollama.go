package parts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// chatML is the prompt format of all these models. If the last turn is one of the
// assistant, it is left open, so that a caller can give the beginning of an answer.
const chatML = `{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1 -}}
<|im_start|>{{ .Role }}
{{ .Content }}{{ if not (and $last (eq .Role "assistant")) }}<|im_end|>
{{ end }}
{{- if and $last (ne .Role "assistant") }}<|im_start|>assistant
{{ end }}
{{- end }}`

// GiveToOllama fetches the packages of a language model and creates the model in the
// Ollama server at address. It uses only the API, so the server may run in a container
// or on another machine. It sets no temperature and no context length.
func (f *Fetcher) GiveToOllama(ctx context.Context, name, address string) error {
	l, err := findLanguage(name)
	if err != nil {
		return err
	}
	return f.give(ctx, l, strings.TrimRight(address, "/"))
}

func (f *Fetcher) give(ctx context.Context, l language, address string) error {
	file, err := f.join(ctx, l)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", l.name, err)
	}
	if err := f.upload(ctx, address, file, l.sha256); err != nil {
		return fmt.Errorf("give %s to Ollama at %s: %w", l.name, address, err)
	}
	request, err := json.Marshal(map[string]any{
		"model": l.name, "files": map[string]string{"model.gguf": "sha256:" + l.sha256}, "template": chatML, "system": l.system,
		"parameters": map[string]any{"stop": []string{"<|im_start|>", "<|im_end|>", "<|endoftext|>"}}, "stream": false,
	})
	if err != nil {
		return err
	}
	if err := f.send(ctx, http.MethodPost, address+"/api/create", bytes.NewReader(request), int64(len(request))); err != nil {
		return fmt.Errorf("make %s in Ollama at %s: %w", l.name, address, err)
	}
	return os.Remove(file) // Ollama keeps a copy of its own
}

// upload sends a file to Ollama, unless Ollama has it.
func (f *Fetcher) upload(ctx context.Context, address, path, sum string) error {
	blob := address + "/api/blobs/sha256:" + sum
	if f.send(ctx, http.MethodHead, blob, nil, 0) == nil {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return f.send(ctx, http.MethodPost, blob, file, info.Size())
}

// send sends a request to Ollama. If the status is 400 or more, it returns an error
// with the text of the response.
func (f *Fetcher) send(ctx context.Context, method, address string, body io.Reader, size int64) error {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	req.ContentLength = size
	resp, err := f.client.Do(req)
	if err != nil {
		return withoutAddress(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("HTTP %d: %.300s", resp.StatusCode, strings.TrimSpace(string(said)))
	}
	return nil
}
