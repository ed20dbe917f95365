package bot

import lru "github.com/hashicorp/golang-lru/v2"

// Once recognises messages that were sent again: chat services repeat a message
// if it was not acknowledged in time. The zero value is not ready for use; see
// NewOnce.
type Once struct{ seen *lru.Cache[string, struct{}] }

// NewOnce returns a Once that remembers the last 10,000 messages.
func NewOnce() Once {
	seen, _ := lru.New[string, struct{}](10_000) // fails for a size below 1 only
	return Once{seen}
}

// First reports whether the message is new, and remembers it.
func (o Once) First(id string) bool {
	known, _ := o.seen.ContainsOrAdd(id, struct{}{})
	return !known
}

// Forget forgets a message that was not accepted, so that it can come again.
func (o Once) Forget(id string) { o.seen.Remove(id) }
