package httpapi

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"selfrag/agent"
	"selfrag/serve"
)

// completion is a chat completion, or a chunk of one.
type completion struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`

	// Citations and SearchResults have the form of Perplexity's API.
	Citations     []string       `json:"citations,omitempty"`
	SearchResults []searchResult `json:"search_results,omitempty"`
	Selfrag       *extras        `json:"selfrag,omitempty"`
}

type choice struct {
	Index        int      `json:"index"`
	Message      *message `json:"message,omitempty"`
	Delta        *message `json:"delta,omitempty"`
	FinishReason *string  `json:"finish_reason"`
	Logprobs     *string  `json:"logprobs"`
}

type message struct {
	Role        string       `json:"role,omitempty"`
	Content     *string      `json:"content,omitempty"`
	Refusal     *string      `json:"refusal,omitempty"`
	Annotations []annotation `json:"annotations,omitempty"`
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

func usageOf(prompt, completion int) *usage { return &usage{prompt, completion, prompt + completion} }

type searchResult struct {
	Title   string `json:"title"`
	URL     string `json:"url"`
	Snippet string `json:"snippet"`
	Date    string `json:"date,omitempty"`
}

// extras holds the fields that OpenAI's API does not have.
type extras struct {
	Answer    string `json:"answer"` // for POST /api/v1/feedback
	Abstained bool   `json:"abstained"`
	Unsure    bool   `json:"unsure,omitempty"`
	Quoted    bool   `json:"quoted,omitempty"`
	Strategy  string `json:"strategy"`
	Arm       string `json:"arm,omitempty"`
	StoppedBy string `json:"stopped_by"`
	Degraded  string `json:"degraded,omitempty"`
	TraceID   string `json:"trace_id,omitempty"`
}

// complete answers the last of the user's messages.
func (s *Server) complete(x *exchange) error {
	var req chatRequest
	if err := decodeLenient(x, &req); err != nil {
		return err
	}
	if err := req.check(); err != nil {
		return err
	}
	model, err := x.scope.ModelNamed(req.Model)
	if err != nil {
		return err
	}
	x.collection = model.Collection
	out := completion{ID: "chatcmpl-" + x.id, Object: "chat.completion", Created: time.Now().Unix(), Model: req.Model}
	if model.Plain || isTask(req.Messages) {
		if _, err := x.scope.Model(x.ctx(), req.Model); err != nil {
			return err
		}
		return s.completeTask(x, &req, out)
	}
	if err := req.checkForm(); err != nil {
		return err
	}
	q, err := req.question(model)
	if err != nil {
		return err
	}
	turn, err := x.ask(q, "chat", cmp.Or(string(req.User), x.r.Header.Get(openWebUIUser)))
	if err != nil {
		return messageError(serve.UnknownModel(req.Model, err))
	}
	if req.Stream {
		return s.streamAnswer(x, &req, out, q.Text, turn)
	}
	answer, err := agent.Last(turn.Events)
	if err != nil {
		return err
	}
	text, finish := bounded(answer.Text, req.Stop, req.maxTokens())
	s.logContent(x, q.Text, answer.Text)
	s.addSources(x, &out, answer, turn.Assignment)
	out.Usage = usageOf(answer.Usage.PromptTokens, answer.Usage.CompletionTokens)
	out.Choices = []choice{{
		Message:      &message{Role: "assistant", Content: &text, Annotations: s.annotations(x, text, answer)},
		FinishReason: &finish,
	}}
	return writeJSON(x, http.StatusOK, out)
}

// completeTask passes the task of a front end to the language model, without a
// search.
func (s *Server) completeTask(x *exchange, req *chatRequest, out completion) error {
	tokens := maxTaskTokens
	if n := req.maxTokens(); n > 0 {
		tokens = min(n, tokens)
	}
	written, err := x.scope.Write(x.ctx(), messagesOf(req.Messages), tokens, req.ResponseFormat.options()...)
	if err != nil {
		return err
	}
	text, finish := bounded(written.Text, req.Stop, 0)
	use := usageOf(written.Prompt, written.Completion)
	if req.Stream {
		stream, done := openStream(x, s.cfg.Beat)
		defer done()
		return sendChunks(stream, req, out, []piece{{text: text}}, finish, use)
	}
	out.Usage = use
	out.Choices = []choice{{Message: &message{Role: "assistant", Content: &text}, FinishReason: &finish}}
	return writeJSON(x, http.StatusOK, out)
}

// addSources adds the fields that front ends show beside an answer.
func (s *Server) addSources(x *exchange, out *completion, a agent.Answer, of serve.Assignment) {
	for _, c := range a.Citations {
		address := s.sourceURL(x, c)
		out.Citations = append(out.Citations, address)
		date, _ := c.Metadata["modified"].(string)
		out.SearchResults = append(out.SearchResults, searchResult{titleOf(c), address, c.Quote, date})
	}
	id, _ := x.scope.AnswerID(a, of) // cannot fail, because the scope has just answered
	out.Selfrag = &extras{id, a.Abstained, a.Unsure, a.Quoted, a.Strategy, of.Arm, a.StoppedBy, a.Degraded, a.TraceID}
}

func titleOf(c agent.Citation) string {
	if c.Title != "" {
		return c.Title
	}
	return c.Source
}

// messageError renames the field "question" in an error to OpenAI's "messages".
func messageError(err error) error {
	var known *serve.Error
	if errors.As(err, &known) && known.Param == "question" {
		return &serve.Error{Kind: known.Kind, Param: "messages", Message: known.Message, Err: known.Err}
	}
	return err
}
