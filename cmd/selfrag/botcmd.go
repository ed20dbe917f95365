package main

import (
	"log/slog"
	"net/http"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/server"
	"selfrag/fault"
	"selfrag/serve/bot"
	"selfrag/serve/bot/kakao"
	"selfrag/serve/bot/slack"
)

func newBotCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "bot", Short: "Answer questions in Slack or KakaoTalk",
		Long: `Answer questions in a chat service from the collection of --collection, with the
same search, reranker and strategy as selfrag serve. Whoever can write to the bot
can read the collection.

The bot speaks plain HTTP and expects a proxy with TLS in front. After SIGTERM,
answers in progress get a minute to finish.`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(newBotSlackCmd(a), newBotKakaoCmd(a))
	return cmd
}

func newBotSlackCmd(a *app) *cobra.Command {
	b := server.Bot{Protocol: "slack"}
	cmd := &cobra.Command{
		Use: "slack", Short: "Answer mentions and direct messages in Slack",
		Long: `Answer mentions and direct messages in Slack, each in its thread. A thread is a
conversation.

The environment variables SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN hold the
signing secret and the bot token from the app's settings. In these settings, Event
Subscriptions need https://HOST/slack/events and the bot events app_mention and
message.im. The bot token needs the scopes app_mentions:read, im:history and
chat:write.`,
		Example: `  selfrag bot slack --collection handbook`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			secrets := slack.Config{SigningSecret: a.getenv("SLACK_SIGNING_SECRET"), BotToken: a.getenv("SLACK_BOT_TOKEN")}
			if secrets.SigningSecret == "" || secrets.BotToken == "" {
				return fault.Usagef("%s: set SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN to the values in the app's settings", cmd.CommandPath())
			}
			b.Handler = func(desk *bot.Desk, log *slog.Logger) http.Handler { return slack.Handler(secrets, desk, log) }
			return server.RunBot(cmd.Context(), a.server(), b, a.metrics)
		},
	}
	addBotFlags(a, cmd, &b, "127.0.0.1:3000")
	return cmd
}

func newBotKakaoCmd(a *app) *cobra.Command {
	b := server.Bot{Protocol: "kakao"}
	cmd := &cobra.Command{
		Use: "kakao", Short: "Answer in the chatbot of a KakaoTalk channel",
		Long: `Answer in the chatbot of a KakaoTalk channel (Kakao i open builder). A user's chat
with the bot is a conversation.

The environment variable KAKAO_SKILL_TOKEN holds a token that you choose, such as
the output of openssl rand -hex 32. The chatbot's settings need a skill with the URL
https://HOST/skill and a header X-Skill-Token with that token. They also need a
fallback block that uses the skill, answers with its data, and has the callback
turned on. Kakao accepts an answer for a minute, so --timeout is at most 45s.`,
		Example: `  KAKAO_SKILL_TOKEN=$(openssl rand -hex 32) selfrag bot kakao --collection handbook`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			token := a.getenv("KAKAO_SKILL_TOKEN")
			if len(token) < kakao.ShortestToken {
				return fault.Usagef("%s: set KAKAO_SKILL_TOKEN to at least %d characters, and the skill's header X-Skill-Token to the same", cmd.CommandPath(), kakao.ShortestToken)
			}
			a.settings.Timeout = min(a.settings.Timeout, kakao.AnswerTime)
			b.Handler = func(desk *bot.Desk, log *slog.Logger) http.Handler { return kakao.Handler(token, desk, log) }
			return server.RunBot(cmd.Context(), a.server(), b, a.metrics)
		},
	}
	addBotFlags(a, cmd, &b, "127.0.0.1:3001")
	return cmd
}

func addBotFlags(a *app, cmd *cobra.Command, b *server.Bot, listen string) {
	cmd.Flags().StringVar(&b.Listen, "listen", listen, "`ADDRESS` to listen on for the chat service's requests")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupTrace)
}
