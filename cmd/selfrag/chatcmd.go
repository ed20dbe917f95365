package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/talk"
)

func newChatCmd(a *app) *cobra.Command {
	var o talk.Options
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Ask question after question, with follow-ups",
		Long: `Ask question after question. Follow-ups such as "And in Busan?" are understood
from the conversation so far.

The steps appear as they happen, and fold into one line when the answer is
there. Ctrl-C stops the answer. At the prompt, Ctrl-C twice, Ctrl-D or /quit
leaves the chat. /help lists the commands.

If no language model can be reached, sentences of the documents answer, and a
line says so. Once there is a model, the chat goes back to its strategy.

Each question has the time of --timeout. Questions can come from a pipe, one a
line, in the encodings in which documents are read. The first one that fails
then ends the chat.`,
		Example: `  selfrag chat --session leave
  printf 'Which team owns Tidegate?\nWho leads it?\n' | selfrag chat`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts, end, err := a.traced(cmd.Context())
			if err != nil {
				return err
			}
			defer end()
			return talk.Run(cmd.Context(), parts, a.Streams, o)
		},
	}
	cmd.Flags().StringVar(&o.Session, "session", "", "resume or start the session `NAME`; it is kept in the data folder")
	cmd.Flags().BoolVarP(&o.Quiet, "quiet", "q", false, "do not show the steps")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupTrace)
	return cmd
}
