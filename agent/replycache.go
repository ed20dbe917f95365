package agent

import (
	"context"
	"slices"
	"sync"
)

// replyCache keeps the replies of one turn, so that an identical call is made
// once, by whoever comes first; those who come meanwhile wait for it. It also
// knows the latest prompts, to tell how much of a new one was read before. It
// is safe for concurrent use.
type replyCache struct {
	mu      sync.Mutex
	replies map[string]*pending
	recent  []string // the latest prompts, newest last
}

// pending is a call under way, or done once the channel is closed.
type pending struct {
	done  chan struct{}
	reply reply
	err   error
}

func newReplyCache() *replyCache { return &replyCache{replies: map[string]*pending{}} }

// do returns the reply of the call under the key, made by ask when there is
// none yet; fresh tells whether this call made it. Errors are not kept. One
// who waits for another's call that fails makes it himself.
func (c *replyCache) do(ctx context.Context, key string, ask func() (reply, error)) (r reply, fresh bool, err error) {
	for {
		c.mu.Lock()
		p, found := c.replies[key]
		if !found {
			p = &pending{done: make(chan struct{})}
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

// recentPrompts is how many prompts a server is taken to remember.
const recentPrompts = 4

// shared notes a prompt and returns the share of it, in [0,1], that it begins
// with in common with one of the latest.
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
