package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/server"
)

func newServeCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the agent over HTTP: a web page, OpenAI-compatible, and an API of its own",
		Long: `Serve the agent over HTTP. Its web page is at http://HOST/. Chat products
reach it as an OpenAI-compatible server at http://HOST/v1, with a model for every
strategy and collection, such as self-rag/handbook. /api/v1 is an API of its own
with steps, sources, uploads and feedback; /api/v1/openapi.yaml describes it.

Without keys it answers requests from this machine only. selfrag keys create
makes one; from then on every request needs a key.

The list sources in selfrag.yaml names folders, web sites, git repositories and
buckets from which the server keeps collections up to date.

--arms divides the questions that name no strategy among several, so that
selfrag ab --from-traces can compare what users think of them.

If no language model can be reached, questions that name no strategy are
answered with sentences of the documents, and the answers say so. Once there is
a model, its strategy answers again.

At SIGTERM, answers under way finish within --shutdown-timeout.`,
		Example: `  selfrag serve
  selfrag keys create --name chat --collections handbook && selfrag serve --listen 0.0.0.0:8080`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return server.HTTP(cmd.Context(), a.server(), false) },
	}
	a.settings.AddFlags(cmd.Flags(), config.GroupServe, config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupIngest, config.GroupTrace)
	return cmd
}

// server returns the options with which a server is started.
func (a *app) server() server.Options {
	return server.Options{Settings: a.settings, Getenv: a.getenv, Streams: a.Streams, Version: buildOf().Version}
}
