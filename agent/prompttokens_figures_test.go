//go:build integration && figures

package agent_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/internal/onnx"
	"selfrag/ollama"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// TestFiguresPromptTokens counts, from Ollama's log, the prompt tokens that it
// evaluates to grade five passages and to draft from them. It compares them
// with the naive order: one prompt per passage, with the passage before the
// question, and a draft prompt that begins with the question. Grading alone
// saves little, because each passage is read once in either case.
func TestFiguresPromptTokens(t *testing.T) {
	server := startLoggedOllama(t)
	model, err := ollama.New(ollama.Config{Address: server.address, Model: "qwen2.5-coder:0.5b"})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()

	questions := map[string][]string{} // one question per language is enough, because prompts are alike
	for _, q := range agent.ReadHandbookQuestions(t) {
		if len(questions[q.Language]) < 1 {
			questions[q.Language] = append(questions[q.Language], q.Text)
		}
	}
	for language, questions := range questions {
		t.Run(language, func(t *testing.T) {
			counts := map[string]int{}
			passages := handbookPassages(t, language)
			for _, question := range questions {
				// A prompt that shares nothing with these, so that each order
				// begins with an empty cache.
				forget := func() { server.ask(t, model, "The tide comes in at noon and goes out by six.") }

				forget()
				before := server.evaluated()
				for _, p := range passages {
					server.ask(t, model, fmt.Sprintf("Passage: %s\n\nQuestion: %s\n\nDoes the passage help to answer the question? Reply Yes or No.", p.Text, question))
				}
				counts["naive grading"] += server.evaluated() - before
				all := ""
				for _, p := range passages {
					all += p.Text + "\n\n"
				}
				server.ask(t, model, fmt.Sprintf("Question: %s\n\nAnswer from these passages:\n\n%s", question, all))
				counts["naive"] += server.evaluated() - before

				for _, grading := range []agent.Grading{agent.GradeTogether, agent.GradeEach} {
					steps, err := agent.NewSteps(model, nowhere{}, nil, agent.Config{Grading: grading})
					if err != nil {
						t.Fatal(err)
					}
					forget()
					before := server.evaluated()
					if _, err := steps.GradeRelevance(t.Context(), agent.RelevanceInput{Question: question, Passages: passages}); err != nil {
						t.Fatal(err)
					}
					counts[string(grading)] += server.evaluated() - before
					if grading == agent.GradeTogether {
						before = server.evaluated()
						if _, err := steps.Draft(t.Context(), agent.DraftInput{Question: question, Reading: agent.Reading{Passages: passages}}); err != nil {
							t.Fatal(err)
						}
						counts["draft after "+string(grading)] += server.evaluated() - before
						counts["ours"] = counts[string(grading)] + counts["draft after "+string(grading)]
					}
				}
			}
			share := float64(counts["ours"]) / float64(counts["naive"])
			t.Logf("prompt tokens evaluated for 5 passages, %d questions: %v; %.0f %% of naive", len(questions), counts, 100*share)
			if share > 0.6 {
				t.Errorf("grading and drafting evaluates %.0f %% of the naive order's prompt tokens, want at most 60 %%", 100*share)
			}
		})
	}
}

// handbookPassages returns the beginnings of five documents of the demo, each
// about as long as a passage of the default splitter.
func handbookPassages(t *testing.T, language string) []retrieval.Passage {
	t.Helper()
	files, err := filepath.Glob("../examples/handbook/*/*")
	if err != nil {
		t.Fatal(err)
	}
	var passages []retrieval.Passage
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		content := []rune(string(data))
		if len(content) < 500 || text.Language(string(content)) != language {
			continue
		}
		passages = append(passages, retrieval.Passage{ID: file, Source: file, Text: string(content[:500])})
		if len(passages) == 5 {
			return passages
		}
	}
	t.Fatalf("the demo has %d documents of 500 runes in %s", len(passages), language)
	return nil
}

// loggedOllama is a server for this test whose log shows the number of tokens
// evaluated for each prompt.
type loggedOllama struct {
	address string
	mu      sync.Mutex
	tokens  int
}

var remaining = regexp.MustCompile(`msg="loading cache slot".* remaining=(\d+)`)

// startLoggedOllama runs the Ollama that scripts/ollama found or built.
func startLoggedOllama(t *testing.T) *loggedOllama {
	t.Helper()
	cache, err := onnx.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := exec.LookPath("ollama")
	if err != nil {
		binary = filepath.Join(cache, "bin", "ollama")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	s := &loggedOllama{address: "http://" + address}
	command := exec.Command(binary, "serve")
	command.Env = append(os.Environ(), "OLLAMA_DEBUG=1", "OLLAMA_HOST="+address, "OLLAMA_NUM_PARALLEL=1", "OLLAMA_CONTEXT_LENGTH=4096")
	if models := os.Getenv("SELFRAG_OLLAMA_MODELS"); models != "" {
		command.Env = append(command.Env, "OLLAMA_MODELS="+models)
	}
	log, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewReader(log); ; {
			line, err := lines.ReadString('\n')
			if m := remaining.FindStringSubmatch(line); m != nil {
				n, _ := strconv.Atoi(m[1])
				s.mu.Lock()
				s.tokens += n
				s.mu.Unlock()
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		<-read
		_ = command.Wait()
	})
	client, err := ollama.New(ollama.Config{Address: s.address, Model: "qwen2.5-coder:0.5b"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	up, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for client.Ping(up) != nil {
		if up.Err() != nil {
			t.Fatalf("no Ollama answers at %s", s.address)
		}
	}
	return s
}

// evaluated returns the number of prompt tokens that the server has evaluated.
// It writes the log line of a request before its answer.
func (s *loggedOllama) evaluated() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

// ask sends one prompt and asks for one token.
func (s *loggedOllama) ask(t *testing.T, model *ollama.Client, prompt string) {
	t.Helper()
	if _, err := llms.GenerateFromSinglePrompt(t.Context(), model, prompt, llms.WithMaxTokens(1)); err != nil && !strings.Contains(err.Error(), "length") {
		t.Fatal(err)
	}
}
