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

// Assignment holds the experiment, the arm and the unit of a question. It is
// empty if no experiment runs.
type Assignment = session.Assignment

// Local is the id of the caller if a request has no key. It stands for anybody
// on this machine.
const Local = "local"

// maxUser is the maximum length of a user's id in runes.
const maxUser = 256

// Asker holds what a request says about the person or program that asks.
type Asker struct {
	// User is the id of a person, chosen by the caller. It may be empty.
	User string
	// Caller is the public id of the request's key, or Local. It may be empty.
	Caller string
	// Protocol is the short name of the API through which the question came,
	// such as "chat".
	Protocol string
}

// Known returns the id of the user or, if there is none, the id of the caller's
// key. It returns "" if the request has neither.
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

// Asked describes a question without its content: who asks, in which tenant and
// session, and the assignment.
type Asked struct {
	Asker
	Assignment
	Tenant  string
	Session string
}

// assign chooses the strategy for a question that names no strategy. While an
// experiment runs, this is the strategy of the arm that the question belongs
// to. Otherwise it is the strategy of the service.
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

// unitOf returns the unit of a question. All questions of a unit get the same
// arm. The unit is the user if the question names one, or else the session, or
// else the key. If the question has no user, session or key, it is a unit of
// its own.
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

// pseudonym returns a text that stands for a unit and does not reveal its id.
func (s *Service) pseudonym(tenant, kind, id string) string {
	mac := hmac.New(sha256.New, s.cfg.Secret)
	for _, text := range []string{"unit", tenant, kind, id} {
		sum := sha256.Sum256([]byte(text))
		mac.Write(sum[:])
	}
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// label returns a context with the labels that Config.Label adds, for example
// for the trace of the turn.
func (s *Service) label(ctx context.Context, a Asked) context.Context {
	if s.cfg.Label == nil {
		return ctx
	}
	return s.cfg.Label(ctx, a)
}
