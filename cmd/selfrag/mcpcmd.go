package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/server"
)

func newMCPCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Give the agent to assistants and editors, by the Model Context Protocol",
		Long: `Give the agent to assistants and editors, by the Model Context Protocol: the
tools search, ask and list_collections, and the documents as resources.

The client starts this command and speaks to it over standard input and output.
With --listen it serves streamable HTTP at http://HOST/mcp instead, with the same
keys and limits as selfrag serve, which also has /mcp.`,
		Example: `  selfrag mcp --collection handbook
  selfrag mcp --listen 127.0.0.1:8081`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("listen") {
				return server.HTTP(cmd.Context(), a.server(), true)
			}
			return server.MCP(cmd.Context(), a.server(), a.metrics)
		},
	}
	a.settings.AddFlags(cmd.Flags(), config.GroupServe, config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupTrace)
	return cmd
}
