package chatbot

import (
	"context"
	"errors"
	"fmt"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"selfrag/agent"
	"selfrag/agent/conversation"
)

// remembered is the number of threads that are remembered, in memory only. The
// threads that were silent longest are forgotten first, and a restart forgets
// all.
const remembered = 1000

// Desk answers the questions of many threads. It is safe for concurrent use.
type Desk struct {
	newAgent func(ctx context.Context) (*agent.Agent, error)
	closers  []func() error
	threads  *lru.Cache[string, *thread]
	slots    chan struct{}
	ctx      context.Context //nolint:containedctx // for tasks, which outlive their requests
	cancel   context.CancelFunc

	mu     sync.Mutex
	tasks  int
	most   int
	closed bool
	idle   chan struct{} // closed after Close when the last task has ended
}

func newDesk(atATime, waiting int) *Desk {
	d := &Desk{slots: make(chan struct{}, atATime), most: atATime + waiting, idle: make(chan struct{})}
	d.threads, _ = lru.New[string, *thread](remembered) // fails for a size below 1 only
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// thread is a conversation, with one question at a time.
type thread struct {
	turn chan struct{}
	talk *conversation.Memory

	mu   sync.Mutex
	last *agent.Answer
}

func (d *Desk) thread(id string) *thread {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t, ok := d.threads.Get(id); ok {
		return t
	}
	t := &thread{turn: make(chan struct{}, 1), talk: conversation.New(conversation.Config{})}
	d.threads.Add(id, t)
	return t
}

// Ask answers a question in a thread, after the earlier questions of that
// thread.
func (d *Desk) Ask(ctx context.Context, id, question string) (agent.Answer, error) {
	t := d.thread(id)
	for _, wait := range []chan struct{}{t.turn, d.slots} {
		select {
		case wait <- struct{}{}:
			defer func() { <-wait }()
		case <-ctx.Done():
			return agent.Answer{}, fmt.Errorf("wait for a turn: %w", ctx.Err())
		}
	}
	a, err := d.newAgent(ctx)
	if err != nil {
		return agent.Answer{}, err
	}
	for e, err := range a.Ask(ctx, agent.Question{Text: question, Conversation: t.talk}) {
		if err != nil {
			return agent.Answer{}, err
		}
		if end, ok := e.(agent.Answered); ok {
			t.mu.Lock()
			t.last = &end.Answer
			t.mu.Unlock()
			return end.Answer, nil
		}
	}
	return agent.Answer{}, errors.New("the agent ended without an answer")
}

// Last returns the last answer in a thread.
func (d *Desk) Last(id string) (agent.Answer, bool) {
	t, ok := d.threads.Get(id)
	if !ok {
		return agent.Answer{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		return agent.Answer{}, false
	}
	return *t.last, true
}

// Go runs a task that outlives its request. It returns false if too many tasks
// are running or the desk is closed.
func (d *Desk) Go(task func(ctx context.Context)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.tasks >= d.most {
		return false
	}
	d.tasks++
	go func() {
		defer func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.tasks--; d.closed && d.tasks == 0 {
				close(d.idle)
			}
		}()
		task(d.ctx)
	}()
	return true
}

// Close accepts no more tasks and waits for the running ones. It cancels them
// when ctx ends. Then it releases the parts.
func (d *Desk) Close(ctx context.Context) error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	if d.tasks == 0 {
		close(d.idle)
	}
	d.mu.Unlock()
	var err error
	select {
	case <-d.idle:
	case <-ctx.Done():
		err = fmt.Errorf("some answers were not finished: %w", ctx.Err())
	}
	d.cancel()
	<-d.idle
	for _, closePart := range d.closers {
		err = errors.Join(err, closePart())
	}
	return err
}
