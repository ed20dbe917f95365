package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
)

// ownFlags and otherFlags are the headings of flags that are not settings: those of
// the command itself, and those of every command.
const (
	ownFlags   = "Flags"
	otherFlags = "Every command"
)

// help prints the help of a command: its text, its subcommands in groups, and
// its flags below headings. Flags for experts appear only with --all.
func help(cmd *cobra.Command, _ []string) {
	all, _ := cmd.Flags().GetBool("all")
	w := cmd.OutOrStdout()
	width := term.Columns(w)
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n", text)
	if cmd.Runnable() && !cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s COMMAND\n", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	printCommands(w, cmd)
	hidden := printFlags(w, cmd, all, width)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n`%s COMMAND --help` shows the help of a command.\n", cmd.CommandPath())
	}
	if hidden > 0 {
		fmt.Fprintf(w, "\n`%s --help --all` also shows %d flags for experts, such as weights and thresholds.\n", cmd.CommandPath(), hidden)
	}
}

// printCommands prints the subcommands of a command, a group at a time. Those
// without a group come last.
func printCommands(w io.Writer, cmd *cobra.Command) {
	groups := append(slices.Clone(cmd.Groups()), &cobra.Group{Title: "Commands:"})
	if len(groups) > 1 {
		groups[len(groups)-1].Title = "More commands:"
	}
	for _, group := range groups {
		first := true
		for _, c := range cmd.Commands() {
			if !c.IsAvailableCommand() || c.GroupID != group.ID || c.Name() == "help" {
				continue
			}
			if first {
				fmt.Fprintf(w, "\n%s\n", group.Title)
				first = false
			}
			fmt.Fprintf(w, "  %-*s  %s\n", cmd.NamePadding(), c.Name(), c.Short)
		}
	}
}

// printFlags prints the flags of a command below their headings. It returns the
// number of flags that it left out because they are for experts.
func printFlags(w io.Writer, cmd *cobra.Command, all bool, width int) (hidden int) {
	sets := map[string]*pflag.FlagSet{}
	add := func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		if f.Annotations[config.ExpertAnnotation] != nil && !all {
			hidden++
			return
		}
		heading := headingOf(f)
		if sets[heading] == nil {
			sets[heading] = pflag.NewFlagSet(heading, pflag.ContinueOnError)
		}
		sets[heading].AddFlag(f)
	}
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	for _, heading := range append(append([]string{ownFlags}, config.Headings()...), otherFlags) {
		if set := sets[heading]; set != nil {
			fmt.Fprintf(w, "\n%s:\n%s\n", heading, strings.TrimRight(set.FlagUsagesWrapped(width), "\n"))
		}
	}
	return hidden
}

// headingOf returns the heading below which the help prints a flag.
func headingOf(f *pflag.Flag) string {
	if h := f.Annotations[config.HeadingAnnotation]; h != nil {
		return h[0]
	}
	switch f.Name {
	case "help", "version", "config", "all":
		return otherFlags
	}
	return ownFlags
}
