package serve

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"selfrag/agent"
)

// Feedback is a person's opinion of an answer.
type Feedback struct {
	Time     time.Time `json:"time"`
	Tenant   string    `json:"tenant"`
	Answer   string    `json:"answer"` // id of the answer, as AnswerID returned it, without its signature
	TraceID  string    `json:"trace_id,omitempty"`
	Strategy string    `json:"strategy,omitempty"`
	Thumb    string    `json:"thumb,omitempty"` // up or down; may be empty if there is a comparison
	Comment  string    `json:"comment,omitempty"`
	Identity string    `json:"identity,omitempty"` // id of the key that the feedback came with
	// Assignment is the assignment of the question, if an experiment ran.
	Assignment
	// Comparison is a vote between this answer and another one to the same
	// question. It is nil if there was no vote.
	Comparison *Comparison `json:"compare,omitempty"`
}

// Comparison is a vote between two answers.
type Comparison struct {
	With     string `json:"with"`               // id of the other answer, as AnswerID returned it, without its signature
	Strategy string `json:"strategy,omitempty"` // strategy of the other answer
	// Better is "answer" if Feedback.Answer is better, "with" if With is better,
	// or "neither".
	Better string `json:"better"`
	// Blind says that the voter could not see the strategies of the answers.
	Blind bool `json:"blind"`
}

// FeedbackSink stores feedback or passes it on.
type FeedbackSink interface {
	Feedback(ctx context.Context, f Feedback) error
}

// AnswerID returns an id with which a caller can give feedback on an answer.
// The id contains the id of the answer's trace (or, without a trace, a hash of
// the answer's text and cost), its strategy and the assignment of its question.
// The id is signed, so that it is valid only for the tenant.
func (s *Scope) AnswerID(a agent.Answer, of Assignment) (string, error) {
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return "", err
	}
	name, err := AnswerName(a)
	if err != nil {
		return "", err
	}
	name += "." + a.Strategy
	if of.Arm != "" {
		name += "." + of.Experiment + "." + of.Arm + "." + of.Unit
	}
	return name + "-" + s.service.sign(tenant, name), nil
}

// AnswerName returns the name by which Feedback.Answer refers to an answer:
// "trace-" and the id of its trace, or "answer-" and a hash.
func AnswerName(a agent.Answer) (string, error) {
	if a.TraceID != "" {
		return "trace-" + a.TraceID, nil
	}
	// The hash is the same each time, so that an answer from a stored session
	// gets the same name again.
	told, err := json.Marshal([]any{a.Question, a.Strategy, a.Text, a.Usage, a.Timings})
	if err != nil {
		return "", fmt.Errorf("name an answer: %w", err)
	}
	sum := sha256.Sum256(told)
	return "answer-" + hex.EncodeToString(sum[:16]), nil
}

// signed holds the content of an answer's id.
type signed struct {
	answer, strategy string
	Assignment
}

// parseAnswerID returns the content of an id. ok is false if the id was not
// signed for the tenant.
func (s *Service) parseAnswerID(tenant, id string) (told signed, ok bool) {
	at := max(0, strings.LastIndexByte(id, '-'))
	name, signature := id[:at], strings.TrimPrefix(id[at:], "-")
	if !hmac.Equal([]byte(signature), []byte(s.sign(tenant, name))) {
		return told, false
	}
	// The parts of the name are separated by full stops. No part contains one.
	parts := strings.Split(name, ".")
	told.answer = parts[0]
	if len(parts) > 1 {
		told.strategy = parts[1]
	}
	if len(parts) == 5 {
		told.Assignment = Assignment{Experiment: parts[2], Arm: parts[3], Unit: parts[4]}
	}
	return told, true
}

func (s *Service) sign(tenant, name string) string {
	mac := hmac.New(sha256.New, s.cfg.Secret)
	mac.Write([]byte(tenant + "\x00" + name))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// maxComment is the maximum length of a comment in runes.
const maxComment = 4000

// Feedback stores a thumb up or down on an answer, with an optional comment, or
// a vote between two answers. The answers must belong to the tenant.
func (s *Scope) Feedback(ctx context.Context, f Feedback) error {
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	if f.Thumb != "up" && f.Thumb != "down" && (f.Thumb != "" || f.Comparison == nil) {
		return Wrong("thumb", `the thumb must be "up" or "down"`)
	}
	if !utf8.ValidString(f.Comment) || utf8.RuneCountInString(f.Comment) > maxComment {
		return Wrong("comment", "the comment must be UTF-8 of at most %d characters", maxComment)
	}
	told, ok := s.service.parseAnswerID(tenant, f.Answer)
	if !ok {
		return &Error{Kind: NotFound, Param: "answer", Message: "there is no such answer"}
	}
	f.Answer, f.Strategy, f.Assignment = told.answer, told.strategy, told.Assignment
	if c := f.Comparison; c != nil {
		kept := *c
		if kept.Better != "answer" && kept.Better != "with" && kept.Better != "neither" {
			return Wrong("compare", `better must be "answer", "with" or "neither"`)
		}
		other, ok := s.service.parseAnswerID(tenant, c.With)
		if !ok {
			return &Error{Kind: NotFound, Param: "compare", Message: "there is no such answer to compare with"}
		}
		kept.With, kept.Strategy = other.answer, other.strategy
		if kept.With == f.Answer {
			return Wrong("compare", "an answer cannot be compared with itself")
		}
		f.Comparison = &kept
	}
	if s.service.cfg.Feedback == nil {
		return errorf(Conflict, "this server keeps no feedback")
	}
	f.Tenant, f.Time = tenant, cmp.Or(f.Time, time.Now().UTC())
	f.TraceID = ""
	if trace, ok := strings.CutPrefix(f.Answer, "trace-"); ok {
		f.TraceID = trace
	}
	return explain(ctx, s.service.cfg.Feedback.Feedback(ctx, f))
}
