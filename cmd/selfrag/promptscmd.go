package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/prompts"
)

func newPromptsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prompts",
		Short: "List, show and export the prompts, and keep them in Langfuse",
		Args:  usageArgs(cobra.ArbitraryArgs),
		RunE:  onlySubcommands,
		Example: `  selfrag prompts export my-prompts
  selfrag ask "..." --prompts my-prompts`,
	}
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the prompts with their version, the values that they take and the values that they return", Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return listPrompts(cmd.Context(), a, asJSON) },
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	var language string
	show := &cobra.Command{
		Use: "show NAME", Short: "Print the file of a prompt", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return showPrompt(cmd.Context(), a, args[0], language) },
	}
	show.Flags().StringVar(&language, "language", "en", "`LANGUAGE` of the prompts: "+strings.Join(prompts.Languages(), " or "))
	export := &cobra.Command{
		Use: "export DIR", Short: "Write the prompts into a folder; existing files stay", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return exportPrompts(cmd.Context(), a, args[0]) },
	}
	for _, sub := range []*cobra.Command{list, show, export} {
		a.settings.AddFlag(sub.Flags(), "prompt_label", "label of prompts in Langfuse that take the place of built-in ones")
	}
	push, pull := newPromptsPushCmd(a), newPromptsPullCmd(a)
	for _, sub := range []*cobra.Command{list, show, export, push} {
		a.settings.AddFlag(sub.Flags(), "prompts", "folder of prompts that take the place of built-in ones")
	}
	cmd.AddCommand(list, show, export, push, pull)
	return cmd
}

func listPrompts(ctx context.Context, a *app, asJSON bool) error {
	parts := a.parts()
	defer parts.Close()
	set, err := parts.Prompts(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return a.JSON(set.Files())
	}
	var rows [][]string
	for _, f := range set.Files() {
		from := "built-in"
		switch {
		case f.Origin.Name != "":
			from = fmt.Sprintf("%s, version %d in Langfuse", f.Origin.Name, f.Origin.Version)
		case f.Override:
			from = a.settings.Prompts
		}
		returns := f.Returns
		if len(f.Labels) > 0 {
			returns += " " + strings.Join(f.Labels, "/")
		}
		rows = append(rows, []string{f.Name, f.Language, f.Version, strings.Join(f.Takes, " "), returns, from})
	}
	_, err = io.WriteString(a.Out, term.Table([]string{"name", "language", "version", "takes", "returns", "from"}, rows))
	return err
}

func showPrompt(ctx context.Context, a *app, name, language string) error {
	parts := a.parts()
	defer parts.Close()
	set, err := parts.Prompts(ctx)
	if err != nil {
		return err
	}
	for _, f := range set.Files() {
		if f.Name == name && f.Language == language {
			_, err := io.WriteString(a.Out, f.Text)
			return err
		}
	}
	if !slices.Contains(prompts.Languages(), language) {
		return fault.Usagef("unknown language %q: use %s", language, strings.Join(prompts.Languages(), " or "))
	}
	return fault.Usagef("unknown prompt %q: use one of %s", name, strings.Join(prompts.Names(), ", "))
}

// exportPrompts writes the prompts of the settings to files in a folder. It
// never overwrites a file, because a user may have changed it.
func exportPrompts(ctx context.Context, a *app, dir string) error {
	parts := a.parts()
	defer parts.Close()
	set, err := parts.Prompts(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("export the prompts: %w", err)
	}
	written, kept := 0, 0
	for _, f := range set.Files() {
		file, err := os.OpenFile(filepath.Join(dir, f.Path()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			kept++
			continue
		}
		if err != nil {
			return fmt.Errorf("export the prompts: %w", err)
		}
		_, err = file.WriteString(f.Text)
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("export the prompts: %w", err)
		}
		written++
	}
	fmt.Fprintf(a.Err, "%s written to %s; %d existed and stayed.\n", term.Count(written, "prompt"), dir, kept)
	return nil
}
