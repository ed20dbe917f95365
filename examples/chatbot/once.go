package chatbot

import lru "github.com/hashicorp/golang-lru/v2"

// Once tells messages that come again: chat services send one anew where they
// did not hear in time that it was taken. The zero value is not ready; see
// NewOnce.
type Once struct{ seen *lru.Cache[string, struct{}] }

// NewOnce remembers the last 10,000 messages.
func NewOnce() Once {
	seen, _ := lru.New[string, struct{}](10_000) // fails for a size below 1 only
	return Once{seen}
}

// First tells whether the message is new, and remembers it.
func (o Once) First(id string) bool {
	known, _ := o.seen.ContainsOrAdd(id, struct{}{})
	return !known
}

// Forget lets a message come again: it was not taken after all.
func (o Once) Forget(id string) { o.seen.Remove(id) }
