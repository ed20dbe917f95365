//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
)

func (l *faultLoad) post(path, contentType string, body io.Reader) (status int, content string, err error) {
	resp, err := l.client.Post(l.url+path, contentType, body)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		err = cutError{err}
	}
	return resp.StatusCode, string(all), err
}

// cutError marks an error after the beginning of an answer.
type cutError struct{ error }

// send posts JSON and returns the outcome: "ok", the error code of a
// well-formed error, or a description of something unexpected.
func (l *faultLoad) send(path string, body any) (outcome, content string) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return "broken request: " + err.Error(), ""
	}
	status, content, err := l.post(path, "application/json", bytes.NewReader(encoded))
	return outcomeOf(status, content, err), content
}

func outcomeOf(status int, content string, err error) string {
	var body struct {
		Error struct{ Code, Message string }
	}
	var cut cutError
	switch {
	case errors.As(err, &cut):
		return "cut: " + err.Error()
	case err != nil:
		return "broken: " + err.Error()
	case status < 300:
		return "ok"
	case json.Unmarshal([]byte(content), &body) != nil || body.Error.Code == "" || body.Error.Message == "":
		return fmt.Sprintf("%d without an error's form: %s", status, content)
	case status == 500 || status < 429:
		return fmt.Sprintf("%d %s", status, body.Error.Code)
	}
	return fmt.Sprint(status)
}

const faultQuestion = "How many lanes has the bridge?"

func (l *faultLoad) search(_, _ int) string {
	outcome, content := l.send("/api/v1/search", map[string]any{"query": "bridge lanes"})
	if outcome == "ok" && !strings.Contains(content, "two lanes") {
		return "found nothing: " + content
	}
	return outcome
}

func (l *faultLoad) ask(_, _ int) string {
	outcome, _ := l.send("/api/v1/ask", map[string]any{"question": faultQuestion})
	return outcome
}

// feedback asks a question and gives a thumb on its answer.
func (l *faultLoad) feedback(client, n int) string {
	outcome, content := l.send("/api/v1/ask", map[string]any{"question": faultQuestion, "strategy": "two-stage"})
	if outcome != "ok" {
		return outcome
	}
	var answer struct{ ID string }
	if err := json.Unmarshal([]byte(content), &answer); err != nil {
		return err.Error()
	}
	comment := fmt.Sprintf("comment %d-%d. %s", client, n, strings.Repeat("좋아요 ", 30))
	if outcome, _ = l.send("/api/v1/feedback", map[string]any{"answer": answer.ID, "thumb": "up", "comment": comment}); outcome == "ok" {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.comments = append(l.comments, comment)
	}
	return outcome
}

// session asks several questions in each session.
func (l *faultLoad) session(client, n int) string {
	name := fmt.Sprintf("talk-%d-%d", client, n/4)
	outcome, _ := l.send("/api/v1/ask", map[string]any{"question": faultQuestion, "session": name, "strategy": "two-stage"})
	if outcome == "ok" {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.sessions[name]++
	}
	return outcome
}

func (l *faultLoad) upload(client, n int) string {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	name := fmt.Sprintf("report-%d-%d.txt", client, n)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		return err.Error()
	}
	fmt.Fprintf(part, "Report word%dx%d says that the harbour has a crane.\n%s", client, n, strings.Repeat("The crane lifts. ", 400))
	if err := w.Close(); err != nil {
		return err.Error()
	}
	status, content, err := l.post("/api/v1/collections/reports/documents", w.FormDataContentType(), &form)
	outcome := outcomeOf(status, content, err)
	if outcome == "ok" {
		var job struct{ ID string }
		if err := json.Unmarshal([]byte(content), &job); err != nil || job.ID == "" {
			return "no job: " + content
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.uploads[name] = job.ID
	}
	return outcome
}

func (l *faultLoad) stream(_, _ int) string {
	return l.events("/v1/chat/completions", chatQuestion, func(line string) bool { return line == "data: [DONE]" })
}

func (l *faultLoad) steps(_, _ int) string {
	return l.events("/api/v1/ask", `{"question":"`+faultQuestion+`","stream":true}`, func(line string) bool { return line == "event: answer" })
}

// events reads a stream to its end, which must be an answer or an error.
func (l *faultLoad) events(path, body string, isEnd func(line string) bool) string {
	resp, err := l.client.Post(l.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		return "broken: " + err.Error()
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		content, err := io.ReadAll(resp.Body)
		if err != nil {
			err = cutError{err}
		}
		return outcomeOf(resp.StatusCode, string(content), err)
	}
	outcome := "a stream without an end"
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		var data struct{ Error *struct{ Code string } }
		switch {
		case isEnd(line):
			outcome = "ok"
		case strings.HasPrefix(line, "data: {") && json.Unmarshal([]byte(line[len("data: "):]), &data) == nil && data.Error != nil:
			outcome = "stream " + data.Error.Code
		}
	}
	if err := lines.Err(); err != nil && outcome == "a stream without an end" {
		return "cut: " + err.Error()
	}
	return outcome
}
