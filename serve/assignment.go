package serve

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"selfrag/session"
)

// Assignment is the part of a question in the running experiment.
type Assignment = session.Assignment

// Local is the caller of requests without a key: anybody on this machine.
const Local = "local"

// maxUser is the length of a user's id in runes.
const maxUser = 256

// Asker is who asks a question, as far as the request tells.
type Asker struct {
	// User is the id of a person, in the words of the caller; may be empty.
	User string
	// Caller is the public id of the key that the request came with, or Local;
	// may be empty.
	Caller string
	// Protocol is how the question came, in a word such as "chat".
	Protocol string
}

// Known is the user, or else the key; empty where neither is told.
func (a Asker) Known() string {
	switch {
	case a.User != "":
		return a.User
	case a.Caller == Local:
		return ""
	}
	return a.Caller
}

func (a Asker) checkUser() error {
	if !utf8.ValidString(a.User) || utf8.RuneCountInString(a.User) > maxUser {
		return Wrong("user", "the user must be UTF-8 of at most %d characters", maxUser)
	}
	return nil
}

// Asked tells of a question where it comes from and what it belongs to, without
// its content.
type Asked struct {
	Asker
	Assignment
	Tenant  string
	Session string
}

// assign chooses the strategy of a question that names none: that of its arm
// while an experiment runs, else the service's.
func (s *Scope) assign(q *Question) (Assignment, error) {
	arms := s.service.cfg.Arms
	q.Named = q.Strategy != "" || arms.On()
	if q.Strategy != "" {
		return Assignment{}, nil
	}
	q.Strategy = s.service.cfg.Strategy
	if !arms.On() {
		return Assignment{}, nil
	}
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return Assignment{}, &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	kind, id := unitOf(*q)
	q.Strategy = arms.Assign(tenant, kind+"\x00"+id)
	return Assignment{Experiment: arms.experiment, Arm: q.Strategy, Unit: kind + "-" + s.service.pseudonym(tenant, kind, id)}, nil
}

// unitOf is to whom or what the arm of a question is assigned: the narrowest
// that the request tells of a person. A question of which nothing is told is
// a unit of its own, so that its arm holds for it alone.
func unitOf(q Question) (kind, id string) {
	switch {
	case q.User != "":
		return "user", q.User
	case q.Session != "":
		return "session", q.Session
	case q.Caller != "" && q.Caller != Local:
		return "key", q.Caller
	}
	return "question", rand.Text()
}

// pseudonym stands for a unit where its id must not be read.
func (s *Service) pseudonym(tenant, kind, id string) string {
	mac := hmac.New(sha256.New, s.cfg.Secret)
	for _, text := range []string{"unit", tenant, kind, id} {
		sum := sha256.Sum256([]byte(text))
		mac.Write(sum[:])
	}
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// label lets the wiring label the context of a turn, as for its trace.
func (s *Service) label(ctx context.Context, a Asked) context.Context {
	if s.cfg.Label == nil {
		return ctx
	}
	return s.cfg.Label(ctx, a)
}
