package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/prompts"
)

// openPrompts are the built-in prompts, with those of the setting in their
// place.
func (a *app) openPrompts() (*prompts.Set, error) {
	if a.settings.Prompts == "" {
		set, err := prompts.New(nil)
		if err != nil {
			return nil, fmt.Errorf("load the prompts: %w", err)
		}
		return set, nil
	}
	set, err := prompts.New(os.DirFS(a.settings.Prompts))
	if err != nil {
		return nil, usageError{fmt.Errorf("load the prompts of %s: %w", a.settings.Prompts, err)}
	}
	return set, nil
}

func newPromptsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prompts",
		Short: "List, show and export the prompts, to write your own from",
		Args:  usageArgs(cobra.ArbitraryArgs),
		RunE:  onlySubcommands,
		Example: `  selfrag prompts export my-prompts
  selfrag ask "..." --prompts my-prompts`,
	}
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the prompts with their version, the values that they take and what they return", Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return listPrompts(a, asJSON) },
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	var language string
	show := &cobra.Command{
		Use: "show NAME", Short: "Print the file of a prompt", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error { return showPrompt(a, args[0], language) },
	}
	show.Flags().StringVar(&language, "language", "en", strings.Join(prompts.Languages(), " or "))
	export := &cobra.Command{
		Use: "export DIR", Short: "Write the prompts into a folder; files that are there stay", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error { return exportPrompts(a, args[0]) },
	}
	for _, sub := range []*cobra.Command{list, show, export} {
		sub.Flags().Var(value{&a.settings.Prompts}, "prompts", "folder of prompts that take the place of built-in ones")
		cmd.AddCommand(sub)
	}
	return cmd
}

func listPrompts(a *app, asJSON bool) error {
	set, err := a.openPrompts()
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(set.Files())
	}
	var rows [][]string
	for _, f := range set.Files() {
		from := "built-in"
		if f.Override {
			from = a.settings.Prompts
		}
		returns := f.Returns
		if len(f.Labels) > 0 {
			returns += " " + strings.Join(f.Labels, "/")
		}
		rows = append(rows, []string{f.Name, f.Language, f.Version, strings.Join(f.Takes, " "), returns, from})
	}
	_, err = io.WriteString(a.stdout, alignLeft([]string{"name", "language", "version", "takes", "returns", "from"}, rows))
	return err
}

func showPrompt(a *app, name, language string) error {
	set, err := a.openPrompts()
	if err != nil {
		return err
	}
	for _, f := range set.Files() {
		if f.Name == name && f.Language == language {
			_, err := io.WriteString(a.stdout, f.Text)
			return err
		}
	}
	if !slices.Contains(prompts.Languages(), language) {
		return usageError{fmt.Errorf("unknown language %q: use %s", language, strings.Join(prompts.Languages(), " or "))}
	}
	return usageError{fmt.Errorf("unknown prompt %q: use one of %s", name, strings.Join(prompts.Names(), ", "))}
}

// exportPrompts never writes over a file, which may be somebody's work.
func exportPrompts(a *app, dir string) error {
	set, err := a.openPrompts()
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
	fmt.Fprintf(a.stderr, "%s written to %s; %d were there and stayed.\n", count(written, "prompt"), dir, kept)
	return nil
}
