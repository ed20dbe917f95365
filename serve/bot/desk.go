package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/retrieval/text"
	"selfrag/serve"
)

// The limits of the conversations that a desk keeps in memory. If there are too many
// threads, the one that was silent longest is forgotten. A restart forgets all.
const (
	remembered = 1000 // maximum number of threads
	window     = 4    // maximum number of exchanges of a thread; the service uses no more
)

// Asker answers questions. A *serve.Scope is one.
type Asker interface {
	Ask(ctx context.Context, q serve.Question) (serve.Turn, error)
}

// Config configures a Desk.
type Config struct {
	Asker      Asker
	Collection string // collection to ask about; empty means the default of the service
	Protocol   string // short name of the chat service, such as "slack"
	// AtATime is the maximum number of questions that are answered at once; default
	// 4. Waiting is the maximum number of questions that wait; default 64.
	AtATime, Waiting int
}

// Desk answers the questions of many threads. It is safe for concurrent use.
type Desk struct {
	cfg     Config
	threads *lru.Cache[string, *thread]
	slots   chan struct{}
	ctx     context.Context //nolint:containedctx // for tasks, which outlive their requests
	cancel  context.CancelFunc

	mu     sync.Mutex
	tasks  int
	most   int
	closed bool
	idle   chan struct{} // closed after Close when the last task has ended
}

// NewDesk returns a desk. The caller must close it.
func NewDesk(cfg Config) *Desk {
	cfg.AtATime, cfg.Waiting = cmp.Or(cfg.AtATime, 4), cmp.Or(cfg.Waiting, 64)
	d := &Desk{cfg: cfg, slots: make(chan struct{}, cfg.AtATime), most: cfg.AtATime + cfg.Waiting, idle: make(chan struct{})}
	d.threads, _ = lru.New[string, *thread](remembered) // fails for a size below 1 only
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// thread is a conversation, with one question at a time.
type thread struct {
	turn chan struct{} // holds one token during a question
	said []conversation.Exchange

	mu   sync.Mutex
	last *agent.Answer
}

func (d *Desk) thread(id string) *thread {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t, ok := d.threads.Get(id); ok {
		return t
	}
	t := &thread{turn: make(chan struct{}, 1)}
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
	// All questions of a thread belong to one arm of an experiment. The service
	// gets a hash of the thread's id, because the id may name people.
	sum := sha256.Sum256([]byte(d.cfg.Protocol + "\x00" + id))
	turn, err := d.cfg.Asker.Ask(ctx, serve.Question{
		Asker: serve.Asker{User: hex.EncodeToString(sum[:8]), Protocol: d.cfg.Protocol},
		Text:  question, Collection: d.cfg.Collection, History: t.said,
	})
	if err != nil {
		return agent.Answer{}, err
	}
	for e, err := range turn.Events {
		if err != nil {
			return agent.Answer{}, err
		}
		if end, ok := e.(agent.Answered); ok {
			t.remember(question, end.Answer)
			return end.Answer, nil
		}
	}
	return agent.Answer{}, errors.New("the agent ended without an answer")
}

// remember adds an answer to the thread. The caller must hold its turn.
func (t *thread) remember(question string, a agent.Answer) {
	said := conversation.Exchange{Question: question}
	if !a.Abstained {
		said.Answer = a.Text
	}
	t.said = append(t.said, said)
	t.said = t.said[max(0, len(t.said)-window):]
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = &a
}

// WithNote returns the text of an answer. If the answer consists of sentences of the
// documents because no language model could be reached, a note at the end says so.
func WithNote(a agent.Answer) string {
	if a.Degraded == "" || a.Strategy != (agent.Extractive{}).Name() {
		return a.Text
	}
	if text.Language(a.Question) == "ko" {
		return a.Text + "\n\n(지금은 언어 모델에 연결할 수 없어, 문서의 문장을 그대로 보여 드립니다.)"
	}
	return a.Text + "\n\n(No language model can be reached right now: these are sentences quoted from the documents.)"
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
// when ctx ends.
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
	return err
}
