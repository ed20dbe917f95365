package content

import (
	"fmt"

	"selfrag/retrieval"
)

// The errors of readers. The error of a reader wraps one of these, unless only one
// kind of file can have it.
var (
	ErrEncrypted = retrieval.Because(retrieval.CauseEncrypted, "encrypted: save a copy without a password")
	ErrDamaged   = retrieval.Because(retrieval.CauseDamaged, "damaged, or not of the type that its name says")
	ErrEmpty     = retrieval.Because(retrieval.CauseEmpty, "empty: it holds no text")
	ErrTooLarge  = retrieval.Because(retrieval.CauseTooLarge, "split it, or raise the limit (max_file_mb)")
)

// TooLarge returns an ErrTooLarge that names the limit.
func TooLarge(maxBytes int64) error {
	return fmt.Errorf("larger than %d bytes, the most that is read: %w", maxBytes, ErrTooLarge)
}
