package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/setup"
	"selfrag/cmd/selfrag/internal/wire"
)

func newDoctorCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Report for each part: found or not, version, address, speed, what to do",
		Long: `Report for each part whether it was found, its version, address and speed, and
what to do if it is missing.

Exit code 3 means that some part is missing.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Leave Options.Warn empty. It would get a message about the chosen
			// model, which is in the table of doctor anyway.
			parts := wire.New(a.settings, wire.Options{Getenv: a.getenv})
			defer parts.Close()
			return setup.Doctor(cmd.Context(), parts, a.Streams, a.getenv, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank, config.GroupTrace)
	return cmd
}
