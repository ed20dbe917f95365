package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/metrics"
)

// beginMetrics starts counting if the settings name a metrics file and the
// command has the flag --metrics-file. A command without the flag has nothing
// to count and must not overwrite the file.
func (a *app) beginMetrics(flags *pflag.FlagSet) {
	if a.settings.MetricsFile != "" && flags.Lookup("metrics-file") != nil {
		a.metrics = metrics.New(metrics.Config{})
	}
}

// writeMetrics writes the metrics file at the end of a command, even if the
// command failed.
func (a *app) writeMetrics(failure error) error {
	err := a.metrics.WriteFile(a.settings.MetricsFile)
	if err == nil {
		return failure
	}
	fmt.Fprintln(a.Err, "selfrag:", err)
	return cmp.Or(failure, wire.ErrReported)
}
