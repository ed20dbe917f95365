package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/prompts"
	"selfrag/prompts/registry"
)

func newPromptsPushCmd(a *app) *cobra.Command {
	var o registry.PushOptions
	cmd := &cobra.Command{
		Use:   "push [NAME...]",
		Short: "Make versions of the prompts in Langfuse if they differ from the newest ones there",
		Long: `Make versions of the prompts in Langfuse if they differ from the newest ones
there. Each file becomes a text prompt selfrag/NAME.LANGUAGE, unchanged. Without
names all prompts are pushed, with those of --prompts in place of the built-in
ones.`,
		Example: `  selfrag prompts push --label staging
  selfrag prompts push draft synthesize --prompts my-prompts --label production --message "shorter answers"`,
		RunE: func(cmd *cobra.Command, args []string) error { return pushPrompts(cmd.Context(), a, args, o) },
	}
	cmd.Flags().StringSliceVar(&o.Labels, "label", nil, "`LABEL` for the versions, such as production; may be repeated")
	cmd.Flags().StringVar(&o.Message, "message", "", "`MESSAGE` that is kept with new versions")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "report what would be done, and do nothing")
	return cmd
}

func pushPrompts(ctx context.Context, a *app, names []string, o registry.PushOptions) error {
	if slices.Contains(o.Labels, "latest") {
		return fault.Usage(errors.New("prompts push: Langfuse gives the label latest to the newest version by itself"))
	}
	set, err := wire.LocalPrompts(a.settings)
	if err != nil {
		return err
	}
	files := set.Files()
	if len(names) > 0 {
		for _, name := range names {
			if !slices.Contains(prompts.Names(), name) {
				return fault.Usagef("unknown prompt %q: use one of %s", name, strings.Join(prompts.Names(), ", "))
			}
		}
		files = slices.DeleteFunc(files, func(f prompts.File) bool { return !slices.Contains(names, f.Name) })
	}
	client, err := wire.Langfuse(a.settings, a.getenv, "prompts push", nil)
	if err != nil {
		return err
	}
	defer client.Close()
	var rows [][]string
	o.Done = func(p registry.Pushed) {
		version := "-"
		if p.Version > 0 {
			version = strconv.Itoa(p.Version)
		}
		rows = append(rows, []string{p.Name, version, p.Did})
	}
	err = registry.Push(ctx, wire.LangfusePrompts{Client: client}, files, o)
	if len(rows) > 0 {
		if _, failure := io.WriteString(a.Out, term.Table([]string{"prompt", "version", "what"}, rows)); failure != nil {
			err = errors.Join(err, failure)
		}
	}
	return wire.KeyRefused(err)
}

func newPromptsPullCmd(a *app) *cobra.Command {
	var label string
	var force bool
	cmd := &cobra.Command{
		Use:   "pull DIR",
		Short: "Write the prompts of a label in Langfuse into a folder for --prompts",
		Long: `Write the prompts of a label in Langfuse into a folder for --prompts. A file
that was changed since it was pulled, or that somebody wrote, stays. A prompt
that cannot be used, such as one without its question, is reported and left out.`,
		Example: `  selfrag prompts pull my-prompts --label production
  selfrag ask "..." --prompts my-prompts`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return pullPrompts(cmd.Context(), a, args[0], label, force)
		},
	}
	cmd.Flags().StringVar(&label, "label", "production", "`LABEL` of the versions")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite files that were changed")
	return cmd
}

func pullPrompts(ctx context.Context, a *app, dir, label string, force bool) error {
	client, err := wire.Langfuse(a.settings, a.getenv, "prompts pull", nil)
	if err != nil {
		return err
	}
	defer client.Close()
	got, err := registry.Pull(ctx, wire.LangfusePrompts{Client: client}, label, dir, force)
	if err != nil {
		return wire.KeyRefused(err)
	}
	for _, file := range got.Written {
		fmt.Fprintln(a.Out, file)
	}
	for _, file := range got.Kept {
		fmt.Fprintf(a.Err, "%s was changed here and stays; --force overwrites it.\n", file)
	}
	for _, p := range got.Problems {
		fmt.Fprintf(a.Err, "%v; it is left out.\n", p)
	}
	fmt.Fprintf(a.Err, "%s written to %s, %d unchanged, %d kept.\n", term.Count(len(got.Written), "prompt"), dir, len(got.Unchanged), len(got.Kept))
	if len(got.Problems) > 0 {
		return wire.ErrReported
	}
	return nil
}
