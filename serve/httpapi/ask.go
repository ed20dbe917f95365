package httpapi

import (
	"net/http"
	"strings"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/serve"
)

type askRequest struct {
	Question      string    `json:"question"`
	Collection    string    `json:"collection"`
	Strategy      string    `json:"strategy"`
	MaxIterations whole     `json:"max_iterations"`
	Session       string    `json:"session"`
	User          string    `json:"user"`
	History       []earlier `json:"history"`
	Stream        bool      `json:"stream"`
	searchFields
}

// ask answers a question with one JSON document, or with server-sent events for
// the steps and then the answer.
func (s *Server) ask(x *exchange) error {
	var req askRequest
	if err := decode(x, &req); err != nil {
		return err
	}
	x.collection = s.cfg.Service.CollectionOr(req.Collection)
	options, err := req.options()
	if err != nil {
		return err
	}
	stream := req.Stream || strings.Contains(x.r.Header.Get("Accept"), "text/event-stream")
	q := serve.Question{
		Text: req.Question, Collection: req.Collection, Session: req.Session,
		AskOptions: serve.AskOptions{SearchOptions: options, Strategy: req.Strategy, MaxIterations: int(req.MaxIterations), Deltas: stream},
	}
	if req.Session != "" && len(req.History) > 0 {
		return serve.Wrong("history", "a session has its own history: send a session or a history")
	}
	for _, e := range req.History {
		if e.Question == nil {
			return serve.Wrong("history", "an exchange has no question")
		}
		q.History = append(q.History, conversation.Exchange{Question: *e.Question, Answer: e.Answer})
	}
	turn, err := x.ask(q, "ask", req.User)
	if err != nil {
		return err
	}
	if stream {
		out, done := openStream(x, s.cfg.Beat)
		defer done()
		for e, err := range turn.Events {
			if err != nil {
				out.send("error", errorBody(x, failureOf(err)))
				return err
			}
			if end, ok := e.(agent.Answered); ok {
				s.logContent(x, req.Question, end.Answer.Text)
				out.send("answer", s.answerJSON(x, end.Answer, turn.Assignment))
				continue
			}
			name, data := stepJSON(e, func(c agent.Citation) string { return s.sourceURL(x, c) })
			out.send(name, data)
		}
		return nil
	}
	answer, err := agent.Last(turn.Events)
	if err != nil {
		return err
	}
	s.logContent(x, req.Question, answer.Text)
	return writeJSON(x, http.StatusOK, s.answerJSON(x, answer, turn.Assignment))
}

// armHeader is the response header with the arm of the experiment that
// answered. It is for clients that do not read the JSON fields of this service.
const armHeader = "X-Selfrag-Arm"

// ask asks a question on behalf of the caller.
func (x *exchange) ask(q serve.Question, protocol, user string) (serve.Turn, error) {
	q.Asker = serve.Asker{User: user, Caller: x.identity.ID, Protocol: protocol}
	turn, err := x.scope.Ask(x.ctx(), q)
	if err == nil && turn.Arm != "" {
		x.w.Header().Set(armHeader, turn.Arm)
	}
	return turn, err
}

// earlier is an earlier question of a conversation with its answer.
type earlier struct {
	Question *string `json:"question"`
	Answer   string  `json:"answer"`
}

// answerJSON returns an answer with the fields that a client needs to open the
// sources of the answer and to give feedback on it.
func (s *Server) answerJSON(x *exchange, a agent.Answer, of serve.Assignment) any {
	type citation struct {
		agent.Citation
		URL string `json:"url"`
	}
	out := struct {
		ID         string `json:"id"`
		Collection string `json:"collection"`
		Arm        string `json:"arm,omitempty"`
		agent.Answer
		Citations []citation `json:"citations"`
		Nearest   []citation `json:"nearest,omitempty"`
	}{Collection: x.collection, Arm: of.Arm, Answer: a, Citations: []citation{}}
	out.ID, _ = x.scope.AnswerID(a, of) // cannot fail, because the scope has just answered
	if out.Iterations == nil {
		out.Iterations = []agent.Iteration{}
	}
	for _, c := range a.Citations {
		out.Citations = append(out.Citations, citation{c, s.sourceURL(x, c)})
	}
	for _, c := range a.Nearest {
		out.Nearest = append(out.Nearest, citation{c, s.sourceURL(x, c)})
	}
	return out
}
