package term

import (
	"fmt"
	"io"
	"strings"
)

// TellDegraded says what an answer was given without, beyond what was told
// before.
func TellDegraded(w io.Writer, degraded, told string) {
	if told != "" {
		degraded = strings.TrimPrefix(strings.TrimPrefix(degraded, told), "; ")
	}
	if degraded != "" {
		fmt.Fprintln(w, degraded)
	}
}
