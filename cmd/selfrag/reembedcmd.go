package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/retrieval/ingest"
)

func newCollectionsReembedCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "reembed NAME [--embedder E]",
		Short: "Switch a collection to another embedder, in place",
		Long: `Switch a collection to another embedder, in place: to that of --embedder, else
to the default one. The texts come from the store; no source is read again.

You can stop it; running it again resumes it. Until it is finished, searches use
the old vectors. Then the new ones replace them at one moment. Anyone who has the
collection open at that moment must open it again: requests under way get an
error that says so. SQLite collections can be written meanwhile. On Milvus, writes
are refused until it is finished, and it ends with some seconds of waiting for
readers.

The store needs room for both sets of vectors meanwhile. To undo the switch, or to
give up an unfinished one, run it with the former embedder.`,
		Example: `  selfrag collections reembed handbook
  selfrag collections reembed handbook --embedder onnx/all-minilm-l6-v2`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runReembed(cmd.Context(), a, args[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func runReembed(ctx context.Context, a *app, name string, asJSON bool) error {
	parts := a.parts()
	defer parts.Close()
	db, err := parts.Store(ctx)
	if err != nil {
		return err
	}
	c, err := db.Collection(ctx, name)
	if err != nil {
		return err
	}
	chosen := parts.NewEmbedder()
	if chosen == config.NoEmbedder {
		return fault.Usagef("re-embed collection %q: --embedder none makes no vectors; --mode lexical searches without them", name)
	}
	e, err := parts.Embedder(ctx, chosen, nil)
	if err != nil {
		return err
	}
	from, to, begin := c.Spec(), e.Spec(), time.Now()
	change, err := db.Reembed(ctx, name, to)
	if err != nil {
		return err
	}
	view := term.NewReembed(a.Err)
	done, err := ingest.Reembed(ctx, change, e, view.Show)
	view.End()
	if err != nil {
		fmt.Fprintf(a.Err, "Stopped; run it again to resume. Until it is finished, %q is searched by its old vectors (%s).\n", name, from.Model)
		return err
	}
	seconds := time.Since(begin).Seconds()
	if asJSON {
		return a.JSON(map[string]any{"collection": name, "from": from.Model, "to": to.Model, "passages": done, "seconds": seconds})
	}
	if done == 0 && reflect.DeepEqual(from, to) {
		fmt.Fprintf(a.Out, "%s: its embedder is already %s\n", name, to.Model)
		return nil
	}
	fmt.Fprintf(a.Out, "%s: %d passages embedded in %.1f s; its embedder is now %s instead of %s\n", name, done, seconds, to.Model, from.Model)
	return nil
}
