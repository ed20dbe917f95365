package questions

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"selfrag/prompts"
)

// Asker sends a rendered prompt to a language model and returns the reply.
type Asker func(ctx context.Context, p prompts.Prompt) (string, error)

// Replies keeps the replies of a language model in a file of JSON lines, so that a
// run that was stopped asks nothing twice. With the same corpus and seed, the next
// run takes the replies from the file and continues from there. It is safe for
// concurrent use.
type Replies struct {
	mu    sync.Mutex
	file  *os.File
	known map[string]string
}

type reply struct {
	Prompt string `json:"prompt"` // SHA-256 of the model's name and the messages
	Reply  string `json:"reply"`
}

// OpenReplies opens or creates the file. It removes an unfinished last line, which
// a killed process leaves. It returns an error if the file holds anything but
// replies.
func OpenReplies(path string) (*Replies, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the model's replies: %w", err)
	}
	r := &Replies{file: f, known: map[string]string{}}
	if err := r.read(path); err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}

func (r *Replies) read(path string) error {
	whole := int64(0)
	lines := bufio.NewReader(r.file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		var known reply
		if err == nil {
			err = json.Unmarshal(line, &known)
		}
		if err == nil && known.Prompt == "" {
			err = errors.New(`it has no "prompt"`)
		}
		if err != nil {
			return fmt.Errorf("%s, line %d is not a reply of a model: %w; delete the file to ask again", path, n, err)
		}
		r.known[known.Prompt] = known.Reply
		whole += int64(len(line))
	}
	if err := r.file.Truncate(whole); err != nil {
		return fmt.Errorf("remove the unfinished line from %s: %w", path, err)
	}
	if _, err := r.file.Seek(whole, io.SeekStart); err != nil {
		return fmt.Errorf("go on with %s: %w", path, err)
	}
	return nil
}

// Writer returns a Writer that renders prompts of a set and asks the model only
// for replies that are not in the file. model is the name of the model.
func (r *Replies) Writer(set *prompts.Set, model string, ask Asker) Writer {
	return func(ctx context.Context, name, language string, values any) (string, error) {
		p, err := set.Render(name, language, values)
		if err != nil {
			return "", err
		}
		asked, err := json.Marshal([]any{model, p.Messages})
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(asked)
		key := hex.EncodeToString(sum[:])
		r.mu.Lock()
		text, known := r.known[key]
		r.mu.Unlock()
		if known {
			return text, nil
		}
		if text, err = ask(ctx, p); err != nil {
			return "", fmt.Errorf("ask %s for a question: %w", model, err)
		}
		return text, r.keep(reply{key, text})
	}
}

func (r *Replies) keep(v reply) error {
	line, err := encode(v)
	if err != nil {
		return fmt.Errorf("keep a model's reply: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.file.Write(line); err != nil {
		return fmt.Errorf("keep a model's reply: %w", err)
	}
	r.known[v.Prompt] = v.Reply
	return nil
}

// Len returns the number of replies in the file.
func (r *Replies) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.known)
}

// Close closes the file.
func (r *Replies) Close() error { return r.file.Close() }
