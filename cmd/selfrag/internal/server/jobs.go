package server

import (
	"context"
	"log/slog"
	"time"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/serve"
)

// jobsPatience is the time that an ingestion gets to stop after SIGTERM.
// Answers get the time of the setting shutdown_timeout before that. Together
// the two times are shorter than the time that supervisors usually give a
// process to stop.
const jobsPatience = 4 * time.Second

// runJobs ingests uploads in the background until end is called. end waits
// until the ingestion has stopped. The ingestion continues when ctx ends,
// because requests must end first. Only the values of ctx are used.
func runJobs(ctx context.Context, service *serve.Service, log *slog.Logger) (end func()) {
	done := make(chan struct{})
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(done)
		service.RunJobs(ctx, func(err error) { log.Error("an upload did not go well", "error", err) })
	}()
	return func() {
		stop()
		awaitJobs(done, jobsPatience, log)
	}
}

// runSources keeps collections up to date in the background until end is called. end
// waits until the work has stopped, but not longer than jobsPatience. Only the values
// of ctx are used.
func runSources(ctx context.Context, kept *wire.KeptSources, log *slog.Logger) (end func()) {
	done := make(chan struct{})
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(done)
		kept.Run(ctx, log)
	}()
	return func() {
		stop()
		timer := time.NewTimer(jobsPatience)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			log.Error("a source that is being synchronised did not stop and is cut off; the next start resumes it", "patience", jobsPatience.String())
		}
	}
}

// awaitJobs waits until the ingestion of uploads has stopped, but not longer
// than patience. An unfinished job continues in the next process.
func awaitJobs(done <-chan struct{}, patience time.Duration, log *slog.Logger) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		log.Error("an upload that is being ingested did not stop and is cut off; the next start resumes it, and gives it up if it keeps ending the server",
			"patience", patience.String())
	}
}
