package main

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

// errCallback says that a request wants an answer sent to where no answer of
// Kakao's goes.
var errCallback = errors.New("the callback is not to Kakao")

// callbackTo checks an address before anything is sent there: https, the
// usual port, and one of the hosts. Its certificate must be theirs, so a name
// that points at this network leads nowhere.
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

// answerLater answers where the request said, before the minute is over.
func (s *skill) answerLater(ctx context.Context, p payload, asked, to string, received time.Time) {
	// Some seconds are kept for saying that there is no answer.
	limited, cancel := context.WithDeadline(ctx, received.Add(answerTime-5*time.Second))
	defer cancel()
	a, err := s.desk.Ask(limited, p.thread(), asked)
	reply := answered(a)
	if err != nil {
		s.log.Error("a question was not answered", "error", err)
		reply = plain(wordsFor(asked).failed)
	}
	// The user is told even while the program is being ended.
	late, stop := context.WithDeadline(context.WithoutCancel(ctx), received.Add(answerTime))
	defer stop()
	if err := s.post(late, to, reply); err != nil {
		s.log.Error("an answer was not delivered", "error", err)
	}
}

// post sends a reply. It is not sent again: an address is good for one.
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
		var failed *url.Error // it names the address, which is as good as a key
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
