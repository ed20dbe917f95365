package httpapi

import (
	"selfrag/agent"
	"selfrag/serve"
)

// streamAnswer streams an answer. It sends text of the answer only after the
// whole answer is verified. While the agent works, the stream carries comments
// and, if Config.OpenWebUI is set, status events. After that it carries the
// answer in pieces of a few words. Each piece has the citations that end in it.
func (s *Server) streamAnswer(x *exchange, req *chatRequest, out completion, question string, turn serve.Turn) error {
	stream, done := openStream(x, s.cfg.Beat)
	defer done()
	var answer agent.Answer
	for e, err := range turn.Events {
		if err != nil {
			stream.send("", errorBody(x, failureOf(err)))
			return err
		}
		if end, ok := e.(agent.Answered); ok {
			answer = end.Answer
		} else if s.cfg.OpenWebUI {
			if text := serve.Status(e); text != "" {
				stream.send("", openWebUIStatus(text, false))
			}
		}
	}
	if s.cfg.OpenWebUI {
		stream.send("", openWebUIStatus(serve.Outcome(answer), true))
		for _, c := range answer.Citations {
			stream.send("", openWebUISource(c, s.sourceURL(x, c)))
		}
	}
	s.logContent(x, question, answer.Text)
	text, finish := bounded(answer.Text, req.Stop, req.maxTokens())
	pieces := cut(text, s.annotations(x, text, answer))
	s.addSources(x, &out, answer, turn.Assignment)
	return sendChunks(stream, req, out, pieces, finish, usageOf(answer.Usage.PromptTokens, answer.Usage.CompletionTokens))
}

// sendChunks sends an answer as chunks, all in one write because the answer is
// complete. The last chunk that has a choice carries the sources. After it
// comes a chunk with the usage and without a choice, if the client asked for
// the usage.
func sendChunks(stream *stream, req *chatRequest, out completion, pieces []piece, finish string, use *usage) error {
	var all []byte
	chunk := completion{ID: out.ID, Object: "chat.completion.chunk", Created: out.Created, Model: out.Model}
	send := func(delta *message, finish *string) {
		chunk.Choices = []choice{{Delta: delta, FinishReason: finish}}
		all = event(all, "", chunk)
	}
	none := ""
	send(&message{Role: "assistant", Content: &none}, nil)
	for _, p := range pieces {
		send(&message{Content: &p.text, Annotations: p.annotations}, nil)
	}
	chunk.Citations, chunk.SearchResults, chunk.Selfrag = out.Citations, out.SearchResults, out.Selfrag
	send(&message{}, &finish)
	if req.StreamOptions != nil && req.StreamOptions.IncludeUsage {
		chunk.Citations, chunk.SearchResults, chunk.Selfrag = nil, nil, nil
		chunk.Choices, chunk.Usage = []choice{}, use
		all = event(all, "", chunk)
	}
	stream.write(append(all, "data: [DONE]\n\n"...))
	return nil
}
