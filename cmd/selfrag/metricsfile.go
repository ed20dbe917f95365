package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/metrics"
)

// beginMetrics counts what the command does, if a file is to be written and
// the command is one that has something to count: others must not empty it.
func (a *app) beginMetrics(flags *pflag.FlagSet) {
	if a.settings.MetricsFile != "" && flags.Lookup("metrics-file") != nil {
		a.metrics = metrics.New(metrics.Config{})
	}
}

// writeMetrics writes the file at the end of a command, which may have failed.
func (a *app) writeMetrics(failure error) error {
	err := a.metrics.WriteFile(a.settings.MetricsFile)
	if err == nil {
		return failure
	}
	fmt.Fprintln(a.Err, "selfrag:", err)
	return cmp.Or(failure, wire.ErrReported)
}
