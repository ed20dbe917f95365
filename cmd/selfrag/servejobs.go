package main

import (
	"log/slog"
	"time"
)

// jobsPatience is the time that an ingestion gets to stop at SIGTERM. Together
// with the time for answers it stays within the time that a supervisor must
// allow.
const jobsPatience = 4 * time.Second

// awaitJobs waits until ingestion has stopped, but no longer than patience. A
// job that does not stop continues in the next process.
func awaitJobs(done <-chan struct{}, patience time.Duration, log *slog.Logger) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		log.Error("an upload that is being taken in did not stop and is cut off; the next start goes on with it, and gives it up if it ends the server again and again",
			"patience", patience.String())
	}
}
