package agent

import (
	"context"
	"fmt"

	"selfrag/agent/conversation"
	"selfrag/prompts"
)

// speaker returns the steps as the model of a conversation, or nil if the agent
// has no model.
func (s *Steps) speaker() conversation.Model {
	if !s.caller.HasModel() {
		return nil
	}
	return s
}

// Recall returns the history of a conversation in the form of Question.History.
// If old exchanges have to be merged into the summary, it asks the model for a
// new summary, within a separate budget.
func (a *Agent) Recall(ctx context.Context, m *conversation.Memory) ([]string, error) {
	history, _, err := m.Recall(ctx, a.steps().speaker())
	return history, err
}

// resolve makes a follow-up question complete in itself before a strategy sees
// it. If the budget is spent or the model fails, resolve returns the question
// unchanged, and the strategy reports why.
func resolve(ctx context.Context, s *Steps, q Question, emit func(Event)) (Question, error) {
	if q.Conversation != nil {
		history, folded, err := q.Conversation.Recall(ctx, s.speaker())
		if passes(err) {
			return q, nil
		}
		if err != nil {
			return q, fmt.Errorf("recall the conversation: %w", err)
		}
		if folded != "" {
			emit(ConversationSummarized{folded})
		}
		q.History = history
	}
	if len(q.History) == 0 {
		return q, nil
	}
	complete, err := conversation.Standalone(ctx, s.speaker(), prompts.Standalone{Question: q.Text, History: q.History})
	if passes(err) {
		return q, nil
	}
	if err != nil {
		return q, err
	}
	emit(QuestionResolved{Original: q.Text, Standalone: complete})
	q.Text = complete
	return q, nil
}

// remember adds a question and its answer to its conversation, if it has one.
func (q Question) remember(a Answer) {
	if q.Conversation == nil {
		return
	}
	exchange := conversation.Exchange{Question: q.Text, Answer: a.Text}
	if a.Abstained {
		exchange.Answer = ""
	}
	q.Conversation.Add(exchange)
}
