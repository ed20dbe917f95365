package content

import (
	"errors"
	"fmt"
)

// The errors of readers. The error of a reader wraps one of these, unless only one
// kind of file can have it.
var (
	ErrEncrypted = errors.New("encrypted: save a copy without a password")
	ErrDamaged   = errors.New("damaged, or not of the type that its name says")
	ErrEmpty     = errors.New("empty: it holds no text")
	ErrTooLarge  = errors.New("split it, or raise the limit (max_file_mb)")
)

// TooLarge returns an ErrTooLarge that names the limit.
func TooLarge(maxBytes int64) error {
	return fmt.Errorf("larger than %d bytes, the most that is read: %w", maxBytes, ErrTooLarge)
}
