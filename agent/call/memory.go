package call

import (
	"sync"
	"sync/atomic"

	"github.com/tmc/langchaingo/llms"
)

// memory holds what calls have shown about a model. It outlives a turn, so that
// the next turn need not find it out again.
type memory struct {
	// room is the number of tokens that a text needs beyond its own limit,
	// because the model thinks before it writes.
	room atomic.Int64
}

// remembering is a model that keeps what its callers find out about it. The
// clients of model servers do.
type remembering interface{ Memory() *sync.Map }

// memoryKey is the key of a memory in a model's map.
type memoryKey struct{}

// memoryOf returns the memory that a model keeps, or else the one in kept, which
// may be nil.
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

// rooms returns how many tokens a text is given beyond its limit, one after the
// other, if the limit ended the call before the first word. Models that think
// take some hundred to some thousand tokens. Not measured.
func rooms() []int { return []int{1 << 10, 1 << 12, 1 << 14} }

// roomier returns the next larger room. ok is false if there is none.
func roomier(room int) (next int, ok bool) {
	for _, next := range rooms() {
		if next > room {
			return next, true
		}
	}
	return 0, false
}

// needs records that a text came only with this room.
func (m *memory) needs(room int) {
	for {
		have := m.room.Load()
		if int64(room) <= have || m.room.CompareAndSwap(have, int64(room)) {
			return
		}
	}
}
