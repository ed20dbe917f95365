package call

import (
	"context"
	"slices"
	"sync"
)

// replyCache keeps the replies of one turn, so that identical calls are made
// once. The first caller makes the call. An identical call that comes in the
// meantime waits for the same reply. A replyCache also keeps the latest
// prompts, to estimate how much of a new prompt the server has already read as
// the beginning of an earlier prompt. The zero value is empty. It is safe for
// concurrent use.
type replyCache struct {
	mu      sync.Mutex
	replies map[string]*pending
	recent  []string // the latest prompts, newest last
}

// pending is a call in progress or its result. done is closed when the call
// ends.
type pending struct {
	done  chan struct{}
	reply reply
	err   error
}

// do returns the reply for a key. If there is none yet, it calls ask and
// returns fresh as true. Errors are not kept. If a call fails, one of the
// callers that wait for its reply makes the call again.
func (c *replyCache) do(ctx context.Context, key string, ask func() (reply, error)) (r reply, fresh bool, err error) {
	for {
		c.mu.Lock()
		p, found := c.replies[key]
		if !found {
			p = &pending{done: make(chan struct{})}
			if c.replies == nil {
				c.replies = map[string]*pending{}
			}
			c.replies[key] = p
		}
		c.mu.Unlock()
		if !found {
			p.reply, p.err = ask()
			if p.err != nil {
				c.mu.Lock()
				delete(c.replies, key)
				c.mu.Unlock()
			}
			close(p.done)
			return p.reply, true, p.err
		}
		select {
		case <-ctx.Done():
			return reply{}, false, context.Cause(ctx)
		case <-p.done:
			if p.err == nil {
				return p.reply, false, nil
			}
		}
	}
}

// recentPrompts is the assumed number of prompts that a server remembers. Not
// measured.
const recentPrompts = 4

// shared adds a prompt to the latest prompts. It returns the share of the
// prompt, in [0,1], that an earlier prompt begins with, too.
func (c *replyCache) shared(prompt string) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	longest := 0
	for _, before := range c.recent {
		n := 0
		for n < min(len(before), len(prompt)) && before[n] == prompt[n] {
			n++
		}
		longest = max(longest, n)
	}
	c.recent = append(c.recent, prompt)
	if len(c.recent) > recentPrompts {
		c.recent = slices.Delete(c.recent, 0, 1)
	}
	if prompt == "" {
		return 0
	}
	return float64(longest) / float64(len(prompt))
}
