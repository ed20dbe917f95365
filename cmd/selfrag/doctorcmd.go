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
		Short: "Tell for each part: found or not, version, address, how fast, what to do",
		Long: `Tell for each part: found or not, version, address, how fast, what to do.

Exit code 3 says that some part is missing.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			// What model is chosen is in the table, so nothing is said of it besides.
			parts := wire.New(a.settings, wire.Options{Getenv: a.getenv})
			defer parts.Close()
			return setup.Doctor(cmd.Context(), parts, a.Streams, a.getenv, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank, config.GroupTrace)
	return cmd
}
