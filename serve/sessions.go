package serve

import (
	"context"
	"errors"
	"iter"
	"time"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/session"
)

// Session is a stored conversation.
type Session = session.Session

// SessionInfo describes a session.
type SessionInfo = session.Info

func (s *Scope) sessions() (*session.Store, error) {
	if _, err := s.grant.tenant.Name(); err != nil {
		return nil, &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	return s.service.cfg.Sessions(s.grant.tenant)
}

// Sessions lists the sessions about collections that the grant covers.
func (s *Scope) Sessions(ctx context.Context) ([]SessionInfo, error) {
	store, err := s.sessions()
	if err != nil {
		return nil, explain(ctx, err)
	}
	all, err := store.List()
	if err != nil {
		return nil, explain(ctx, err)
	}
	mine := []SessionInfo{}
	for _, info := range all {
		if info.Problem == "" && s.grant.reads(info.Collection) {
			mine = append(mine, info)
		}
	}
	return mine, nil
}

// Session returns a session with all its turns.
func (s *Scope) Session(ctx context.Context, name string) (Session, error) {
	kept, err := s.openSession(name)
	return kept, explain(ctx, err)
}

func (s *Scope) openSession(name string) (Session, error) {
	store, err := s.sessions()
	if err != nil {
		return Session{}, err
	}
	unknown := errorf(NotFound, "there is no session %q", name)
	if session.Check(name) != nil {
		return Session{}, unknown
	}
	_, kept, fresh, err := store.Open(name)
	if err != nil {
		return Session{}, err
	}
	if fresh {
		return Session{}, unknown
	}
	return kept, s.grant.mayRead(kept.Collection)
}

// DeleteSession removes a session. Everybody who may read a collection shares
// the sessions about it. So the caller must be allowed to write to the
// collection of the session.
func (s *Scope) DeleteSession(ctx context.Context, name string) error {
	kept, err := s.openSession(name)
	if err != nil {
		return explain(ctx, err)
	}
	if err := s.grant.mayWrite(kept.Collection); err != nil {
		return explain(ctx, err)
	}
	store, err := s.sessions()
	if err != nil {
		return explain(ctx, err)
	}
	return explain(ctx, store.Delete(name))
}

// hold reserves a session for one question, because a session can take only one
// question at a time. release ends the reservation.
func (s *Scope) hold(name string) (release func(), err error) {
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return nil, err
	}
	key := tenant + "\x00" + name
	s.service.mu.Lock()
	defer s.service.mu.Unlock()
	if s.service.busy[key] {
		return nil, errorf(Conflict, "session %q has a question under way: wait for its answer", name)
	}
	s.service.busy[key] = true
	return func() {
		s.service.mu.Lock()
		defer s.service.mu.Unlock()
		delete(s.service.busy, key)
	}, nil
}

// askInSession asks a question in a session, which it creates if necessary. All
// questions of a session are about the same collection. Otherwise the holder of
// a key for one collection could read answers about another.
func (s *Scope) askInSession(ctx context.Context, a *agent.Agent, q Question, assigned Assignment) (iter.Seq2[agent.Event, error], error) {
	store, err := s.sessions()
	if err != nil {
		return nil, err
	}
	release, err := s.hold(q.Session)
	if err != nil {
		return nil, err
	}
	file, kept, fresh, err := store.Open(q.Session)
	if err == nil && !fresh && kept.Collection != q.Collection {
		err = errorf(Conflict, "session %q is about another collection", q.Session)
	}
	if err != nil {
		release()
		return nil, err
	}
	kept.Collection, kept.Strategy = q.Collection, q.Strategy
	talk := conversation.New(conversation.Config{Window: maxHistory})
	talk.Restore(kept.State)
	asked := time.Now()
	return func(yield func(agent.Event, error) bool) {
		defer release()
		for e, err := range a.Ask(ctx, agent.Question{Text: q.Text, Conversation: talk}) {
			if end, ok := e.(agent.Answered); ok {
				kept.State = talk.State()
				kept.Turns = append(kept.Turns, session.Turn{Asked: asked, Answer: end.Answer, Assignment: assigned})
				if saveErr := file.Save(kept, time.Now()); saveErr != nil {
					yield(nil, errors.Join(err, saveErr))
					return
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}, nil
}
