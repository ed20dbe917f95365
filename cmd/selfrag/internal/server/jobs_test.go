package server

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestAnUploadThatDoesNotStopHoldsNobodyUp(t *testing.T) {
	stopped := make(chan struct{})
	close(stopped)
	for name, tc := range map[string]struct {
		done     chan struct{}
		patience time.Duration
		told     bool
	}{
		"it stops":    {stopped, time.Hour, false},
		"it does not": {make(chan struct{}), time.Nanosecond, true},
	} {
		var log bytes.Buffer
		awaitJobs(tc.done, tc.patience, slog.New(slog.NewJSONHandler(&log, nil)))
		if told := strings.Contains(log.String(), "did not stop"); told != tc.told {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}
