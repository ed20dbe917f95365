package kakao

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// errCallback reports a callback address that is not one of Kakao's.
var errCallback = errors.New("the callback is not to Kakao")

// callbackTo checks a callback address before anything is sent to it: https,
// the usual port, and one of the allowed hosts. The server's certificate must
// be valid for that host, so a name that points into this network is useless.
func (s *skill) callbackTo(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" {
		return "", errCallback
	}
	for _, host := range s.hosts {
		if u.Host == host || strings.HasSuffix(u.Host, "."+host) {
			return u.String(), nil
		}
	}
	return "", errCallback
}

// answerLater sends the answer to the callback address before the minute is
// over.
func (s *skill) answerLater(ctx context.Context, p payload, asked, to string, received time.Time) {
	// Some seconds are reserved for the message that there is no answer.
	limited, cancel := context.WithDeadline(ctx, received.Add(answerTime-5*time.Second))
	defer cancel()
	a, err := s.desk.Ask(limited, p.thread(), asked)
	reply := answered(a)
	if err != nil {
		s.log.Error("a question was not answered", "error", err)
		reply = plain(wordsFor(asked).failed)
	}
	// The user gets a reply even while the program shuts down.
	late, stop := context.WithDeadline(context.WithoutCancel(ctx), received.Add(answerTime))
	defer stop()
	if err := s.post(late, to, reply); err != nil {
		s.log.Error("an answer was not delivered", "error", err)
	}
}

// post sends a reply once: a callback address accepts only one reply.
func (s *skill) post(ctx context.Context, to string, r response) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("call Kakao back: %w", errCallback)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		var failed *url.Error // its text contains the address, which works like a key
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return fmt.Errorf("call Kakao back: %w", err)
	}
	defer resp.Body.Close()
	var said struct{ Status, Message string }
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err == nil {
		err = json.Unmarshal(content, &said)
	}
	if resp.StatusCode != http.StatusOK || err != nil || said.Status != "SUCCESS" {
		return fmt.Errorf("call Kakao back: %s, status %q, %s", resp.Status, said.Status, said.Message)
	}
	return nil
}
