package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/talk"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/internal/oddmodel"
)

// oddExits holds the exit codes of ask for the odd servers that end without an
// answer: 1 if the model fails, 3 if its server cannot be used.
var oddExits = map[string]int{
	"is full for an hour": 3, "is full in its answer": 3, "has spent its quota": 3, "has no credit": 3, "wants another key": 3,
	"has no such model": 3, "is a web page": 3, "is a broken gateway": 3, "answers in plain text": 3, "answers nothing": 3,
	"hangs": 3, "hangs up in every stream": 3,
	"moved": 1, "fails in another form": 1, "fails in a bare form": 1, "breaks every stream": 1, "fails in every stream": 1,
	"filters the prompt": 1, "writes nothing": 1, "writes null": 1, "writes white space": 1, "leaves the content out": 1,
	"calls a tool": 1, "refuses": 1, "is filtered": 1, "is filtered, as Google": 1, "thinks without an end": 1,
	"grades nothing to be read": 1, "grades by white space": 1,
}

// TestOddServersThroughCommands asks each odd server one question by ask, chat and
// eval, and one through serve. A technical failure must not become exit code 4 or
// an abstention. The log has a line of a table for each mode.
func TestOddServersThroughCommands(t *testing.T) {
	data := bridgeData(t, 1)
	statuses := map[int]string{0: "200", 1: "502 500", 3: "503"}
	for i, mode := range oddmodel.Modes() {
		if mode == "hangs in a stream" {
			continue // lasts until the time is spent; package agent tests it
		}
		if testing.Short() && i%8 != 0 {
			continue // all modes take a minute
		}
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			replies := oddmodel.Replies{Draft: "The bridge has two lanes [1].", Holds: "two lanes", Else: "bridge lanes"}
			odd := func() *app {
				s := oddmodel.Start(t, mode, replies)
				a := newServedAppWith(t, newBridgeModel(t), func(c *config.Settings) {
					c.Model, c.OpenAIAddress = "openai/m", s.Address
					c.Without = []string{"verbatim", "quote"}
					c.Timeout = 10 * time.Minute
					if mode == "hangs" {
						c.Timeout = 2 * time.Second
					}
				})
				a.getenv = func(name string) string { return map[string]string{"OPENAI_API_KEY": "sk-odd"}[name] }
				return a
			}
			a := odd()
			var out, steps strings.Builder
			a.Out, a.Err = &out, &steps
			err := runAsk(t.Context(), a, &askOptions{question: "How many lanes has the bridge?", quiet: true})
			code, message := outcome(err, false)
			if want := oddExits[mode]; code != want || (code == 0) != strings.Contains(out.String(), "two lanes. [1]") || errors.Is(err, errAbstained) {
				t.Errorf("ask exits %d, not %d: %s; %q", code, want, message, out.String())
			}
			chat := odd()
			chat.In, chat.Out, chat.Err = strings.NewReader("How many lanes has the bridge?\n"), &strings.Builder{}, io.Discard
			parts := chat.parts()
			defer parts.Close()
			chatted, _ := outcome(talk.Run(t.Context(), parts, chat.Streams, talk.Options{Quiet: true}), false)
			if said := fmt.Sprint(chat.Out); chatted != oddExits[mode] || (chatted == 0) != strings.Contains(said, "two lanes. [1]") {
				t.Errorf("chat exits %d: %q", chatted, said)
			}
			evaluated, report := evaluatesOddly(t, mode, data, replies)
			if evaluated != oddExits[mode] || (evaluated == 0) != strings.Contains(report, `"abstained": 0`) {
				t.Errorf("eval exits %d: %s", evaluated, report)
			}
			server := startServer(t, odd())
			resp, body := server.call("POST", "/v1/chat/completions", "", `{"model":"self-rag/notes","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
			ends := oddExits[mode]
			if strings.Contains(mode, "every stream") { // this request asks for no stream
				ends = 0
			}
			if !strings.Contains(statuses[ends], fmt.Sprint(resp.StatusCode)) {
				t.Errorf("serve answers %d: %s", resp.StatusCode, body)
			}
			var answer struct {
				Selfrag struct{ Abstained bool }
			}
			if resp.StatusCode == 200 && (json.Unmarshal([]byte(body), &answer) != nil || answer.Selfrag.Abstained || !strings.Contains(body, "two lanes")) {
				t.Errorf("serve answers %s", body)
			}
			t.Logf("| %s | ask %d, chat %d, eval %d | HTTP %d | %s |", mode, code, chatted, evaluated, resp.StatusCode, strings.ReplaceAll(message, "\n", " "))
		})
	}
}

// evaluatesOddly asks an odd server the one question of a data set by eval qa. It
// returns the exit code and the report.
func evaluatesOddly(t *testing.T, mode, data string, replies oddmodel.Replies) (code int, report string) {
	t.Helper()
	s := oddmodel.Start(t, mode, replies)
	timeout := "10m"
	if mode == "hangs" {
		timeout = "2s"
	}
	var out strings.Builder
	a := &app{Streams: term.Streams{In: strings.NewReader(""), Out: &out, Err: io.Discard}, getenv: func(name string) string { return map[string]string{"OPENAI_API_KEY": "sk-odd"}[name] }}
	cmd := newRootCmd(a)
	cmd.SetArgs([]string{
		"eval", "qa", "--data", data, "--strategy", "self-rag", "--without-rule", "verbatim", "--without-rule", "quote", "--no-short-answer", "--json", "--timeout", timeout,
		"--model", "openai/m", "--openai-address", s.Address, "--embedder", "none", "--rerank", "none", "--data-dir", t.TempDir(),
	})
	code, message := outcome(cmd.ExecuteContext(t.Context()), false)
	return code, message + out.String()
}
