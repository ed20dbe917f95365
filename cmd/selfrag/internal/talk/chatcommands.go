package talk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
)

// errQuit is the error of the command that ends a chat.
var errQuit = errors.New("quit")

// chatCommand is a command of the chat. The user runs it with a line that
// begins with a slash.
type chatCommand struct {
	name, argument, about string
	run                   func(c *chat, ctx context.Context, argument string) error
}

func chatCommands() []chatCommand {
	return []chatCommand{
		{"/sources", "", "show what the last answer cites and what else was read", func(c *chat, _ context.Context, _ string) error { return c.showSources() }},
		{"/why", "", "show the reasoning behind the last answer", func(c *chat, _ context.Context, _ string) error { return c.showWhy() }},
		{"/strategy", "[NAME]", "show or change the strategy", func(c *chat, ctx context.Context, name string) error { return c.change(ctx, "strategy", name) }},
		{"/collection", "[NAME]", "show or change the collection", func(c *chat, ctx context.Context, name string) error { return c.change(ctx, "collection", name) }},
		{"/save", "[NAME]", "keep this conversation as a session", func(c *chat, _ context.Context, name string) error { return c.saveAs(name) }},
		{"/good", "[COMMENT]", "tell Langfuse that the last answer is good", func(c *chat, _ context.Context, comment string) error { return c.feedback(true, comment) }},
		{"/bad", "[COMMENT]", "tell Langfuse that the last answer is bad", func(c *chat, _ context.Context, comment string) error { return c.feedback(false, comment) }},
		{"/help", "", "list the commands", func(c *chat, _ context.Context, _ string) error { return c.help() }},
		{"/quit", "", "leave; so do Ctrl-D, and Ctrl-C twice", func(*chat, context.Context, string) error { return errQuit }},
	}
}

func commandNames() []string {
	var out []string
	for _, c := range chatCommands() {
		out = append(out, c.name)
	}
	return out
}

// command runs the command in a line that begins with a slash.
func (c *chat) command(ctx context.Context, line string) error {
	name, argument, _ := strings.Cut(line, " ")
	argument = strings.TrimSpace(argument)
	all := chatCommands()
	i := slices.IndexFunc(all, func(c chatCommand) bool { return c.name == name })
	if i < 0 {
		return fault.Usagef("unknown command %s; /help lists them", term.Printable(name))
	}
	if argument != "" && all[i].argument == "" {
		return fault.Usagef("%s takes nothing after it", name)
	}
	return all[i].run(c, ctx, argument)
}

func (c *chat) help() error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	for _, command := range chatCommands() {
		fmt.Fprintf(w, "%s %s\t%s\n", command.name, command.argument, command.about)
	}
	return w.Flush()
}

func (c *chat) showWhy() error {
	if c.reasoning.Empty() {
		c.note("There is no reasoning yet: it is kept for questions of this chat only.")
		return nil
	}
	_, err := fmt.Fprint(c.Out, c.reasoning.Draw(term.Columns(c.Out)))
	return err
}

func (c *chat) showSources() error {
	if len(c.kept.Turns) == 0 {
		c.note("There is no answer yet.")
		return nil
	}
	cited := c.kept.Turns[len(c.kept.Turns)-1].Answer.Citations
	var b strings.Builder
	said := map[string]bool{}
	for _, quote := range cited {
		said[quote.Source+term.Place(quote.Metadata)] = true
	}
	term.WriteCitations(&b, cited)
	for _, p := range c.read {
		if at := p.Source + term.Place(p.Metadata); !said[at] {
			said[at] = true
			fmt.Fprintf(&b, "read: %s%s\n", term.Printable(p.Source), term.Place(p.Metadata))
		}
	}
	if b.Len() == 0 {
		c.note("Nothing was read for the last answer.")
	}
	_, err := fmt.Fprint(c.Out, strings.TrimPrefix(b.String(), "\n"))
	return err
}

// change sets the setting key to the given text, and opens search and the agent
// anew. If the text is empty, change only shows the setting. If the text is not
// a value that can be used, change returns an error and the old value stays.
func (c *chat) change(ctx context.Context, key, text string) error {
	before := c.settings
	if text == "" {
		_, err := fmt.Fprintf(c.Out, "%s %s\n", key, before.Text(key))
		return err
	}
	changed, err := before.With(key, text, config.FromChat)
	if err != nil {
		return err
	}
	if err := c.open(ctx, changed); err != nil {
		return err
	}
	c.note("From now on: %s %s.", key, text)
	return c.save()
}
