package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"syscall"
	"time"

	"selfrag/internal/oddmodel"
	"selfrag/internal/processtest"
)

// server is a running program, such as `selfrag serve`.
type server struct {
	address string // of `selfrag serve`
	cmd     *exec.Cmd
	ended   chan error
	client  http.Client
}

// serve starts the program as a server with more arguments, and waits until it
// answers.
func (s settings) serve(ctx context.Context, arguments ...string) (*server, error) {
	address := ""
	all := append([]string{"serve", "--listen", "127.0.0.1:0", "--page=false", "--rate", "-1"}, arguments...)
	srv, err := s.start(ctx, all, func(line []byte) bool {
		var said struct{ Msg, Address string }
		if json.Unmarshal(line, &said) == nil && said.Msg == "serving" {
			address = said.Address
		}
		return address != ""
	})
	if err != nil {
		return nil, err
	}
	srv.address = address
	srv.client.Transport = &http.Transport{MaxIdleConnsPerHost: 200}
	return srv, nil
}

// start starts the program and waits until a line of its standard error says that it
// is ready.
func (s settings) start(ctx context.Context, arguments []string, ready func(line []byte) bool) (*server, error) {
	cmd := exec.CommandContext(ctx, s.selfrag, arguments...) //nolint:gosec // the program to measure
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = plainEnvironment()
	told, err := cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start selfrag %s: %w", arguments[0], err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start selfrag %s: %w", arguments[0], err)
	}
	var said bytes.Buffer
	lines := bufio.NewScanner(io.TeeReader(told, &said))
	for lines.Scan() {
		if !ready(lines.Bytes()) {
			continue
		}
		srv := &server{cmd: cmd, ended: make(chan error, 1)}
		go func() {
			_, _ = io.Copy(io.Discard, told)
			srv.ended <- cmd.Wait()
		}()
		return srv, nil
	}
	return nil, fmt.Errorf("selfrag %s did not start: %w\n%s", arguments[0], cmd.Wait(), said.Bytes())
}

// stop ends the program.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the program: %w", err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			return fmt.Errorf("the program ended: %w", err)
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the program does not stop"), s.cmd.Process.Kill())
	}
}

// errBusy says that a server told a client to come again later.
var errBusy = errors.New("the server is busy")

// post sends a request and reads the whole answer. Another status than 200 is an
// error: errBusy for 429 and 503.
func (s *server) post(ctx context.Context, path, key string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write a request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address+path, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("write a request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read an answer of the server: %w", err)
	}
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return errBusy
	default:
		return fmt.Errorf("%s: status %d: %s", path, answer.StatusCode, text)
	}
}

// each is a side that sends one request for each question, one after another. Its
// processor time and memory are those of the server.
func (s *server) each(name, path string, questions []string, body func(question string) any) side {
	return side{name: name, run: func(ctx context.Context) (turn, error) {
		before, err := processtest.ProcessorOf(s.cmd.Process.Pid)
		if err != nil {
			return turn{}, err
		}
		begin := time.Now()
		for _, q := range questions {
			if err := s.post(ctx, path, "", body(q)); err != nil {
				return turn{}, err
			}
		}
		t := turn{wall: time.Since(begin)}
		after, err := processtest.ProcessorOf(s.cmd.Process.Pid)
		if err != nil {
			return turn{}, err
		}
		t.processor = after - before
		_, t.memory, err = processtest.Memory(s.cmd.Process.Pid)
		return t, err
	}}
}

// instantModel serves a model that answers at once: with the first passage, and
// with the best of all grades.
func instantModel() (address string, stop func(), err error) {
	model, err := oddmodel.New("healthy", oddmodel.Replies{Draft: "[1]"})
	if err != nil {
		return "", nil, fmt.Errorf("make a model: %w", err)
	}
	hs := httptest.NewServer(model)
	return hs.URL + "/v1", hs.Close, nil
}
