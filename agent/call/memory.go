package call

import (
	"sync"
	"sync/atomic"

	"github.com/tmc/langchaingo/llms"
)

// memory is what was found out about a model in its calls. It is kept beyond a
// turn, so that no turn has to find it out anew.
type memory struct {
	// room is how many tokens a text needs beyond its own limit, for the thoughts of
	// a model that thinks before it writes.
	room atomic.Int64
}

// remembering is a model that keeps what its callers find out about it, as long as
// it lives. Clients of servers do.
type remembering interface{ Memory() *sync.Map }

// memoryKey is where a model keeps what is known of its calls.
type memoryKey struct{}

// memoryOf is what is known of a model, kept by itself or else in a place that may
// be nil.
func memoryOf(model llms.Model, kept *sync.Map) *memory {
	if m, ok := model.(remembering); ok {
		kept = m.Memory()
	}
	if kept == nil {
		return &memory{}
	}
	m, _ := kept.LoadOrStore(memoryKey{}, &memory{})
	known, _ := m.(*memory) // nothing else has the key
	return known
}

// rooms are how much more a text is given, in tokens, when its limit ends it before
// it begins: models that think take some hundred to some thousand. Not measured.
func rooms() []int { return []int{1 << 10, 1 << 12, 1 << 14} }

// roomier is the next larger room; ok is false when there is none.
func roomier(room int) (next int, ok bool) {
	for _, next := range rooms() {
		if next > room {
			return next, true
		}
	}
	return 0, false
}

// needs notes that a text came only with this room.
func (m *memory) needs(room int) {
	for {
		have := m.room.Load()
		if int64(room) <= have || m.room.CompareAndSwap(have, int64(room)) {
			return
		}
	}
}
