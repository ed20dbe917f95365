package server

import (
	"context"
	"log/slog"
	"time"

	"selfrag/serve"
)

// jobsPatience is the time that an ingestion gets to stop at SIGTERM. Together
// with the time for answers it stays within the time that a supervisor must
// allow.
const jobsPatience = 4 * time.Second

// runJobs takes in uploads until end is called, which waits until that has
// stopped. ctx gives values and does not stop it: requests end first.
func runJobs(ctx context.Context, service *serve.Service, log *slog.Logger) (end func()) {
	done := make(chan struct{})
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(done)
		service.RunJobs(ctx, func(err error) { log.Error("an upload failed", "error", err) })
	}()
	return func() {
		stop()
		awaitJobs(done, jobsPatience, log)
	}
}

// awaitJobs waits until the taking in of uploads has stopped, but not for ever:
// what cannot be stopped goes on in the next process.
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
