package oddmodel

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"unicode/utf8"
)

// object is a JSON object.
type object = map[string]any

// send answers with a status and JSON. It sends a string unchanged.
func (x *exchange) send(status int, body any) {
	raw, isText := body.(string)
	if !isText {
		b, _ := json.Marshal(body)
		raw = string(b)
		x.w.Header().Set("Content-Type", "application/json")
	}
	x.w.WriteHeader(status)
	fmt.Fprint(x.w, raw)
}

// refuse answers with a status and a message.
func (x *exchange) refuse(status int, message string) {
	x.send(status, object{"error": object{"message": message, "type": "invalid_request_error"}})
}

// say answers with a text. It streams the text if the request asks for a
// stream.
func (x *exchange) say(text string) { x.end(text, "stop") }

// end answers with a text and with the reason why it ends.
func (x *exchange) end(text, reason string) {
	if x.stream {
		x.begin()
		x.pieces(text)
		x.piece(object{}, reason)
		x.event(`{"id":"1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}`)
		x.event("[DONE]")
		return
	}
	x.whole(object{"role": "assistant", "content": text}, reason, nil)
}

// whole answers in one piece. more holds further fields of the choice.
func (x *exchange) whole(message object, reason any, more object) {
	choice := object{"index": 0, "message": message, "finish_reason": reason, "logprobs": nil}
	if text, _ := message["content"].(string); x.probe {
		choice["logprobs"] = likely(text)
	}
	for k, v := range more {
		choice[k] = v
	}
	x.send(http.StatusOK, object{
		"id": "1", "object": "chat.completion", "model": "m", "choices": []any{choice},
		"usage": object{"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
	})
}

// likely returns probabilities of the next token. In each set of labels, one
// label has nearly all of the probability.
func likely(first string) object {
	top := []any{object{"token": first, "logprob": math.Log(0.3)}}
	for token, p := range map[string]float64{"Yes": 0.3, "One": 0.2, "1": 0.2, "No": 0.01} {
		if token != first {
			top = append(top, object{"token": token, "logprob": math.Log(p)})
		}
	}
	return object{"content": []any{object{"token": first, "logprob": math.Log(0.3), "top_logprobs": top}}}
}

// begin starts a stream.
func (x *exchange) begin() {
	x.w.Header().Set("Content-Type", "text/event-stream")
	x.raw("")
}

// raw sends text at once.
func (x *exchange) raw(text string) {
	fmt.Fprint(x.w, text)
	x.w.(http.Flusher).Flush()
}

// event sends an event of a stream.
func (x *exchange) event(data string) { x.raw("data: " + data + "\n\n") }

// piece sends a piece of a message; the reason may be nil.
func (x *exchange) piece(delta object, reason any) {
	b, _ := json.Marshal(object{
		"id": "1", "object": "chat.completion.chunk", "model": "m",
		"choices": []any{object{"index": 0, "delta": delta, "finish_reason": reason}},
	})
	x.event(string(b))
}

var word = regexp.MustCompile(`\S+\s*|\s+`)

// pieces sends a text word by word.
func (x *exchange) pieces(text string) {
	for _, w := range word.FindAllString(text, -1) {
		x.piece(object{"content": w}, nil)
	}
}

// half returns the first half of a text.
func half(text string) string {
	for i := len(text) / 2; i < len(text); i++ {
		if utf8.RuneStart(text[i]) {
			return text[:i]
		}
	}
	return text
}
