package serve

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"selfrag/agent"
)

// Feedback is what a person thinks of an answer.
type Feedback struct {
	Time     time.Time `json:"time"`
	Tenant   string    `json:"tenant"`
	Answer   string    `json:"answer"` // as AnswerID gave it, without its signature
	TraceID  string    `json:"trace_id,omitempty"`
	Thumb    string    `json:"thumb"` // up or down
	Comment  string    `json:"comment,omitempty"`
	Identity string    `json:"identity,omitempty"` // who gave it: the id of the key
}

// FeedbackSink keeps feedback, or passes it on.
type FeedbackSink interface {
	Feedback(ctx context.Context, f Feedback) error
}

// AnswerID names an answer for feedback: its trace, or a number of its own,
// signed for the tenant.
func (s *Scope) AnswerID(a agent.Answer) (string, error) {
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return "", err
	}
	name, prefix := a.TraceID, "trace-"
	if name == "" {
		prefix = "answer-"
		random := make([]byte, 16)
		_, _ = rand.Read(random) // never fails
		name = hex.EncodeToString(random)
	}
	return prefix + name + "-" + s.service.sign(tenant, prefix+name), nil
}

func (s *Service) sign(tenant, name string) string {
	mac := hmac.New(sha256.New, s.cfg.Secret)
	mac.Write([]byte(tenant + "\x00" + name))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// maxComment is the length of a comment in runes.
const maxComment = 4000

// Feedback takes a thumb, and perhaps a comment, on an answer of the tenant.
func (s *Scope) Feedback(ctx context.Context, f Feedback) error {
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	if f.Thumb != "up" && f.Thumb != "down" {
		return Wrong("thumb", `the thumb must be "up" or "down"`)
	}
	if !utf8.ValidString(f.Comment) || utf8.RuneCountInString(f.Comment) > maxComment {
		return Wrong("comment", "the comment must be UTF-8 of at most %d characters", maxComment)
	}
	at := max(0, strings.LastIndexByte(f.Answer, '-'))
	name, signature := f.Answer[:at], strings.TrimPrefix(f.Answer[at:], "-")
	if !hmac.Equal([]byte(signature), []byte(s.service.sign(tenant, name))) {
		return &Error{Kind: NotFound, Param: "answer", Message: "there is no such answer"}
	}
	if s.service.cfg.Feedback == nil {
		return errorf(Conflict, "this server keeps no feedback")
	}
	f.Answer, f.Tenant, f.Time = name, tenant, cmp.Or(f.Time, time.Now().UTC())
	if trace, ok := strings.CutPrefix(name, "trace-"); ok {
		f.TraceID = trace
	}
	return s.explain(ctx, s.service.cfg.Feedback.Feedback(ctx, f))
}
