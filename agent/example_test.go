package agent_test

import (
	"context"
	"fmt"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/retrieval"
)

// harbour stands for a collection with two passages.
type harbour struct{}

func (harbour) Search(_ context.Context, query string) (retrieval.Result, error) {
	return retrieval.Result{Query: query, Passages: []retrieval.Passage{
		{ID: "1", Source: "ferries.md", Title: "Ferries", Text: "The ferry to Oda leaves at seven. It takes two hours.", End: 53},
		{ID: "2", Source: "tower.md", Title: "Tower", Text: "The lighthouse of Oda is 31 metres high.", End: 40},
	}}, nil
}

// pilot stands for a language model. Whatever it is asked, it says the same.
type pilot struct{}

func (pilot) GenerateContent(context.Context, []llms.MessageContent, ...llms.CallOption) (*llms.ContentResponse, error) {
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: "The lighthouse of Oda is 31 metres high [2]."}}}, nil
}

func (m pilot) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// Strategy Extractive needs no language model: it quotes the documents.
func ExampleAgent_Answer() {
	a, err := agent.New(nil, harbour{}, nil, agent.Config{Strategy: agent.Extractive{}, Answerable: agent.NoThreshold})
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := a.Answer(context.Background(), agent.Question{Text: "How high is the lighthouse of Oda?"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Text)
	for _, c := range answer.Citations {
		fmt.Printf("[%d] %s, runes %d to %d: %q\n", c.N, c.Source, c.Start, c.End, c.Quote)
	}
	// Output:
	// The lighthouse of Oda is 31 metres high. [1]
	// [1] tower.md, runes 0 to 40: "The lighthouse of Oda is 31 metres high."
}

// What happens in a turn comes as events, the answer last.
func ExampleAgent_Ask() {
	a, err := agent.New(pilot{}, harbour{}, nil, agent.Config{Strategy: agent.TwoStage{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for event, err := range a.Ask(context.Background(), agent.Question{Text: "How high is the lighthouse of Oda?"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		switch e := event.(type) {
		case agent.Searched:
			fmt.Println("found", len(e.Result.Passages), "passages")
		case agent.Drafted:
			fmt.Println("drafted:", e.Draft.Text)
		case agent.Answered:
			fmt.Println("answered:", e.Answer.Text)
		}
	}
	// Output:
	// found 2 passages
	// drafted: The lighthouse of Oda is 31 metres high [2].
	// answered: The lighthouse of Oda is 31 metres high. [1]
}
